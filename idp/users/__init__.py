"""The people, and their roles."""
