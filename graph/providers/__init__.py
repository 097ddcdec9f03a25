"""Other identity providers, by which people sign in."""
