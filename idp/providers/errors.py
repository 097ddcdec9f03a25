"""What the room of other providers refuses."""


class ProviderError(Exception):
    """Something about another provider, or an identity there, can't be done; the text says what."""


class Untrusted(ProviderError):
    """What the other side said, or didn't, proves nothing; the words are for the log, and hold nothing of it."""


class Declined(ProviderError):
    """The other side says that it did not sign them in (RFC 6749 §4.1.2.1)."""


class IdentityTaken(ProviderError):
    """Somebody else here has this identity."""


class TooManyIdentities(ProviderError):
    """There are as many as there may be."""


class NoSuchIdentity(ProviderError):
    """It is none of the person's."""


class LastWayIn(ProviderError):
    """Without it the person could no longer sign in."""


class NoNewAccounts(ProviderError):
    """Nobody gets an account here by this provider."""
