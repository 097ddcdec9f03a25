"""How a device's code is refused to a person."""


class UnknownCode(Exception):
    """No device waits under this code, not any more, or another sign-in was shown it since: one wording for all."""
