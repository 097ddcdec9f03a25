"""What the room of people refuses."""


class UserError(Exception):
    """Something about a person can't be done; the text says what."""


class UnknownUser(UserError):
    """Nobody has this name."""


class UnknownRole(UserError):
    """There is no such role."""


class RoleInUse(UserError):
    """People have this role, or will get it."""


class NameTaken(UserError):
    """Somebody has this name, or one that differs only in case or normalisation."""
