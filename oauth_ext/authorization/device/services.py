"""A device's request: kept, found by the code that a person types, shown to a sign-in, answered once."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from idp.models import Session
from oauth_ext import handles, scopes
from oauth_ext.authorization.device import user_codes
from oauth_ext.authorization.device.errors import UnknownCode
from oauth_ext.authorization.device.models import DeviceGrant
from oauth_ext.clients.rows import ClientRow
from oauth_ext.consents import services as consents
from oauth_ext.errors import InvalidScope


class Codes(NamedTuple):
    """The two codes of a request: what the device keeps, and what it shows."""

    device_code: str
    user_code: str


def begin(client: ClientRow, asked: list[str], resources: list[str], origin: str) -> Codes:
    """Keep a request that was judged, and return its codes, which nobody can read from the row."""
    try:
        return _keep(client, asked, resources, origin)
    except IntegrityError:  # of 20^8 codes the one under which another waits
        return _keep(client, asked, resources, origin)


@transaction.atomic
def _keep(client: ClientRow, asked: list[str], resources: list[str], origin: str) -> Codes:
    codes, now = Codes(handles.new(), user_codes.new()), timezone.now()
    DeviceGrant.objects.create(
        device_code_hash=handles.digest(codes.device_code),
        user_code_mac=user_codes.keep(codes.user_code),
        client_id=client.pk,
        asked=asked,
        resources=resources,
        origin=origin,
        created_at=now,
        expires_at=now + timedelta(seconds=settings.DEVICE_CODE_EXPIRE_SECONDS),
        interval=settings.DEVICE_POLL_SECONDS,
        next_poll_at=now,
    )
    return codes


def find(user_code: str, *, shown_to: Session | None = None) -> DeviceGrant:
    """Return the request that waits under a code, if its client still stands; raises `UnknownCode`.

    With `shown_to` only one that this sign-in was shown last.
    """
    waiting = DeviceGrant.objects.select_related("client").filter(
        undecided(timezone.now()), user_code_mac__in=user_codes.kept_as(user_code), client__is_active=True
    )
    if shown_to is not None:
        waiting = waiting.filter(session=shown_to)
    grant = waiting.first()
    if grant is None:
        raise UnknownCode
    return grant


def undecided(now: datetime) -> Q:
    """Return the condition under which a request still waits for its answer."""
    return Q(allowed_at=None, denied_at=None, expires_at__gt=now)


def show(grant: DeviceGrant, session: Session) -> None:
    """Bind the request to the sign-in that is shown it, and keep in `scopes` what the page will name.

    Whoever is shown it last may answer it: people begin at the computer and go on at the phone. Raises `UnknownCode`
    where it was answered meanwhile, `InvalidScope` where this person can give nothing of what is asked.
    """
    grant.scopes = _granted(grant, session)
    waiting = DeviceGrant.objects.filter(undecided(timezone.now()), pk=grant.pk)
    if not waiting.update(session=session, scopes=grant.scopes):
        raise UnknownCode


def allow(grant: DeviceGrant, session: Session) -> None:
    """Let the device have what the page named, as far as it may still be given; raises `UnknownCode`, `InvalidScope`.

    The consent is kept in the same transaction; a client of our own needs none, but was asked about all the same.
    """
    granted = [scope for scope in _granted(grant, session) if scope in grant.scopes]
    with transaction.atomic():
        consent = None
        if not grant.client.trusted:
            consent = consents.grant(session.user_id, grant.client_id, granted, grant.resources)
        _answer(
            grant,
            session,
            allowed_at=timezone.now(),
            scopes=granted,
            consent=consent,
            user_id=session.user_id,
            user_epoch=session.user_epoch,
            client_epoch=grant.client.epoch,
            session_epoch=session.epoch,
            auth_time=session.auth_time,
            acr=session.acr,
            amr=session.amr,
        )


def deny(grant: DeviceGrant, session: Session) -> None:
    """Let the device have nothing; raises `UnknownCode`."""
    _answer(grant, session, denied_at=timezone.now())


def _granted(grant: DeviceGrant, session: Session) -> list[str]:
    try:
        return scopes.granted(grant.asked, grant.client.scopes, session.user.role.scopes)
    except InvalidScope:
        raise InvalidScope("Your account can give this device nothing of what it asks for.") from None


def _answer(grant: DeviceGrant, session: Session, **decided: object) -> None:
    """Make this the one answer, in one conditional UPDATE: it waits, and was shown to this sign-in last."""
    waiting = DeviceGrant.objects.filter(undecided(timezone.now()), pk=grant.pk, session=session)
    if not waiting.update(user_code_mac=None, **decided):
        raise UnknownCode
