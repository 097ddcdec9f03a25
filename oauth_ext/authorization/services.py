"""The stored authorization request: stored, found again by its handle, bound to a sign-in, answered once."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from idp.models import Session
from oauth_ext import handles
from oauth_ext.authorization.asked import Asked
from oauth_ext.authorization.errors import RequestGone
from oauth_ext.authorization.models import AuthorizationCode, AuthorizationRequest
from oauth_ext.clients.models import Application
from oauth_ext.consents import services as consents
from oauth_ext.consents.models import Consent
from oauth_ext.families import services as families


@dataclass(frozen=True)
class Ongoing:
    """A request between its first page and its answer, with the handle under which pages speak of it."""

    handle: str
    row: AuthorizationRequest
    client: Application
    asked: Asked


def store(client: Application, asked: Asked, *, pushed: bool = False) -> Ongoing:
    """Keep a request that was judged; for a short while only, where it was pushed and waits for its browser."""
    handle, now = handles.new(), timezone.now()
    seconds = (
        settings.PUSHED_AUTHORIZATION_REQUEST_EXPIRE_SECONDS
        if pushed
        else settings.AUTHORIZATION_REQUEST_EXPIRE_SECONDS
    )
    row = AuthorizationRequest.objects.create(
        id_hash=handles.digest(handle),
        client=client,
        parameters=asked.to_json(),
        pushed=pushed,
        created_at=now,
        expires_at=now + timedelta(seconds=seconds),
    )
    return Ongoing(handle, row, client, asked)


def find(handle: str | None, session: Session | None) -> Ongoing:
    """Return the request of a handle that this sign-in, or none, may go on with.

    Raises `RequestGone` where it is unknown, over, answered, another sign-in's, or its client no longer stands by it;
    a pushed request must be taken up first.
    """
    now, id_hash = timezone.now(), handles.digest(handle or "")
    rows = AuthorizationRequest.objects.select_related("client").filter(
        id_hash=id_hash, pushed=False, claimed_at=None, expires_at__gt=now, client__is_active=True
    )
    row = rows.first()
    if row is None or row.session_id not in {None, session.pk if session else None}:
        raise RequestGone
    asked = Asked.from_json(row.parameters)
    if not row.client.redirect_uri_allowed(asked.redirect_uri):
        raise RequestGone
    return Ongoing(handle or "", row, row.client, asked)


def show_consent(ongoing: Ongoing, session: Session, scopes: list[str]) -> None:
    """Bind the request to the sign-in that is shown the consent page, and keep what the page says.

    Raises `RequestGone` where another sign-in was quicker.
    """
    ongoing.asked.shown_scopes = scopes
    _bind(ongoing, session, parameters=ongoing.asked.to_json())


def choose_account(ongoing: Ongoing, session: Session) -> None:
    """Keep that the person goes on as who they are; raises `RequestGone` as above."""
    _bind(ongoing, session, account_chosen=True)


def answer(ongoing: Ongoing, session: Session, scopes: list[str], consent: Consent | None) -> str:
    """Claim the request and return a new code, under a consent that stands already or none is needed.

    Raises `RequestGone` for whoever comes second.
    """
    with transaction.atomic():
        claim(ongoing, session)
        return _write_code(ongoing, session, scopes, consent)


def allow(ongoing: Ongoing, session: Session, scopes: list[str]) -> str:
    """Claim the request, keep the consent and return a new code; raises `RequestGone` for whoever comes second."""
    with transaction.atomic():
        claim(ongoing, session)
        consent = consents.grant(session.user_id, ongoing.client.pk, scopes, ongoing.asked.resources)
        return _write_code(ongoing, session, scopes, consent)


def claim(ongoing: Ongoing, session: Session | None) -> None:
    """Make this the one answer to the request, in one conditional UPDATE; raises `RequestGone`."""
    now = timezone.now()
    claimed = AuthorizationRequest.objects.filter(_of(session), pk=ongoing.row.pk, claimed_at=None, expires_at__gt=now)
    if not claimed.update(claimed_at=now):
        raise RequestGone


def _bind(ongoing: Ongoing, session: Session, **changes: object) -> None:
    unclaimed = AuthorizationRequest.objects.filter(_of(session), pk=ongoing.row.pk, claimed_at=None)
    if not unclaimed.update(session=session, **changes):
        raise RequestGone


def _of(session: Session | None) -> Q:
    return Q(session=None) if session is None else Q(session=None) | Q(session=session)


def _write_code(ongoing: Ongoing, session: Session, scopes: list[str], consent: Consent | None) -> str:
    """Write the code with the epochs of the rows that were judged: what ends in between leaves it dead."""
    asked, now = ongoing.asked, timezone.now()
    families.make_room(session.pk, ongoing.client.pk)
    code = handles.new()
    AuthorizationCode.objects.create(
        code_hash=handles.digest(code),
        client=ongoing.client,
        user_id=session.user_id,
        session=session,
        consent=consent,
        user_epoch=session.user_epoch,
        client_epoch=ongoing.client.epoch,
        session_epoch=session.epoch,
        redirect_uri=asked.redirect_uri if asked.redirect_uri_named else "",
        code_challenge=asked.code_challenge,
        jkt=asked.dpop_jkt,
        scopes=scopes,
        resources=asked.resources,
        nonce=asked.nonce,
        auth_time=session.auth_time,
        acr=session.acr,
        amr=session.amr,
        created_at=now,
        expires_at=now + timedelta(seconds=settings.AUTHORIZATION_CODE_EXPIRE_SECONDS),
    )
    return code
