"""What a page wears: the operator's name and logo always, and the colour of the client that it is shown for."""

from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from idp.theme import stylesheet

_WORN: Final = "_theme_accent"


def wear(request: HttpRequest, accent: str) -> None:
    """Have the page that answers this request in a client's colour; nothing where it has none."""
    if accent:
        setattr(request, _WORN, accent)


def stylesheet_url(request: HttpRequest | None) -> str:
    """Return the address of the page's colours, or nothing where they are the usual ones."""
    if worn := getattr(request, _WORN, ""):
        return stylesheet.url(worn)
    if settings.THEME_ACCENT or settings.THEME_ACCENT_DARK:
        return stylesheet.url(settings.THEME_ACCENT or USUAL, settings.THEME_ACCENT_DARK)
    return ""


def logo_url() -> str:
    """Return the address of the operator's logo, or nothing."""
    return reverse("theme_logo", kwargs={"name": settings.THEME_LOGO.name}) if settings.THEME_LOGO else ""


USUAL: Final = "#3454d1"  # as in gatehouse.css
