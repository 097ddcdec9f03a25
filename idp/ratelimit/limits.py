"""Every limit there is: what is counted, for whom, how many pass at once, and why. One table, so that it can be read.

Three kinds, by what they are for. What can be guessed, because people chose it (passwords, secrets), is refused before
it is tried, a right one too, but only from the address that failed: nobody is locked out from elsewhere. What nobody
can guess (codes, tokens) is judged always: a good one is answered, whatever failed beside it, and only failures become
429.
What leaves something behind (a row, a mail) counts each time. How many requests a network sends at all is for whatever
stands in front of us.

`manage.py settings_reference` writes the table of docs/guides/rate-limits.md from here.
"""

from dataclasses import dataclass
from typing import Final

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


@dataclass(frozen=True)
class Rate:
    """So many at once, and as many again in so many seconds."""

    burst: int
    per_seconds: float

    @property
    def interval(self) -> float:
        """After how many seconds one more may pass."""
        return self.per_seconds / self.burst


@dataclass(frozen=True)
class Limit:
    """A row: `counts` and `per` say in words what its buckets count and for whom, `name` stands in their keys.

    `scales`: RATE_LIMIT_FACTOR lets more pass; what guards one person's password or mailbox stays as it is.
    `refuses_early`: whoever this process knows to be over it is refused untried (`idp.ratelimit.known`).
    """

    name: str
    counts: str
    per: str
    rate: Rate
    why: str
    scales: bool = True
    refuses_early: bool = False


SIGN_IN: Final = Limit(
    "sign-in",
    "Wrong passwords for a name",
    "name and address",
    Rate(5, 5 * MINUTE),
    "A password may be weak; whoever owns it signs in from anywhere else all the same.",
    scales=False,
)
SIGN_IN_ADDRESS: Final = Limit(
    "sign-in address",
    "Wrong passwords for any name",
    "address",
    Rate(30, 10 * MINUTE),
    "One password tried with many names is guessing too.",
)
SECOND_FACTOR: Final = Limit(
    "second factor",
    "Wrong codes of an authenticator app, or to recover",
    "account",
    Rate(5, 15 * MINUTE),
    "Six digits can be guessed, by whoever knows the password: one in a thousand in two days. Passkeys are not slowed.",
    scales=False,
)
PASSKEY_CHALLENGES: Final = Limit(
    "passkey challenges",
    "Questions for a passkey",
    "address",
    Rate(300, 5 * MINUTE),
    "Each is kept behind a browser's cookie. The page works without, by name and password.",
)
AUTHENTICATOR_APP_CODES: Final = Limit(
    "authenticator app codes",
    "First codes of an authenticator app (`confirmAuthenticatorApp`)",
    "person",
    Rate(10, 10 * MINUTE),
    "Somebody types them from another screen.",
    scales=False,
)
SIGN_IN_ACCOUNT: Final = Limit(
    "sign-in account",
    "Wrong passwords of an account, wherever from; those of each browser that it is known by count apart",
    "account",
    Rate(100, 100 * DAY),
    "NIST SP 800-63B-4 §3.2.2. A hundred, then one a day; a new password begins anew. "
    "Who signed in by this browser before is not kept out by others.",
    scales=False,
)
SIGN_IN_KNOWN: Final = Limit(
    "sign-in known",
    "Wrong passwords at a browser by which the person signed in before",
    "account and browser",
    Rate(5, 5 * MINUTE),
    "In place of the first two: what strangers at the same address tried is no reason to wait.",
    scales=False,
)
SIGN_UP_ADDRESS: Final = Limit(
    "sign-up address",
    "New accounts, and names that were tried out for one",
    "address",
    Rate(10, HOUR),
    "Each is a row, and tells whether a name is taken.",
)
PROVIDER_ADDRESS: Final = Limit(
    "provider address",
    "Ways to another identity provider",
    "address",
    Rate(60, 10 * MINUTE),
    "Each has us ask somebody else.",
)
SIGN_UP_MAILBOX: Final = Limit(
    "sign-up mailbox",
    "Mails with a code for a new account",
    "mailbox",
    Rate(3, HOUR),
    "Nobody's mailbox is filled by strangers.",
    scales=False,
)
SIGN_UP_CODE: Final = Limit(
    "sign-up code",
    "Codes that are typed for a new account",
    "code that was mailed",
    Rate(10, 10 * MINUTE),
    "Each of 20^8 codes is as likely, and good for minutes.",
    scales=False,
)
RESET_MAILBOX: Final = Limit(
    "reset mailbox", "Reset mails", "mailbox", Rate(3, HOUR), "Nobody's mailbox is filled by strangers.", scales=False
)
RESET_ADDRESS: Final = Limit("reset address", "Reset mails for any mailbox", "address", Rate(20, HOUR), "The same.")
EMAIL_CODES: Final = Limit(
    "email codes",
    "Mails with a code that proves an address (`addEmail`)",
    "person",
    Rate(10, HOUR),
    "Nobody's mailbox is filled by strangers, and nobody tries a thousand mailboxes.",
    scales=False,
)
EMAIL_CODES_MAILBOX: Final = Limit(
    "email codes mailbox",
    "The same, whoever asks",
    "mailbox",
    Rate(3, HOUR),
    "The same.",
    scales=False,
)
EMAIL_CODES_TYPED: Final = Limit(
    "email codes typed",
    "Codes that are typed to prove an address (`verifyEmail`)",
    "person",
    Rate(10, 10 * MINUTE),
    "Each of 20^8 codes is as likely, and good for minutes.",
    scales=False,
)
INVITATIONS: Final = Limit(
    "invitations",
    "Invitations (`inviteUser`)",
    "person, or client",
    Rate(200, HOUR),
    "Each is a mail to somebody who may not know us.",
)
INVITATIONS_MAILBOX: Final = Limit(
    "invitations mailbox", "The same, whoever invites", "mailbox", Rate(3, HOUR), "The same.", scales=False
)
CLIENT_AUTHENTICATION: Final = Limit(
    "client authentication",
    "Failed client authentication",
    "`client_id` and address",
    Rate(20, 10 * MINUTE),
    "A secret may have been chosen by a person. The client itself goes on at its own addresses.",
    refuses_early=True,
)
CLIENT_AUTHENTICATION_ADDRESS: Final = Limit(
    "client authentication address",
    "Failed client authentication of any client",
    "address",
    Rate(100, 10 * MINUTE),
    "One secret tried with many clients. A single client with a wrong secret doesn't use it up for its neighbours.",
    refuses_early=True,
)
BAD_GRANTS: Final = Limit(
    "bad grants",
    "Grants that buy nothing (`invalid_grant`)",
    "`client_id` and address",
    Rate(60, MINUTE),
    "Programs gone wild are told to wait; good grants beside them are answered.",
)
BAD_TOKENS: Final = Limit(
    "bad tokens",
    "Bad access tokens at userinfo, bad tokens at `/o/register/`",
    "address",
    Rate(600, MINUTE),
    "An office of browsers comes back from lunch with as many expired tokens; more is a program gone wild.",
)
INACTIVE_TOKENS: Final = Limit(
    "inactive tokens",
    "Introspections answered `active: false`",
    "`client_id` and address",
    Rate(600, MINUTE),
    "A resource server asks for whatever strangers send it: only a flood of bad tokens is told to wait.",
)
VALIDATE_TOKEN: Final = Limit(
    "validate-token",
    "Bad tokens given to `validateToken`",
    "address",
    Rate(60, MINUTE),
    "It asks for no authentication.",
)
AUTHORIZATION_REQUESTS: Final = Limit(
    "authorization requests",
    "Authorization requests that were stored",
    "sign-in; before it, address",
    Rate(300, 5 * MINUTE),
    "Each is a row for an hour. Whoever is signed in is not slowed by neighbours.",
)
PUSHED_REQUESTS: Final = Limit(
    "pushed requests",
    "Authorization requests that were pushed",
    "`client_id` and address",
    Rate(600, MINUTE),
    "Each is a row for a minute. A backend pushes for all its people from one address.",
)
DEVICE_REQUESTS: Final = Limit(
    "device requests",
    "Requests of devices that were stored",
    "`client_id` and address",
    Rate(100, 10 * MINUTE),
    "Each is a row and a code that somebody could meet by guessing.",
)
DEVICE_CODE: Final = Limit(
    "device code",
    "Codes of devices under which nobody waits",
    "account",
    Rate(5, 10 * MINUTE),
    "Only the signed-in can guess, each of 20^8 codes as likely: docs/decisions/device-flow.md.",
    scales=False,
)
DEVICE_CODE_ADDRESS: Final = Limit(
    "device code address",
    "Codes of devices under which nobody waits, of any account",
    "address",
    Rate(20, 10 * MINUTE),
    "Many accounts at one address are no way around.",
)
REGISTRATIONS: Final = Limit(
    "registrations",
    "Clients that register themselves, and those that were refused",
    "address",
    Rate(20, HOUR),
    "Each is a row, and may have us fetch something.",
)
METADATA_DOCUMENTS: Final = Limit(
    "metadata documents",
    "Clients that are a URL, when their document must be fetched",
    "address",
    Rate(30, 10 * MINUTE),
    "Strangers choose whom we ask.",
)
LOGOUT: Final = Limit(
    "mutation logout",
    "The mutation `logout`, `/api/logout/`",
    "person, or client",
    Rate(30, MINUTE),
    "A mutation writes; each field has a bucket of its own.",
)
SIGN_OUT_EVERYWHERE: Final = Limit(
    "mutation signOutEverywhere",
    "The mutation `signOutEverywhere`",
    "person",
    Rate(10, HOUR),
    "The same; nobody needs it often.",
)
DELETE_ACCOUNT: Final = Limit(
    "mutation deleteAccount",
    "The mutation `deleteAccount`",
    "person",
    Rate(5, HOUR),
    "Each sends a mail, and ends everything.",
)
ACCOUNT_MUTATIONS: Final = Limit(
    "account mutations",
    "Each other mutation of a person's own things",
    "mutation and person, or client",
    Rate(60, MINUTE),
    "The same; a page that ends many sign-ins one by one is answered.",
)
ADMIN_MUTATIONS: Final = Limit(
    "admin mutations",
    "Each mutation of other people, and of clients",
    "mutation and person, or client",
    Rate(300, MINUTE),
    "The same; a program that keeps thousands of accounts in order waits now and then.",
)

LIMITS: Final[tuple[Limit, ...]] = tuple(value for value in globals().values() if isinstance(value, Limit))
