"""The people, for who looks after them."""
