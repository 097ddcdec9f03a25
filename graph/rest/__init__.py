"""The documented REST paths: each a stored operation, declared as data."""
