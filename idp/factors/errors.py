"""Why a factor is refused. None says more than whoever holds the account may know."""


class WrongCode(Exception):
    """It isn't the code, is too old, or was used."""


class BadPasskey(Exception):
    """What the browser answered proves nothing."""


class FactorThere(Exception):
    """There is one already."""


class NoSuchFactor(Exception):
    """The person has no such factor."""


class TooManyFactors(Exception):
    """The person has as many as one may have."""


class LastWayIn(Exception):
    """Without it the person could never sign in again."""
