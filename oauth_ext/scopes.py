"""The catalogue of scopes, and what asking for one leads to: asked, granted, effective."""

import re
from collections.abc import Collection, Iterable
from functools import cache

from django.conf import settings
from django.utils.translation import gettext_noop as _

from oauth_ext.errors import InvalidScope

COMMON = ("openid", "profile", "email", "roles", "offline_access")
LEAST = "openid"  # what a client that asks for nothing gets, where it may have it
SCOPE_TOKEN = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]+")  # RFC 6749 §3.3

# Marked for translation here, translated where a page shows them.
BUILT_IN = {
    "openid": _("Know that it is you"),
    "profile": _("See your name and username"),
    "email": _("See your e-mail address"),
    "roles": _("See your roles"),
    "offline_access": _("Keep access while you are away, until you take it back"),
    "account:read": _("See where you are signed in, and what you allowed to whom"),
    "account:write": _("Change your profile and your e-mail addresses, sign you out, and take back what you allowed"),
    "users:read": _("See everybody's profile, e-mail address and role"),
    "users:write": _("Invite people, give roles, and say who may sign in"),
    "users:impersonate": _("See and do what somebody else sees and does, for a reason that is written down"),
    "clients:read": _("See how all clients are registered"),
    "clients:write": _("Register clients, change their secrets, and switch them off"),
    "keys:read": _("See which keys sign, and since when"),
    "keys:write": _("Let other keys sign, and trust keys no more"),
    "sessions:read": _("See where anybody is signed in, and what they allowed to whom"),
    "sessions:write": _("Sign anybody out, and take back what they allowed"),
    "audit:read": _("See all that happened, and who did it"),
    "roles:read": _("See all roles and what they allow"),
    "roles:write": _("Make roles, and say what they allow"),
    "revocations:read": _("Know which tokens were ended"),
    "tokens:introspect": _("Ask what any token is worth"),
}


# About the person alone who holds them
OWN = ("account:read", "account:write")


@cache
def catalogue() -> dict[str, str]:
    """Return every scope by name with its description, in the order they are shown: ours, then `EXTRA_SCOPES`."""
    return BUILT_IN | settings.EXTRA_SCOPES


def asked(parameter: str | None, default: Iterable[str]) -> list[str]:
    """Return the names asked for, or the client's default; raises `InvalidScope` for one we don't know."""
    if parameter is None:
        return list(default)
    names = list(dict.fromkeys(parameter.split(" ")))
    if not all(SCOPE_TOKEN.fullmatch(name) and name in catalogue() for name in names):
        raise InvalidScope
    return names


def defaults(client_scopes: Iterable[str]) -> list[str]:
    """Return what a client gets that asks for nothing."""
    return [name for name in client_scopes if name == LEAST]


def allowed(client_scopes: Collection[str], role_scopes: Collection[str] | None) -> Collection[str]:
    """Return what a client may have at all: its list, cut to the common five and the role's; without a user, its list.

    The common five tell of a person: a client by itself has none of them.
    """
    if role_scopes is None:
        return [name for name in client_scopes if name not in COMMON]
    return [name for name in client_scopes if name in COMMON or name in role_scopes]


def granted(names: Iterable[str], client_scopes: Collection[str], role_scopes: Collection[str] | None) -> list[str]:
    """Return what of the asked names is granted, in their order; raises `InvalidScope` where nothing is left of some.

    `role_scopes` is None for a client without a user.
    """
    names = list(names)
    limit = allowed(client_scopes, role_scopes)
    left = [name for name in names if name in limit and name in catalogue()]
    if names and not left:
        raise InvalidScope
    return left


def effective(names: Iterable[str], client_scopes: Collection[str], role_scopes: Collection[str] | None) -> list[str]:
    """Return what granted names are worth now, by the rows as they are: a role taken away is gone at once."""
    limit = allowed(client_scopes, role_scopes)
    return [name for name in names if name in limit]


def beyond(names: Iterable[str], held: Collection[str]) -> list[str]:
    """Return the names that give power over others and are not held: whoever lacks them can't give, or take, them."""
    return [name for name in names if name in BUILT_IN and name not in (*COMMON, *OWN, *held)]


def unfit_for_role(name: str) -> bool:
    """Whether a role can't have this scope: it isn't known, or is everybody's."""
    return name in COMMON or name not in catalogue()


def within(names: Iterable[str], lists: Iterable[Collection[str]]) -> list[str]:
    """Return the names that stand in every one of the lists, in their order."""
    lists = list(lists)
    return [name for name in names if all(name in held for held in lists)]


def narrowed(parameter: str | None, names: list[str]) -> list[str]:
    """Return the part of what was granted that a refresh asks for; raises `InvalidScope` for more (RFC 6749 §6)."""
    if parameter is None:
        return names
    wanted = asked(parameter, ())
    if not set(wanted) <= set(names):
        raise InvalidScope
    return wanted
