"""What must happen before a request can be answered, judged against the sign-in as it is now (OIDC Core §3.1.2.3)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from idp.models import Session
from idp.users import acr
from oauth_ext import scopes
from oauth_ext.authorization.asked import Asked
from oauth_ext.authorization.models import AuthorizationRequest
from oauth_ext.claims.subjects import sub_for
from oauth_ext.clients.checks import remembers_consent
from oauth_ext.clients.models import Application
from oauth_ext.consents import services as consents
from oauth_ext.consents.models import Consent
from oauth_ext.errors import ConsentRequired, LoginRequired


@dataclass(frozen=True)
class SignIn:
    """Somebody must sign in; `since` where a sign-in before that time isn't enough, `new` to begin by signing up.

    `acr` is how strongly, as far as is known before it is known who.
    """

    since: datetime | None
    new: bool = False
    acr: str = ""


@dataclass(frozen=True)
class ChooseAccount:
    """The person must say that they want to go on as who they are."""


@dataclass(frozen=True)
class AskConsent:
    """The person must allow these scopes; `remembered` says whether that holds for the next time.

    `before` are those that they allowed already; where any program could answer, that says nothing of who asks now.
    """

    scopes: list[str]
    remembered: bool
    before: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Answer:
    """Nothing more is needed: these scopes, under this consent, or under none for a trusted client."""

    scopes: list[str]
    consent: Consent | None


Step = SignIn | ChooseAccount | AskConsent | Answer


def next_step(request: AuthorizationRequest, client: Application, asked: Asked, session: Session | None) -> Step:
    """Return the first thing that is still missing, or the answer.

    Raises what the client is to be told: `InvalidScope`, and with prompt=none `LoginRequired` or `ConsentRequired`.
    """
    step = _step(request, client, asked, session)
    if "none" in asked.prompt and not isinstance(step, Answer):
        raise ConsentRequired if isinstance(step, AskConsent) else LoginRequired
    return step


def can_remember(client: Application, asked: Asked) -> bool:
    """Whether a consent holds for the next time: where nobody else can receive the answer, or in development."""
    return settings.DEBUG or remembers_consent(asked.redirect_uri, public=client.is_public)


def _step(request: AuthorizationRequest, client: Application, asked: Asked, session: Session | None) -> Step:
    """Return the step as if asking were always possible. A sign-in after the request is as fresh as can be had."""
    new = "create" in asked.prompt
    if session is None:
        return SignIn(since=None, new=new, acr=acr.strongest([asked.acr, client.minimum_acr]))
    demanded = demanded_acr(asked, client, session)
    fresh = session.auth_time >= request.created_at
    expected = asked.hinted_sub is None or asked.hinted_sub == sub_for(client, session.user_id, session.user.sub)
    if fresh and not expected:
        raise LoginRequired("Somebody else signed in than the one that id_token_hint names.")
    if not fresh and (not expected or "login" in asked.prompt or new or _is_too_old(asked, session)):
        return SignIn(since=request.created_at, new=new, acr=demanded)
    if not acr.meets(session.acr, demanded):
        return SignIn(since=None, acr=demanded)
    if not fresh and "select_account" in asked.prompt and not request.account_chosen:
        return ChooseAccount()
    return _consent(client, asked, session)


def demanded_acr(asked: Asked | None, client: Application, session: Session) -> str:
    """Return how strongly whoever is signed in must have: as the request, the client or their role demands."""
    return acr.strongest([asked.acr if asked else "", client.minimum_acr, session.user.role.minimum_acr])


def _consent(client: Application, asked: Asked, session: Session) -> AskConsent | Answer:
    granted = scopes.granted(asked.scopes, client.scopes, session.user.role.scopes)
    if client.trusted and "consent" not in asked.prompt:
        return Answer(granted, consent=None)
    remembered = can_remember(client, asked)
    consent = consents.live(session.user_id, client.pk) if remembered else None
    if consent is None:
        return AskConsent(granted, remembered)
    if "consent" not in asked.prompt and consents.covers(consent, granted, asked.resources):
        return Answer(granted, consent)
    allowed = consents.allowed_at(consent, asked.resources)
    return AskConsent(granted, remembered, before=[scope for scope in granted if scope in allowed])


def _is_too_old(asked: Asked, session: Session) -> bool:
    return asked.max_age is not None and session.auth_time + timedelta(seconds=asked.max_age) < timezone.now()
