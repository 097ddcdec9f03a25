"""A client as the hot paths read it: one narrow SELECT, its secrets joined."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import CharField
from django.db.models.sql import Query

from idp.ops.compiled import Deferred, Select
from oauth_ext.clients.assertion import NO_KEYS, KeySource
from oauth_ext.clients.models import Application

FIELDS = (
    "pk",
    "client_id",
    "client_type",
    "token_endpoint_auth_method",
    "grant_types",
    "scopes",
    "default_scopes",
    "default_resources",
    "algorithm",
    "sector_identifier",
    "dpop_bound_access_tokens",
    "access_token_expire_seconds",
    "refresh_token_max_age_seconds",
    "is_active",
    "epoch",
)
SECRET_FIELDS = ("secrets__key_id", "secrets__digest", "secrets__expires_at")
KEY_FIELDS = ("jwks", "jwks_uri", "registration_source")


class ClientRow(NamedTuple):
    """What the token endpoint and its neighbours need to know of a client."""

    pk: int
    client_id: str
    client_type: str
    auth_method: str
    grant_types: list[str]
    scopes: list[str]
    default_scopes: list[str]
    default_resources: list[str]
    algorithm: str
    sector_identifier: str
    dpop_bound_access_tokens: bool
    access_token_expire_seconds: int | None
    refresh_token_max_age_seconds: int | None
    is_active: bool
    epoch: int

    @property
    def is_public(self) -> bool:
        """Whether the client can keep no secret."""
        return self.client_type == Application.CLIENT_PUBLIC


class SecretRow(NamedTuple):
    """A stored secret; all None where the client has none (an outer join)."""

    key_id: str | None
    digest: str | None
    expires_at: datetime | None


def load(client_id: str, along: Deferred[object] | None = None) -> tuple[ClientRow | None, list[SecretRow]]:
    """Return the client, or None, and its secrets: one statement, whether it exists or not; it answers `along` too."""
    rows = _SELECT.rows(_Asked(client_id), along=along)
    cut = len(FIELDS)
    client = ClientRow._make(rows[0][:cut]) if rows else None
    return client, [SecretRow._make(row[cut:]) for row in rows]


def load_with_keys(client_id: str) -> tuple[ClientRow | None, KeySource]:
    """Return the client, or None, and where its public keys are: one statement, whether it exists or not."""
    cut = len(FIELDS)
    for row in _SELECT_KEYS.rows(_Asked(client_id)):
        return ClientRow._make(row[:cut]), KeySource._make(row[cut:])
    return None, NO_KEYS


class _Asked(NamedTuple):
    """What a look-up depends on."""

    client_id: str


def _query(asked: _Asked) -> Query:
    return Application.objects.filter(client_id=asked.client_id).values_list(*FIELDS, *SECRET_FIELDS).query


def _query_keys(asked: _Asked) -> Query:
    return Application.objects.filter(client_id=asked.client_id).values_list(*FIELDS, *KEY_FIELDS).query


_SELECT = Select(_query, _Asked("the client"), (CharField(),))
_SELECT_KEYS = Select(_query_keys, _Asked("the client"), (CharField(),))
