"""The pages and rules of signing in."""
