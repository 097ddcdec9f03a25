"""Signing in, who is signed in, and signing out. The row decides, whatever a cookie or a cache says.

Whoever writes to a person's row and to their session's does so in this order: in the other, two acts of one browser at
once would wait for each other.
"""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple, TypedDict

from django.conf import settings
from django.contrib.auth import logout
from django.db import transaction
from django.db.models import BigAutoField, DateTimeField, F, Q, QuerySet
from django.db.models.sql import Query
from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.utils import timezone

from idp.audit import services as audit
from idp.audit.services import NOBODY, Event, Party
from idp.ops.compiled import Update, update_of
from idp.ops.inserts import Insert
from idp.outbox import services as outbox
from idp.ratelimit.addresses import client_network
from idp.sessions import devices, user_agent
from idp.sessions.models import MAX_USER_AGENT, Session
from idp.users import deletion
from idp.users import services as users
from idp.users.errors import AccountGone
from idp.users.models import User
from idp.users.notices import Notice, tell

POINTER = "login_session"
ENDED = "session ended"  # topic; the payload is the row's key as `session`
TOUCH_AT_MOST_EVERY = timedelta(minutes=1)
_CURRENT = "_gatehouse_login_session"


def start(request: HttpRequest, user: User, *, amr: list[str], acr: str) -> Session:
    """Sign the user in: a new row, a new key for the cookie (what the browser kept until now stays behind it).

    Who was signed in here before is signed out first. That the account was to be deleted is called off; raises
    AccountGone where it is too late.
    """
    before, now = current(request), timezone.now()
    with transaction.atomic():
        deletion.call_off(user)
        if not _SIGNED_IN.run(_SignedIn(user.pk, now)):
            raise AccountGone("it was deleted meanwhile")
        if before:
            end(before.pk)
        session = Session(
            user=user,
            user_epoch=user.epoch,
            auth_time=now,
            acr=acr,
            amr=amr,
            **seen_from(request),
            idle_end=now + timedelta(seconds=settings.SESSION_IDLE_SECONDS),
            absolute_end=now + timedelta(seconds=settings.SESSION_MAX_AGE_SECONDS),
        )
        _INSERT.run(session, audit.entry(Event.SIGNED_IN, **_about(session)))
        _tell_of_new_browser(request, session)
    user.last_login = now
    if before and before.user_id != user.pk:
        request.session.flush()
    else:
        request.session.cycle_key()
    request.session[POINTER] = session.pk
    rotate_token(request)
    _remember(request, session)
    devices.remember(request, user)
    return session


_INSERT = Insert(Session, audit.AuditEvent, tells_key=True)


class _SignedIn(NamedTuple):
    """Who, and when."""

    user_pk: int
    at: datetime


def _signed_in(values: _SignedIn) -> Query:
    return update_of(User.objects.filter(pk=values.user_pk), last_login=values.at)


_SIGNED_IN = Update(_signed_in, _SignedIn(-1, datetime(1970, 1, 1, tzinfo=UTC)), (BigAutoField(), DateTimeField()))


def renew(request: HttpRequest, *, amr: list[str], acr: str) -> Session | None:
    """Take note that the one who is signed in has just proved it again: time, way and strength, and a new cookie key.

    Also after a change of the own password: this session goes on under the epoch that `session.user` then has, which
    is not read again. What was proved is proved of the user as judged: an epoch that rose meanwhile ends the session.
    None if nobody is signed in.
    """
    session = current(request)
    if session is None:
        return None
    epoch = session.user.epoch
    session.auth_time, session.acr, session.amr, session.user_epoch = timezone.now(), acr, amr, epoch
    standing = Session.objects.filter(pk=session.pk, ended_at=None)
    with transaction.atomic():
        if not standing.update(auth_time=session.auth_time, acr=acr, amr=amr, user_epoch=epoch):
            return None
        audit.record(Event.SIGNED_IN_AGAIN, **_about(session))
    devices.remember(request, session.user)
    request.session.cycle_key()
    rotate_token(request)
    return session


def keep(session_pk: int, user: User) -> bool:
    """Have a sign-in go on that the user's last epoch has just overtaken: where its own act did, in its transaction.

    One that was overtaken before stays so; false then.
    """
    row = Session.objects.filter(pk=session_pk, user=user, user_epoch=user.epoch - 1, ended_at=None)
    return row.update(user_epoch=user.epoch) == 1


def current(request: HttpRequest) -> Session | None:
    """Return the session that the browser is signed in by, with its user and role; one SELECT a request.

    None for a stranger, and where the row is missing, ended or overtaken by its user's epoch. Being seen puts off the
    idle end.
    """
    if not hasattr(request, _CURRENT):
        pointer = request.session.get(POINTER)
        session = None
        if pointer is not None:
            session = Session.objects.select_related("user__role").filter(Session.standing(), pk=pointer).first()
        if session is not None:
            _touch(session)
        _remember(request, session)
    remembered: Session | None = getattr(request, _CURRENT)
    return remembered


def everybodys() -> QuerySet[Session]:
    """Return the sessions that still count."""
    return Session.objects.filter(Session.standing())


def of_user(user_pk: int) -> QuerySet[Session]:
    """Return those of a person."""
    return everybodys().filter(user_id=user_pk)


def seen_from(request: HttpRequest) -> dict[str, str]:
    """Return what is kept of the browser: its own words, cut short, and its network."""
    words = "".join(filter(str.isprintable, request.headers.get("User-Agent", "")))
    return {"user_agent": words[:MAX_USER_AGENT], "network": client_network(request)}


def end(session_pk: int) -> bool:
    """End a session, the one act that does; what was made under it is dead by its epoch. False if it had ended."""
    return end_where(session_pk, Q())


def end_where(session_pk: int, still: Q) -> bool:
    """End a session of which `still` is true; whoever subscribes to `ENDED` is told with the commit."""
    with transaction.atomic():
        row = Session.objects.filter(still, pk=session_pk, ended_at=None)
        ended = row.update(ended_at=timezone.now(), epoch=F("epoch") + 1)
        if ended:
            outbox.put(ENDED, {"session": session_pk})
            sid, sub = Session.objects.values_list("sid", "user__sub").get(pk=session_pk)
            audit.record(Event.SESSION_ENDED, {"sid": str(sid)}, about=Party(user=sub))
    return bool(ended)


def end_others(request: HttpRequest) -> None:
    """End every session, grant and token of whoever is signed in here, but for this session: it goes on.

    It does so under the epoch after the one it was judged by: had that risen meanwhile, this session is over, too.
    """
    session = current(request)
    if session is not None:
        with transaction.atomic():
            users.sign_out_everywhere(session.user)
            keep(session.pk, session.user)
        session.user_epoch += 1
        request.session.cycle_key()
        rotate_token(request)


def end_current(request: HttpRequest) -> None:
    """Sign this browser out: its row ends (see `end_on_logout`), and nothing is left behind its cookie."""
    logout(request)


def end_on_logout(*, request: HttpRequest, **_signal: object) -> None:
    """End the row whenever Django is asked to sign out, by whichever door (signal `user_logged_out`)."""
    session = current(request)
    if session is not None:
        end(session.pk)
    _remember(request, None)


def _tell_of_new_browser(request: HttpRequest, session: Session) -> None:
    """Have a person told who signs in by a browser that didn't know them, but for the first time of all."""
    if session.user.last_login is not None and not devices.is_known(request, session.user):
        seen = user_agent.read(session.user_agent)
        named = " · ".join(filter(None, seen)) or session.user_agent
        tell(session.user, Notice.NEW_DEVICE, browser=named, network=session.network)


def _touch(session: Session) -> None:
    """Note that a session was just used, and put off its idle end, at most once a minute."""
    now = timezone.now()
    later = min(now + timedelta(seconds=settings.SESSION_IDLE_SECONDS), session.absolute_end)
    if max(later - session.idle_end, now - session.last_seen_at) >= TOUCH_AT_MOST_EVERY:
        Session.objects.filter(pk=session.pk, ended_at=None, idle_end__gt=now).update(idle_end=later, last_seen_at=now)


def _remember(request: HttpRequest, session: Session | None) -> None:
    setattr(request, _CURRENT, session)
    audit.acts(Party(user=session.user.sub) if session else NOBODY)


class _About(TypedDict):
    """What the trail says of what happens to a session."""

    details: dict[str, object]
    by: Party
    about: Party


def _about(session: Session) -> _About:
    person = Party(user=session.user.sub)
    details = {"sid": str(session.sid), "acr": session.acr, "amr": session.amr}
    return _About(details=details, by=person, about=person)
