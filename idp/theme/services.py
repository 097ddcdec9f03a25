"""Where what the operator's pages wear lies."""

from typing import Final

from django.conf import settings
from django.urls import reverse

from idp.theme import stylesheet

USUAL: Final = "#3454d1"  # as in gatehouse.css


def stylesheet_url(accent: str = "") -> str:
    """Return the address of the colours, of `accent` or the deployment's, or nothing where they are the usual ones."""
    if accent:
        return stylesheet.url(accent.lower())
    if settings.THEME_ACCENT or settings.THEME_ACCENT_DARK:
        return stylesheet.url(settings.THEME_ACCENT or USUAL, settings.THEME_ACCENT_DARK)
    return ""


def logo_url() -> str:
    """Return the address of the operator's logo, or nothing."""
    return reverse("theme_logo", kwargs={"name": settings.THEME_LOGO.name}) if settings.THEME_LOGO else ""
