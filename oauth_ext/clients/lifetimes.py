"""How long what a client gets lives: as the deployment says, unless the client is registered with something else."""

from datetime import timedelta
from typing import Final, Protocol

from django.conf import settings

from idp import env
from idp.setting import Setting

# By the field of a client: the setting in its place where it is None, whose bounds it has too
SETTINGS: Final[dict[str, Setting[int]]] = {
    "access_token_expire_seconds": env.ACCESS_TOKEN_EXPIRE_SECONDS,
    "refresh_token_max_age_seconds": env.REFRESH_TOKEN_MAX_AGE_SECONDS,
}


class HasLifetimes(Protocol):
    """A client, whole or as the hot paths read it; None where it has no lifetime of its own."""

    @property
    def access_token_expire_seconds(self) -> int | None:
        """How long its access tokens live."""

    @property
    def refresh_token_max_age_seconds(self) -> int | None:
        """How long what a person grants it lives, however often it is refreshed."""


def problem(field: str, seconds: int | None) -> str | None:
    """Return why a lifetime can't be registered, in one sentence, or None."""
    if seconds is None:
        return None
    try:
        SETTINGS[field].kind.parse(str(seconds))
    except ValueError as error:
        return f"It is {error}."
    return None


def of_access_token(client: HasLifetimes) -> int:
    """Return how many seconds an access token of the client lives."""
    return client.access_token_expire_seconds or settings.ACCESS_TOKEN_EXPIRE_SECONDS


def of_grant(client: HasLifetimes) -> timedelta:
    """Return how long after a grant of a person it ends, however often it is refreshed."""
    return timedelta(seconds=client.refresh_token_max_age_seconds or settings.REFRESH_TOKEN_MAX_AGE_SECONDS)
