"""The roles, and what they let their holders grant."""
