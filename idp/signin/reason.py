"""Why somebody is asked to sign in: left by whoever sends them, found again by the way back."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

KEPT: Final = 8  # tabs of one browser
SIGN_IN: Final = "account_login"
SIGN_UP: Final = "account_signup"
_KEY: Final = "sign_in_reasons"


@dataclass(frozen=True)
class SignInReason:
    """Who asks, what for, and the way back: plain data of the sign-in page's own.

    `scopes` are (name, description) pairs; `purpose` is the sentence to say where no client asks. With `since` only a
    sign-in at or after that time will do: whoever is signed in already proves it again; with `acr` only one as strong.
    The pages speak `language`, where there is one, whatever the browser prefers, and wear `accent`, the client's
    colour (`#rrggbb`), where whoever leaves the reason vouches for it.
    `decline_url` takes a POST from whoever can't or won't. `new` is for somebody who has no account yet. `leads_to` is
    where the browser may end up after the way back: its origin goes into the page's `form-action`, which browsers hold
    against every redirect after a POST.
    """

    way_back: str
    client_name: str = ""
    purpose: str = ""
    scopes: tuple[tuple[str, str], ...] = ()
    since: datetime | None = None
    acr: str = ""
    language: str = ""
    new: bool = False
    login_hint: str = ""
    leads_to: str = ""
    decline_url: str = ""
    accent: str = ""


def leave(request: HttpRequest, reason: SignInReason) -> str:
    """Keep a reason in the browser's session, and return the URL of the page that shows it: to sign in, or up."""
    kept = {**request.session.get(_KEY, {})}
    kept.pop(reason.way_back, None)
    since = reason.since.isoformat() if reason.since else None
    kept[reason.way_back] = {**asdict(reason), "since": since}
    request.session[_KEY] = dict(list(kept.items())[-KEPT:])
    return _url(reason.way_back, SIGN_UP if reason.new else SIGN_IN)


def find(request: HttpRequest) -> SignInReason | None:
    """Return the reason that belongs to this page's `next`, or None: a `next` that was tampered with has none."""
    stored = request.session.get(_KEY, {}).get(way_back(request) or "")
    if stored is None:
        return None
    since = datetime.fromisoformat(stored["since"]) if stored["since"] else None
    scopes = tuple((name, description) for name, description in stored["scopes"])
    return SignInReason(**{**stored, "since": since, "scopes": scopes})


def waiting_client(request: HttpRequest) -> SignInReason | None:
    """Return the reason of the client that asked last and still waits, for whoever is busy with something else."""
    kept = request.session.get(_KEY, {})
    named = [stored for stored in kept.values() if stored["client_name"]]
    return SignInReason(**{**named[-1], "since": None, "scopes": ()}) if named else None


def language(request: HttpRequest) -> str:
    """Return what this page's reason wishes to be spoken, else the client that asked last and still waits."""
    here = find(request)
    if here is not None and (here.language or here.client_name):
        return here.language
    waiting = waiting_client(request)
    return waiting.language if waiting else ""


def accent(request: HttpRequest) -> str:
    """Return the colour of whoever this page's reason speaks of, else of the client that asked last and still waits."""
    here = find(request)
    if here is not None and (here.client_name or here.purpose):
        return here.accent
    waiting = waiting_client(request)
    return waiting.accent if waiting else ""


def speak(language: str) -> None:
    """Have the rest of this answer in a language, where one is wished for."""
    if language:
        translation.activate(language)


def forget(request: HttpRequest) -> None:
    """Drop the reason of this page: it was met."""
    kept = {**request.session.get(_KEY, {})}
    if kept.pop(way_back(request) or "", None):
        request.session[_KEY] = kept


def sign_in_url(request: HttpRequest) -> str:
    """Return the URL of the sign-in page, for whoever asked last and still waits for an answer."""
    return _url(next(reversed(request.session.get(_KEY, {})), ""), SIGN_IN)


def other_url(request: HttpRequest, page: str, **named: str) -> str:
    """Return the URL of another page for whoever comes to this one, with the same way back."""
    return _url(way_back(request) or "", page, **named)


def way_back(request: HttpRequest) -> str | None:
    """Return `next` where it is a path of ours, or None."""
    path = request.POST.get("next") or request.GET.get("next") or ""
    ours = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if ours else None


def _url(path: str, page: str, **named: str) -> str:
    query = f"?{urlencode({'next': path})}" if path else ""
    return f"{reverse(page, kwargs=named)}{query}"
