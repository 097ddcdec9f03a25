"""What the consent page tells a person (ASVS 10.7.1-2): who asks, for what, for how long, where the answer goes."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from idp.models import Session
from oauth_ext import scopes
from oauth_ext.authorization.interaction import AskConsent
from oauth_ext.authorization.services import Ongoing
from oauth_ext.clients import lifetimes
from oauth_ext.clients.models import Application


def context(ongoing: Ongoing, session: Session, step: AskConsent) -> dict[str, object]:
    """Return the template's context, but for `form_action`."""
    asked = ongoing.asked
    return {
        "client": {"name": display_name(ongoing)},
        "unchecked": unchecked(ongoing.client),
        "new": described([name for name in step.scopes if name not in step.before]),
        "before": described(step.before),
        "redirect_host": receiver(asked.redirect_uri),
        "scopes": described(step.scopes),
        "resources": asked.resources,
        "user": session.user,
        "lifetime": lifetime(step.scopes, lifetimes.of_grant(ongoing.client)),
        "remembered": step.remembered,
        "request_id": ongoing.handle,
    }


def display_name(ongoing: Ongoing) -> str:
    """Return what the client is called, its id where it has no name."""
    return ongoing.client.name or ongoing.client.client_id


def unchecked(client: Application) -> str:
    """Return what people should know of a client that describes itself, in a sentence or two; of others nothing."""
    match client.registration_source:
        case Application.RegistrationSource.DCR:
            return _("This app registered itself. Nobody here has checked its name, or who is behind it.")
        case Application.RegistrationSource.CIMD:
            words = _("This app belongs to %(host)s and describes itself there. Nobody here has checked its name.")
            return words % {"host": urlsplit(client.client_id).netloc}
    return ""


def described(names: list[str]) -> list[dict[str, str]]:
    """Return scopes with the catalogue's words; one that left the catalogue is granted to nobody, so not shown."""
    catalogue = scopes.catalogue()
    return [{"name": name, "description": _(catalogue[name])} for name in names if name in catalogue]


def receiver(redirect_uri: str) -> str:
    """Return who gets the answer, as people can judge it: a host, or the scheme that an app has claimed."""
    parts = urlsplit(redirect_uri)
    return parts.netloc or f"{parts.scheme}:"


def lifetime(names: list[str], longest: timedelta) -> str:
    """Return how long access lasts, as a phrase; `longest` is how long at most where it isn't bound to the sign-in."""
    return away(longest) if "offline_access" in names else _("until you sign out here")


def away(longest: timedelta) -> str:
    """Return how long access lasts that does not end with the sign-in."""
    if longest >= timedelta(days=1):
        phrase = ngettext(
            "for a day, also while signed out", "for up to %(number)d days, also while you are signed out", longest.days
        )
        return phrase % {"number": longest.days}
    minutes = longest // timedelta(minutes=1)
    phrase = ngettext(
        "for a minute, also while signed out", "for up to %(number)d minutes, also while you are signed out", minutes
    )
    return phrase % {"number": minutes}
