"""A standing family as the hot paths read it: one narrow SELECT by primary key, its people and client joined."""

import uuid
from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, Value

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
    "client__epoch",
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
    "session_id",
    "scopes",
    "resources",
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
    """What judging a token or presenting a refresh token needs to know."""

    pk: uuid.UUID
    client_pk: int
    client_id: str
    client_scopes: list[str]
    client_epoch: int
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
    session_pk: int | None
    scopes: list[str]
    resources: list[str]
    salt: bytes
    issuer: str
    counter: int
    turned_at: datetime
    turned_for: str
    rotates: bool
    auth_time: datetime | None
    acr: str
    expires_at: datetime
    email_verified: bool
    owned: bool


def load(pk: uuid.UUID, *, kid: str | None = None, owner: tuple[int, list[str]] | None = None) -> FamilyRow | None:
    """Return the family, or None where it is missing or no longer stands: one statement.

    With `kid`, None too where that signing key is no longer trusted. `owner` is (client key, resource URIs): `owned`
    then says whether the client owns one of them.
    """
    rows = Family.objects.filter(standing(), pk=pk)
    if kid is not None:
        rows = rows.filter(trusted(kid))
    owned: Exists | Value = Value(value=False)
    if owner is not None:
        owned = Exists(Resource.objects.filter(owner_id=owner[0], uri__in=owner[1]))
    rows = rows.annotate(email_verified=is_verified("user_id", "user__email"), owned=owned)
    for row in rows.values_list(*FIELDS, "email_verified", "owned"):
        found = FamilyRow(*row)
        return found._replace(salt=bytes(found.salt))
    return None
