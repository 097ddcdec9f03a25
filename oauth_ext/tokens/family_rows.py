"""A standing family as judging a token reads it: one narrow SELECT by primary key, its people and client joined."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import NamedTuple, Never

from django.conf import settings
from django.db.models import CharField, DateTimeField, Exists, Field, QuerySet, UUIDField, Value
from django.db.models.sql import Query
from django.utils import timezone

from idp.ops.compiled import Deferred, Select
from idp.users.emails import is_verified
from oauth_ext.families.models import Family
from oauth_ext.families.standing import standing
from oauth_ext.keys.services import trusted
from oauth_ext.resources.models import Resource

FIELDS = (
    "pk",
    "client_id",
    "client__client_id",
    "client__scopes",
    "client__sector_identifier",
    "user_id",
    "user__sub",
    "user__username",
    "user__email",
    "user__first_name",
    "user__last_name",
    "user__role_id",
    "user__role__name",
    "user__role__description",
    "user__role__scopes",
    "user__role__minimum_acr",
    "session_id",
    "acr",
)
COLUMNS = (*FIELDS, "email_verified", "owned")
PERSONAL = ("token_digest", "scopes", "turned_at", "expires_at")


class JudgedRow(NamedTuple):
    """What judging a token needs to know."""

    pk: uuid.UUID
    client_pk: int
    client_id: str
    client_scopes: list[str]
    sector_identifier: str
    user_pk: int | None
    user_sub: uuid.UUID | None
    username: str | None
    email: str | None
    first_name: str | None
    last_name: str | None
    role_pk: int | None
    role: str | None
    role_description: str | None
    role_scopes: list[str] | None
    role_minimum_acr: str | None
    session_pk: int | None
    acr: str
    email_verified: bool
    owned: bool


class PersonalToken(NamedTuple):
    """What the one token of a personal family is: nothing but the digest of its secret says so."""

    digest: str
    scopes: list[str]
    made_at: datetime
    expires_at: datetime


class Asked(NamedTuple):
    """What a look-up depends on; `kid` and `owner` are empty where that isn't asked."""

    pk: uuid.UUID
    now: datetime
    issuer: str
    kid: tuple[str, ...]
    owner: tuple[str, ...]
    uris: tuple[str, ...]


# each of the kind of the column it is compared with
PARTS: "Sequence[Field[Never, object]]" = (
    UUIDField(),
    DateTimeField(),
    CharField(),
    CharField(),
    CharField(),
    CharField(),
)


def ask(pk: uuid.UUID, *, kid: str, owner: tuple[str, list[str]] | None) -> Deferred[JudgedRow]:
    """Ask for the family of a JWT; no row where it is missing, or it or the JWT's key stands no more: one statement.

    `owner` is (`client_id`, resource URIs): `owned` then says whether the client owns one of them.
    """
    select = _select(1, 1, len(owner[1])) if owner else _select(1, 0, 0)
    return Deferred(select, lambda: asking(pk, kid=kid, owner=owner), JudgedRow._make)


def load_personal(pk: uuid.UUID) -> tuple[JudgedRow, PersonalToken] | None:
    """Return the family of a personal access token and what is kept of it, or None where it doesn't stand."""
    cut = len(COLUMNS)
    for row in _select_personal().rows(asking(pk, kid=None, owner=None)):
        return JudgedRow._make(row[:cut]), PersonalToken._make(row[cut:])
    return None


def asking(pk: uuid.UUID, *, kid: str | None, owner: tuple[str, list[str]] | None) -> Asked:
    """Return the values of a look-up now."""
    client, uris = ((owner[0],), tuple(owner[1])) if owner else ((), ())
    return Asked(pk, timezone.now(), settings.ISSUER_URL, (kid,) if kid else (), client, uris)


def sample(kids: int, owners: int, uris: int) -> Asked:
    """Return that many values to compile a statement with."""
    return Asked(
        pk=uuid.UUID(int=1),
        now=datetime(1970, 1, 1, tzinfo=UTC),
        issuer="the issuer",
        kid=("the kid",) * kids,
        owner=("the owner",) * owners,
        uris=tuple(f"resource {number}" for number in range(uris)),
    )


def standing_rows(asked: Asked) -> QuerySet[Family]:
    """Return the family, if it stands, with the columns that are reckoned; `COLUMNS` are read from it."""
    rows = Family.objects.filter(standing(asked.now, asked.issuer), pk=asked.pk)
    for kid in asked.kid:
        rows = rows.filter(trusted(kid))
    owned: Exists | Value = Value(value=False)
    for owner in asked.owner:
        owned = Exists(Resource.objects.filter(owner__client_id=owner, uri__in=asked.uris))
    return rows.annotate(email_verified=is_verified("user_id", "user__email"), owned=owned)


@cache
def _select(kids: int, owners: int, uris: int) -> Select[Asked]:
    """Return the SELECT of that many values, compiled at its first use."""
    return Select(_query, sample(kids, owners, uris), PARTS)


@cache
def _select_personal() -> Select[Asked]:
    return Select(lambda asked: standing_rows(asked).values_list(*COLUMNS, *PERSONAL).query, sample(0, 0, 0), PARTS)


def _query(asked: Asked) -> Query:
    return standing_rows(asked).values_list(*COLUMNS).query
