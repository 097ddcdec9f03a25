"""What the consent page tells a person (ASVS 10.7.1-2): who asks, for what, for how long, where the answer goes."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from idp.models import Session
from oauth_ext import scopes
from oauth_ext.authorization.interaction import AskConsent
from oauth_ext.authorization.services import Ongoing


def context(ongoing: Ongoing, session: Session, step: AskConsent) -> dict[str, object]:
    """Return the template's context, but for `form_action`."""
    asked = ongoing.asked
    return {
        "client": {"name": display_name(ongoing)},
        "redirect_host": receiver(asked.redirect_uri),
        "scopes": described(step.scopes),
        "resources": asked.resources,
        "user": session.user,
        "lifetime": lifetime(step.scopes),
        "remembered": step.remembered,
        "request_id": ongoing.handle,
    }


def display_name(ongoing: Ongoing) -> str:
    """Return what the client is called, its id where it has no name."""
    return ongoing.client.name or ongoing.client.client_id


def described(names: list[str]) -> list[dict[str, str]]:
    """Return scopes with the catalogue's words; one that left the catalogue is granted to nobody, so not shown."""
    catalogue = scopes.catalogue()
    return [{"name": name, "description": _(catalogue[name])} for name in names if name in catalogue]


def receiver(redirect_uri: str) -> str:
    """Return who gets the answer, as people can judge it: a host, or the scheme that an app has claimed."""
    parts = urlsplit(redirect_uri)
    return parts.netloc or f"{parts.scheme}:"


def lifetime(names: list[str]) -> str:
    """Return how long access lasts, as a phrase."""
    return away() if "offline_access" in names else _("until you sign out here")


def away() -> str:
    """Return how long access lasts that does not end with the sign-in."""
    days = timedelta(seconds=settings.REFRESH_TOKEN_MAX_AGE_SECONDS).days
    phrase = ngettext(
        "for a day, also while signed out", "for up to %(days)d days, also while you are signed out", max(days, 1)
    )
    return phrase % {"days": days}
