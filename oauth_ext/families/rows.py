"""A standing family as a refresh reads it: one narrow SELECT by primary key, its person and client joined."""

import uuid
from datetime import UTC, datetime
from typing import NamedTuple

from django.conf import settings
from django.db.models import CharField, DateTimeField, UUIDField
from django.db.models.sql import Query
from django.utils import timezone

from idp.ops.compiled import Deferred, Select
from oauth_ext.families.models import Family
from oauth_ext.families.standing import standing

COLUMNS = (
    "pk",
    "client_id",
    "client__client_id",
    "client__scopes",
    "user_id",
    "user__sub",
    "user__role__scopes",
    "scopes",
    "resources",
    "jkt",
    "salt",
    "issuer",
    "counter",
    "turned_at",
    "turned_for",
    "rotates",
    "auth_time",
    "acr",
    "expires_at",
)


class FamilyRow(NamedTuple):
    """What presenting a refresh token needs to know."""

    pk: uuid.UUID
    client_pk: int
    client_id: str
    client_scopes: list[str]
    user_pk: int | None
    user_sub: uuid.UUID | None
    role_scopes: list[str] | None
    scopes: list[str]
    resources: list[str]
    jkt: str
    salt: bytes
    issuer: str
    counter: int
    turned_at: datetime
    turned_for: str
    rotates: bool
    auth_time: datetime | None
    acr: str
    expires_at: datetime


class _Asked(NamedTuple):
    """What a look-up depends on."""

    pk: uuid.UUID
    now: datetime
    issuer: str


def ask(pk: uuid.UUID) -> Deferred[FamilyRow]:
    """Ask for the family; no row where it is missing or no longer stands: one statement."""
    return Deferred(_SELECT, lambda: _Asked(pk, timezone.now(), settings.ISSUER_URL), FamilyRow._make)


def _query(asked: _Asked) -> Query:
    return Family.objects.filter(standing(asked.now, asked.issuer), pk=asked.pk).values_list(*COLUMNS).query


_SELECT = Select(
    _query,
    _Asked(uuid.UUID(int=1), datetime(1970, 1, 1, tzinfo=UTC), "the issuer"),
    (UUIDField(), DateTimeField(), CharField()),
)
