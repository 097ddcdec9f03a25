"""The authorization code grant (RFC 6749 §4.1.3, RFC 7636): one code buys one family, once."""

import hashlib
import hmac
import re
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

from django.db.models import BooleanField, CharField, DateTimeField, ExpressionWrapper, Q
from django.db.models.sql import Query
from django.utils import timezone

from idp.ops import base64url
from idp.ops.compiled import Deferred, Select
from oauth_ext import handles
from oauth_ext.authorization.models import AuthorizationCode
from oauth_ext.clients.models import GrantType
from oauth_ext.clients.rows import ClientRow
from oauth_ext.dpop import services as dpop
from oauth_ext.errors import InvalidGrant, InvalidRequest
from oauth_ext.families.models import FamilyKind
from oauth_ext.families.standing import made_under
from oauth_ext.grants.issuing import ALLOWED_FIELDS, Allowed, first_tokens, new_family
from oauth_ext.grants.request import TokenRequest
from oauth_ext.grants.single_use import SingleUse, replayed
from oauth_ext.resources import services as resources

VERIFIER: Final = re.compile(r"[A-Za-z0-9\-._~]{43,128}")  # RFC 7636 §4.1

FIELDS: Final = (
    "pk",
    "client_id",
    "redirect_uri",
    "code_challenge",
    "jkt",
    "expires_at",
    "used_at",
    "family_id",
    "stands",
)


class CodeRow(NamedTuple):
    """A code as it is presented: one narrow SELECT."""

    pk: int
    client_pk: int
    redirect_uri: str
    code_challenge: str
    jkt: str
    expires_at: datetime
    used_at: datetime | None
    family: uuid.UUID | None
    stands: bool


def respond(request: TokenRequest) -> dict[str, object]:
    """Return the token response; raises the RFC's errors by name. The claim of the code is the last thing written."""
    asked = _ask(request.parameters.get("code") or "")
    client = request.client(GrantType.AUTHORIZATION_CODE, along=asked)
    request.parameters.require("code")
    verifier = request.parameters.require("code_verifier")
    proof = request.proof(client)
    jkt = dpop.thumbprint(proof)
    row, allowed = _present(asked, client, jkt)
    _check_redirect_uri(row, request.parameters.get("redirect_uri"))
    targets = resources.narrow(request.parameters.list("resource"), allowed.resources)
    _check_verifier(row, verifier)

    family = new_family(FamilyKind.AUTHORIZATION_CODE, allowed, client, jkt=jkt)
    answer = first_tokens(family, allowed, client, targets, jkt=jkt)
    dpop.use_once(proof)
    _CODES.claim(row.pk, family, client, allowed)
    return answer


def _ask(code: str) -> "Deferred[tuple[CodeRow, Allowed]]":
    code_hash = handles.digest(code)
    return Deferred(_SELECT, lambda: _Asked(code_hash, timezone.now()), _read)


def _read(row: Sequence[object]) -> tuple[CodeRow, Allowed]:
    return CodeRow._make(row[: len(FIELDS)]), Allowed._make(row[len(FIELDS) :])


def _present(asked: "Deferred[tuple[CodeRow, Allowed]]", client: ClientRow, jkt: str) -> tuple[CodeRow, Allowed]:
    """Judge a code. Another client's attempt changes nothing, nor does that of another key than the code was asked for
    with (RFC 9449 §10); the right client's second use ends what it bought.
    """
    found = asked.row()
    if found is None:
        raise InvalidGrant
    row, allowed = found
    if row.client_pk != client.pk or row.jkt not in {"", jkt}:
        raise InvalidGrant
    if row.used_at is not None:
        replayed(row.family)
    if not row.stands or row.expires_at <= timezone.now():
        raise InvalidGrant
    return row, allowed


class _Asked(NamedTuple):
    """What a look-up depends on."""

    code_hash: str
    now: datetime


def _query(asked: _Asked) -> Query:
    under = made_under(asked.now)
    stands = Q(under["user"], under["client"], under["session"]) & (Q(consent=None) | under["consent"])
    found = AuthorizationCode.objects.filter(code_hash=asked.code_hash)
    found = found.annotate(stands=ExpressionWrapper(stands, output_field=BooleanField()))
    return found.values_list(*FIELDS, *ALLOWED_FIELDS).query


_SELECT = Select(_query, _Asked("the hash", datetime(1970, 1, 1, tzinfo=UTC)), (CharField(), DateTimeField()))


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


_CODES = SingleUse(AuthorizationCode.objects.all)
