"""What the device pages show, and the code that a browser carries from one to the next, in no address."""

from datetime import timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from idp.models import Session
from idp.ratelimit.addresses import client_network
from idp.signin import reason
from idp.theme.worn import wear
from oauth_ext.authorization import consent_page
from oauth_ext.authorization.device import user_codes
from oauth_ext.authorization.device.models import DeviceGrant
from oauth_ext.clients import lifetimes
from oauth_ext.clients.models import GrantType
from oauth_ext.pages import SEE_OTHER

_CODE: Final = "device_code"
_ANSWERED: Final = "device_answered"


def carry(request: HttpRequest, user_code: str) -> None:
    """Keep a code in the browser's session, which is sealed, over signing in too."""
    request.session[_CODE] = user_code


def carried(request: HttpRequest) -> str | None:
    """Return the code that the browser carries."""
    code: str | None = request.session.get(_CODE)
    return code


def drop(request: HttpRequest) -> None:
    """Carry it no longer."""
    request.session.pop(_CODE, None)


def go_on(name: str = "device") -> HttpResponse:
    """Send the browser on by a GET."""
    return HttpResponseRedirect(reverse(name), status=SEE_OTHER)


def sign_in(request: HttpRequest, *, acr: str = "", accent: str = "") -> HttpResponse:
    """Let somebody sign in first, as strongly as is demanded, and come back; in a known client's colour."""
    purpose = _("You want to connect a device. Sign in first.")
    why = reason.SignInReason(way_back=reverse("device"), purpose=purpose, acr=acr, accent=accent)
    return HttpResponseRedirect(reason.leave(request, why), status=SEE_OTHER)


def ask(request: HttpRequest, *, typed: str = "", error: str = "") -> HttpResponse:
    """Ask for the code, once more where there is an error."""
    return render(request, "oauth_ext/device/enter.html", {"typed": typed, "error": error})


def is_no_code() -> str:
    """Return what is said of what can't be a code."""
    return _("A code has 8 letters, none of them a vowel, and no digits. Type it as the device shows it.")


def nobody_waits() -> str:
    """Return what is said of a code that no device waits under."""
    return _("No device waits under this code. Check it, or get a new one on the device: codes end after some minutes.")


def confirm(request: HttpRequest, grant: DeviceGrant, session: Session, user_code: str) -> HttpResponse:
    """Ask whether this device may have what it asks for (RFC 8628 §3.3, §5.4)."""
    network = client_network(request)
    context = {
        "client": _named(grant),
        "unchecked": consent_page.unchecked(grant.client),
        "user_code": user_codes.shown(user_code),
        "user": session.user,
        "scopes": consent_page.described(grant.scopes),
        "resources": grant.resources,
        "lifetime": _lifetime(grant),
        "asked": _ago(timezone.now() - grant.created_at),
        "origin": grant.origin,
        "same_network": grant.origin == network,
    }
    wear(request, grant.client.accent)
    return render(request, "oauth_ext/device/confirm.html", context)


def answered(request: HttpRequest, grant: DeviceGrant, session: Session, *, allowed: bool) -> HttpResponse:
    """Keep what was answered for the page that says so, and go there."""
    drop(request)
    said = {"client": _named(grant), "user": session.user.username, "allowed": allowed, "accent": grant.client.accent}
    request.session[_ANSWERED] = said
    return go_on("device-done")


def done(request: HttpRequest) -> HttpResponse:
    """Say what was answered last in this browser; where nothing was, ask for a code."""
    context = request.session.get(_ANSWERED)
    if not context:
        return go_on()
    wear(request, context.get("accent", ""))
    return render(request, "oauth_ext/device/done.html", context)


def limited(request: HttpRequest, retry_after: int) -> HttpResponse:
    """Say when to try again; 429 with `Retry-After` in seconds."""
    context = {"minutes": -(-retry_after // 60), "way_back": reverse("device")}
    response = render(request, "oauth_ext/device/limited.html", context, status=429)
    response["Retry-After"] = str(retry_after)
    return response


def _named(grant: DeviceGrant) -> str:
    return grant.client.name or grant.client.client_id


def _lifetime(grant: DeviceGrant) -> str:
    """Return how long access lasts, as a phrase: a device has its own end, whoever signs out here."""
    if grant.client.allows_grant_type(GrantType.REFRESH_TOKEN):
        return consent_page.away(lifetimes.of_grant(grant.client))
    minutes = max(lifetimes.of_access_token(grant.client) // 60, 1)
    return ngettext("for a minute", "for %(minutes)d minutes", minutes) % {"minutes": minutes}


def _ago(age: timedelta) -> str:
    minutes = int(age.total_seconds()) // 60
    if not minutes:
        return _("less than a minute ago")
    return ngettext("a minute ago", "%(minutes)d minutes ago", minutes) % {"minutes": minutes}
