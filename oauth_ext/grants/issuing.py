"""What a grant of a person buys: a family, and the answer that carries its first tokens (RFC 6749 §5.1)."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from django.conf import settings
from django.utils import timezone

from oauth_ext import scopes
from oauth_ext.claims.services import Authentication, id_token
from oauth_ext.claims.subjects import sub_for
from oauth_ext.clients import lifetimes
from oauth_ext.clients.models import GrantType
from oauth_ext.clients.rows import ClientRow
from oauth_ext.families import refresh_token
from oauth_ext.families.models import Family, FamilyKind
from oauth_ext.tokens import access_token

# The columns of `Allowed`, in its order, on any row that keeps what a person allowed.
ALLOWED_FIELDS: Final = (
    "user_id",
    "user__sub",
    "user__role__scopes",
    "session_id",
    "session__sid",
    "consent_id",
    "user_epoch",
    "client_epoch",
    "session_epoch",
    "scopes",
    "resources",
    "nonce",
    "auth_time",
    "acr",
    "amr",
)


class Allowed(NamedTuple):
    """What a person allowed a client, the sign-in by which they did, and the epochs under which it was decided.

    Without a session it was allowed to something that is not in the browser's session: it has its own end.
    """

    user_pk: int
    user_sub: uuid.UUID
    role_scopes: list[str]
    session_pk: int | None
    session_sid: uuid.UUID | None
    consent_pk: int | None
    user_epoch: int
    client_epoch: int
    session_epoch: int
    scopes: list[str]
    resources: list[str]
    nonce: str
    auth_time: datetime
    acr: str
    amr: list[str]


def new_family(kind: FamilyKind, allowed: Allowed, client: ClientRow, *, jkt: str) -> Family:
    """Make the family, unsaved: its epochs are those of the decision, so what changed since leaves it dead.

    `jkt` is the key that the request proved to hold, or empty. A public client's family is bound to it (RFC 9449 §5); a
    confidential client's is bound to the client already, and need not turn (docs/decisions/families.md).
    """
    return Family(
        kind=kind,
        user_id=allowed.user_pk,
        client_id=client.pk,
        consent_id=allowed.consent_pk,
        session_id=allowed.session_pk,
        offline=allowed.session_pk is None or "offline_access" in allowed.scopes,
        user_epoch=allowed.user_epoch,
        client_epoch=allowed.client_epoch,
        session_epoch=allowed.session_epoch,
        issuer=settings.ISSUER_URL,
        scopes=allowed.scopes,
        resources=allowed.resources,
        jkt=jkt if client.is_public else "",
        salt=refresh_token.new_salt(),
        rotates=client.is_public or not jkt,
        auth_time=allowed.auth_time,
        acr=allowed.acr,
        amr=allowed.amr,
        expires_at=timezone.now() + lifetimes.of_grant(client),
    )


def first_tokens(
    family: Family, allowed: Allowed, client: ClientRow, resources: Sequence[str], *, jkt: str
) -> dict[str, object]:
    """Return the token response of a new family: access token for `resources`, refresh and ID token where they belong.

    Nothing is written; the caller claims what was presented and saves the family afterwards. `jkt` as above.
    """
    granted = scopes.effective(allowed.scopes, client.scopes, allowed.role_scopes)
    subject = access_token.Subject(
        sub_for(client, allowed.user_pk, allowed.user_sub), family.pk, allowed.auth_time, allowed.acr
    )
    issued = access_token.for_user(client, subject, granted, resources, jkt=jkt)
    answer: dict[str, object] = {
        "access_token": issued.token,
        "token_type": issued.token_type,
        "expires_in": issued.expires_in,
        "scope": " ".join(granted),
    }
    if GrantType.REFRESH_TOKEN in client.grant_types:
        answer["refresh_token"] = refresh_token.make(
            family=family.pk, salt=bytes(family.salt), issuer=family.issuer, client_id=client.client_id, counter=0
        )
    if "openid" in granted:
        signed_in = Authentication(allowed.session_sid, allowed.auth_time, allowed.acr, allowed.amr)
        answer["id_token"] = id_token(client, subject.sub, signed_in, nonce=allowed.nonce, access_token=issued.token)
    return answer
