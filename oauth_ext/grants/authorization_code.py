"""The authorization code grant (RFC 6749 §4.1.3, RFC 7636): one code buys one family, once."""

import hashlib
import hmac
import re
import secrets
import uuid
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import BooleanField, CharField, DateTimeField, ExpressionWrapper, Q
from django.db.models.sql import Query
from django.utils import timezone

from idp.ops import base64url
from idp.ops.compiled import Select
from oauth_ext import scopes
from oauth_ext.authorization import handles
from oauth_ext.authorization.models import AuthorizationCode
from oauth_ext.claims.services import Authentication, id_token
from oauth_ext.claims.subjects import sub_for
from oauth_ext.clients.models import GrantType
from oauth_ext.clients.rows import ClientRow
from oauth_ext.errors import InvalidGrant, InvalidRequest, InvalidTarget
from oauth_ext.families import refresh_token
from oauth_ext.families import services as families
from oauth_ext.families.models import EndReason, Family, FamilyKind
from oauth_ext.families.standing import made_under
from oauth_ext.grants.request import TokenRequest
from oauth_ext.tokens import access_token

VERIFIER: Final = re.compile(r"[A-Za-z0-9\-._~]{43,128}")  # RFC 7636 §4.1
SALT_BYTES: Final = 16

FIELDS: Final = (
    "pk",
    "client_id",
    "user_id",
    "session_id",
    "consent_id",
    "user_epoch",
    "client_epoch",
    "session_epoch",
    "redirect_uri",
    "code_challenge",
    "scopes",
    "resources",
    "nonce",
    "auth_time",
    "acr",
    "amr",
    "expires_at",
    "used_at",
    "family_id",
    "user__sub",
    "user__role__scopes",
    "session__sid",
    "stands",
)


class CodeRow(NamedTuple):
    """A code as it is presented: one narrow SELECT."""

    pk: int
    client_pk: int
    user_pk: int
    session_pk: int
    consent_pk: int | None
    user_epoch: int
    client_epoch: int
    session_epoch: int
    redirect_uri: str
    code_challenge: str
    scopes: list[str]
    resources: list[str]
    nonce: str
    auth_time: datetime
    acr: str
    amr: list[str]
    expires_at: datetime
    used_at: datetime | None
    family: uuid.UUID | None
    user_sub: uuid.UUID
    role_scopes: list[str]
    session_sid: uuid.UUID
    stands: bool


def respond(request: TokenRequest) -> dict[str, object]:
    """Return the token response; raises the RFC's errors by name. The claim of the code is the last thing written."""
    client = request.client(GrantType.AUTHORIZATION_CODE)
    code = request.parameters.require("code")
    verifier = request.parameters.require("code_verifier")
    row = _present(code, client)
    _check_redirect_uri(row, request.parameters.get("redirect_uri"))
    resources = _narrow(request.parameters.list("resource"), row.resources)
    _check_verifier(row, verifier)

    family = _family(row, client)
    granted = scopes.effective(row.scopes, client.scopes, row.role_scopes)
    subject = access_token.Subject(sub_for(row.user_sub), family.pk, row.auth_time, row.acr)
    issued = access_token.for_user(client, subject, granted, resources)
    answer: dict[str, object] = {
        "access_token": issued.token,
        "token_type": "Bearer",
        "expires_in": issued.expires_in,
        "scope": " ".join(granted),
    }
    if GrantType.REFRESH_TOKEN in client.grant_types:
        answer["refresh_token"] = refresh_token.make(
            family=family.pk, salt=bytes(family.salt), issuer=family.issuer, client_id=client.client_id, counter=0
        )
    if "openid" in granted:
        signed_in = Authentication(row.session_sid, row.auth_time, row.acr, row.amr)
        answer["id_token"] = id_token(client, subject.sub, signed_in, nonce=row.nonce, access_token=issued.token)
    _claim(row, family)
    return answer


def _present(code: str, client: ClientRow) -> CodeRow:
    """Judge a code. Another client's attempt changes nothing; the right client's second use ends what it bought."""
    for row in map(CodeRow._make, _SELECT.rows(_Asked(handles.digest(code), timezone.now()))):
        if row.client_pk != client.pk:
            break
        if row.used_at is not None:
            _replayed(row.family)
        if row.stands and row.expires_at > timezone.now():
            return row
    raise InvalidGrant


class _Asked(NamedTuple):
    """What a look-up depends on."""

    code_hash: str
    now: datetime


def _query(asked: _Asked) -> Query:
    under = made_under(asked.now)
    stands = Q(under["user"], under["client"], under["session"]) & (Q(consent=None) | under["consent"])
    found = AuthorizationCode.objects.filter(code_hash=asked.code_hash)
    return found.annotate(stands=ExpressionWrapper(stands, output_field=BooleanField())).values_list(*FIELDS).query


_SELECT = Select(_query, _Asked("the hash", datetime(1970, 1, 1, tzinfo=UTC)), (CharField(), DateTimeField()))


def _replayed(family: uuid.UUID | None) -> None:
    """End what a replayed code bought (RFC 9700 §4.2.4), committed before the refusal; raises `InvalidGrant`."""
    if family is not None:
        families.end(family, EndReason.CODE_REPLAY)
    raise InvalidGrant


def _check_redirect_uri(row: CodeRow, redirect_uri: str | None) -> None:
    """Demand the URI that the code was sent to, if the authorization request named one (RFC 6749 §4.1.3)."""
    if (redirect_uri or "") != row.redirect_uri:
        raise InvalidGrant


def _check_verifier(row: CodeRow, verifier: str) -> None:
    """Compare the verifier with the challenge; a wrong one burns the code (no second guess)."""
    if not VERIFIER.fullmatch(verifier):
        raise InvalidRequest("The parameter code_verifier must be 43 to 128 unreserved characters.")
    challenge = base64url.encode(hashlib.sha256(verifier.encode()).digest())
    if not hmac.compare_digest(challenge, row.code_challenge):
        AuthorizationCode.objects.filter(pk=row.pk, used_at=None).update(used_at=timezone.now())
        raise InvalidGrant


def _narrow(asked: list[str], granted: list[str]) -> list[str]:
    if not set(asked) <= set(granted):
        raise InvalidTarget
    return asked or granted


def _family(row: CodeRow, client: ClientRow) -> Family:
    """Make the family, unsaved: its epochs are those the code was made under, so what changed since leaves it dead."""
    return Family(
        kind=FamilyKind.AUTHORIZATION_CODE,
        user_id=row.user_pk,
        client_id=client.pk,
        consent_id=row.consent_pk,
        session_id=row.session_pk,
        offline="offline_access" in row.scopes,
        user_epoch=row.user_epoch,
        client_epoch=row.client_epoch,
        session_epoch=row.session_epoch,
        issuer=settings.ISSUER_URL,
        scopes=row.scopes,
        resources=row.resources,
        salt=secrets.token_bytes(SALT_BYTES),
        rotates=True,
        auth_time=row.auth_time,
        acr=row.acr,
        amr=row.amr,
        expires_at=timezone.now() + timedelta(seconds=settings.REFRESH_TOKEN_MAX_AGE_SECONDS),
    )


def _claim(row: CodeRow, family: Family) -> None:
    """Use the code and write the family in one transaction; whoever comes second is a replay."""
    now = timezone.now()
    with transaction.atomic():
        code = AuthorizationCode.objects.filter(pk=row.pk, used_at=None, expires_at__gt=now)
        if code.update(used_at=now, family_id=family.pk):
            family.save(force_insert=True)
            return
    bought = AuthorizationCode.objects.filter(pk=row.pk).values_list("family_id", flat=True).first()
    _replayed(bought)
