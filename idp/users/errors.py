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


class BadPassword(UserError):
    """It can't be somebody's password; the text is for the person."""


class WrongPassword(UserError):
    """It isn't the one that the person has."""


class Overtaken(UserError):
    """Somebody was faster: what this was judged by has changed."""


class Busy(Exception):
    """Too many passwords wait to be hashed: this one was not tried. `retry_after` is in whole seconds (RFC 9110)."""

    retry_after = 5

    def __init__(self) -> None:
        super().__init__("too many passwords are being checked; try again")


class KeptAccount(UserError):
    """It isn't for its owner to delete."""


class AccountGone(UserError):
    """It was deleted, or is due to be."""


class EmailError(UserError):
    """Something about an e-mail address can't be done; the text is for the person."""


class BadAddress(EmailError):
    """It is no address."""


class UnknownAddress(EmailError):
    """It is none of the person's."""


class AddressProved(EmailError):
    """There is nothing left to prove."""


class AddressNotProved(EmailError):
    """Nobody has shown that its mail is read by the person."""


class TooManyAddresses(EmailError):
    """There are as many as there may be."""


class PrimaryAddress(EmailError):
    """The account's own stays."""


class WrongCode(EmailError):
    """The code doesn't prove the address, for whatever reason."""

    def __init__(self) -> None:
        super().__init__("This code is not right for this address, or no longer. Ask for another one.")


class AddressTaken(EmailError):
    """Somebody has an account with it."""


class InvitationOver(UserError):
    """It was accepted, revoked, is too old, or who invited may no longer."""


class InvitedOtherwise(EmailError):
    """An open invitation gives another role."""
