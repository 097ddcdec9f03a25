"""Where someone is signed in."""
