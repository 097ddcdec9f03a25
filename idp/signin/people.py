"""Whom a name belongs to that somebody typed."""

from django.db.models import Q

from idp.users.models import User, username_key


def by_name(name: str) -> User | None:
    """Return whose username this is, or else whose e-mail address; an address that several have is nobody's."""
    key = username_key(name)
    found = list(User.objects.filter(Q(username_key=key) | _has_address(name))[:3])
    named = [user for user in found if user.username_key == key]
    if named:
        return named[0]
    return found[0] if len(found) == 1 else None


def by_address(email: str) -> list[User]:
    """Return all who may sign in and have this address; they are several where it is shared."""
    return list(User.objects.filter(_has_address(email), User.open_now()).order_by("pk"))


def _has_address(email: str) -> Q:
    return Q(email__iexact=email.strip()) & ~Q(email="")
