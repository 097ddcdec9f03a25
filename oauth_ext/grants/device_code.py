"""The device code grant (RFC 8628 §3.4): a device asks until somebody has answered; what they allow is bought once."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db.models import BooleanField, CharField, ExpressionWrapper, F, Q, Value
from django.db.models.sql import Query
from django.utils import timezone

from idp.ops.compiled import Deferred, Select
from oauth_ext import handles
from oauth_ext.authorization.device.models import DeviceGrant
from oauth_ext.clients.models import GrantType
from oauth_ext.clients.rows import ClientRow
from oauth_ext.dpop import services as dpop
from oauth_ext.errors import AccessDenied, AuthorizationPending, ExpiredToken, InvalidGrant, InvalidTarget, SlowDown
from oauth_ext.families.models import FamilyKind
from oauth_ext.families.standing import made_under
from oauth_ext.grants.issuing import ALLOWED_FIELDS, Allowed, first_tokens, new_family
from oauth_ext.grants.request import TokenRequest
from oauth_ext.grants.single_use import SingleUse, replayed

SLOWER: Final = timedelta(seconds=5)  # §3.5
# Requests sent on time arrive now earlier, now later.
EARLY: Final = timedelta(seconds=1)

FIELDS: Final = (
    "pk",
    "client_id",
    "expires_at",
    "interval",
    "allowed_at",
    "denied_at",
    "used_at",
    "family_id",
    "stands",
)


class GrantRow(NamedTuple):
    """A device's request as it is presented: one narrow SELECT."""

    pk: int
    client_pk: int
    expires_at: datetime
    interval: int
    allowed_at: datetime | None
    denied_at: datetime | None
    used_at: datetime | None
    family: uuid.UUID | None
    stands: bool


def respond(request: TokenRequest) -> dict[str, object]:
    """Return the token response; raises the RFC's errors by name. The claim of the code is the last thing written."""
    presented = _ask(request.parameters.get("device_code") or "")
    client = request.client(GrantType.DEVICE_CODE, along=presented)
    request.parameters.require("device_code")
    proof = request.proof(client)
    jkt = dpop.thumbprint(proof)
    row, allowed = _present(presented, client)
    asked = request.parameters.list("resource")
    if not set(asked) <= set(allowed.resources):
        raise InvalidTarget

    family = new_family(FamilyKind.DEVICE_CODE, allowed, client, jkt=jkt)
    answer = first_tokens(family, allowed, client, asked or allowed.resources, jkt=jkt)
    dpop.use_once(proof)
    _GRANTS.claim(row.pk, family, client, allowed)
    return answer


def _ask(device_code: str) -> "Deferred[tuple[GrantRow, Allowed]]":
    device_code_hash = handles.digest(device_code)
    return Deferred(_SELECT, lambda: _Asked(device_code_hash), _read)


def _read(found: Sequence[object]) -> tuple[GrantRow, Allowed]:
    # The device is in nobody's browser session: signing out there, or here, says nothing of the other.
    allowed = Allowed._make(found[len(FIELDS) :])._replace(session_pk=None, session_sid=None, session_epoch=0)
    return GrantRow._make(found[: len(FIELDS)]), allowed


def _present(presented: "Deferred[tuple[GrantRow, Allowed]]", client: ClientRow) -> tuple[GrantRow, Allowed]:
    """Judge a device code. Another client's attempt changes nothing; a second use ends what the first one bought.

    Raises `InvalidGrant`, and of a request that is over or still waits what §3.5 says of it.
    """
    found = presented.row()
    if found is None:
        raise InvalidGrant
    row, allowed = found
    if row.client_pk != client.pk:
        raise InvalidGrant
    if row.used_at is not None:
        replayed(row.family)
    _check_answer(row)
    if not row.stands:
        raise InvalidGrant
    return row, allowed


class _Asked(NamedTuple):
    """What a look-up depends on."""

    device_code_hash: str


def _query(asked: _Asked) -> Query:
    under = made_under(timezone.now())  # of these, time counts for the session alone
    stands = Q(under["user"], under["client"]) & (Q(consent=None) | under["consent"])
    found = DeviceGrant.objects.filter(device_code_hash=asked.device_code_hash)
    found = found.annotate(stands=ExpressionWrapper(stands, output_field=BooleanField()), nonce=Value(""))
    return found.values_list(*FIELDS, *ALLOWED_FIELDS).query


_SELECT = Select(_query, _Asked("the hash"), (CharField(),))


def _check_answer(row: GrantRow) -> None:
    """Raise what §3.5 says of a request that was denied, is over, or still waits."""
    if row.denied_at is not None:
        raise AccessDenied
    now = timezone.now()
    if row.expires_at <= now:
        raise ExpiredToken
    if row.allowed_at is not None:
        return
    if poll(row, now):
        raise AuthorizationPending
    raise SlowDown


def poll(row: GrantRow, now: datetime) -> bool:
    """Take note of a request for the answer; False where it came too soon, and then the interval grows.

    Each is one conditional UPDATE: of two at once the second came too soon.
    """
    grant = DeviceGrant.objects.filter(pk=row.pk)
    interval = timedelta(seconds=row.interval)
    if grant.filter(next_poll_at__lte=now).update(next_poll_at=now + interval - EARLY):
        return True
    slower = int(SLOWER.total_seconds())
    grant.update(interval=F("interval") + slower, next_poll_at=now + interval + SLOWER - EARLY)
    return False


_GRANTS = SingleUse(lambda: DeviceGrant.objects.filter(allowed_at__isnull=False))
