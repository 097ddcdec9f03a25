"""What can be wrong with a JWT that is given to us."""


class InvalidJWT(Exception):
    """Not a JWT that we signed for this use, or no longer live; callers say no more than that."""
