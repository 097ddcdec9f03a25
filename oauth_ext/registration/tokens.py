"""Initial access tokens (RFC 7591 §1.2): made by a command, looked at, and used up by a registration."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import F, QuerySet
from django.utils import timezone

from idp.ops.bites import delete_in_bites
from oauth_ext import handles
from oauth_ext.errors import InvalidRegistrationToken, InvalidToken
from oauth_ext.registration.models import InitialAccessToken
from oauth_ext.tokens.presented import read


def presented(authorization: str) -> str | None:
    """Return the token of an `Authorization` header, or None; `InvalidRegistrationToken` for what can be none."""
    try:
        found = read(authorization)
    except InvalidToken as error:
        raise InvalidRegistrationToken from error
    if found is None:
        return None
    if found.with_proof:
        raise InvalidRegistrationToken
    return found.token


def issue(note: str, *, uses: int, lifetime: timedelta) -> str:
    """Make a token that buys so many registrations, and return it for this one time."""
    token = handles.new()
    InitialAccessToken.objects.create(
        token_hash=handles.digest(token), note=note, uses_left=uses, expires_at=timezone.now() + lifetime
    )
    return token


def check(token: str) -> None:
    """Raise `InvalidRegistrationToken` unless the token buys something now."""
    if not _live(token).exists():
        raise InvalidRegistrationToken


def use(token: str) -> None:
    """Use the token once, in the transaction of what it buys; raises `InvalidRegistrationToken` where it is used up."""
    if not _live(token).update(uses_left=F("uses_left") - 1):
        raise InvalidRegistrationToken


def end(keys: Iterable[int]) -> int:
    """End tokens by primary key; return how many still bought something."""
    now = timezone.now()
    live = InitialAccessToken.objects.filter(pk__in=list(keys), uses_left__gt=0, expires_at__gt=now)
    return live.update(expires_at=now)


def clean() -> int:
    """Delete what buys nothing any more; return how many."""
    now = timezone.now()
    return delete_in_bites(InitialAccessToken.objects.filter(expires_at__lte=now)) + delete_in_bites(
        InitialAccessToken.objects.filter(uses_left=0)
    )


def _live(token: str) -> QuerySet[InitialAccessToken]:
    return InitialAccessToken.objects.filter(
        token_hash=handles.digest(token), uses_left__gt=0, expires_at__gt=timezone.now()
    )
