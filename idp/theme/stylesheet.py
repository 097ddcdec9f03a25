"""The stylesheet of an accent: custom properties and nothing else, at an address that says all that is in it.

What is at such an address never changes, so that browsers keep it, and neither a row nor a setting is read for it.
"""

import hashlib
import re
from typing import Final

from django.urls import reverse

from idp.theme import colours

NAME: Final = re.compile(r"([0-9a-f]{6})-([0-9a-f]{6})")


def url(accent: str, accent_dark: str = "") -> str:
    """Return the address of the stylesheet with this accent; where none is given for dark pages, it follows."""
    dark = accent_dark or colours.for_dark(accent)
    name = f"{accent[1:]}-{dark[1:]}"
    return f"{reverse('theme_stylesheet', kwargs={'name': name})}?{digest(of(accent, dark))}"


def named(name: str) -> str | None:
    """Return the stylesheet of this name, or None: there is none in which something could not be read."""
    found = NAME.fullmatch(name)
    if found is None:
        return None
    light, dark = f"#{found[1]}", f"#{found[2]}"
    return None if colours.problem(light) or colours.problem(dark, dark=True) else of(light, dark)


def of(light: str, dark: str) -> str:
    """Return the properties for light and for dark pages."""
    return f":root {{{_properties(light)}}}\n@media (prefers-color-scheme: dark) {{ :root {{{_properties(dark)}}} }}\n"


def digest(text: str) -> str:
    """Return what tells this version from the one that another release makes of the same colours."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _properties(accent: str) -> str:
    return f" --accent: {accent}; --accent-strong: {colours.stronger(accent)}; --on-accent: {colours.on(accent)}; "
