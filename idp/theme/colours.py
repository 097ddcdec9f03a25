"""Colours that can be read: the contrast of WCAG 2.2 §1.4.3, and what an accent is held against.

One colour is given; the rest follows from it. What is put on an accent is black or white, whichever is better: one of
them always has more than 4.5:1. The ring around what has the focus is the accent too, and needs 3:1.
"""

import re
from typing import Final

LEAST: Final = 4.5
HEX: Final = re.compile(r"#[0-9a-f]{6}")
BLACK, WHITE = "#000000", "#ffffff"
# The background, surface and note of gatehouse.css, which an accent is written on
LIGHT: Final = ("#f7f7f9", "#ffffff", "#eef1fc")
DARK: Final = ("#131419", "#1c1e26", "#232a45")


def parse(text: str) -> str:
    """Return a colour, `#` and six hexadecimal digits, in lower case; raises ValueError for anything else."""
    colour = text.lower()
    if not HEX.fullmatch(colour):
        raise ValueError("not a colour as #rrggbb, in hexadecimal digits")
    return colour


def wrong(text: str) -> str:
    """Return why a text is no accent for our pages, in a sentence, or nothing; its dark one follows (`for_dark`)."""
    try:
        found = problem(parse(text))
    except ValueError as error:
        found = f"It is {error}"
    return f"{found}." if found else ""


def accent_of(text: str, *, dark: bool = False) -> str:
    """Return an accent for light pages, or for dark ones; raises ValueError where it is none that can be read there."""
    accent = parse(text)
    if found := problem(accent, dark=dark):
        raise ValueError(found)
    return accent


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def problem(accent: str, *, dark: bool = False) -> str:
    """Return why an accent can't be read on our pages, in a sentence with the ratio, or nothing where it can."""
    worst, ground = _worst(accent, DARK if dark else LIGHT)
    if worst >= LEAST:
        return ""
    pages = "dark" if dark else "light"
    # rounded down: 4.49 is not 4.5
    return (
        f"{accent} on {ground} of the {pages} pages has a contrast of {int(worst * 100) / 100}:1, less than {LEAST}:1"
    )


def on(accent: str) -> str:
    """Return what is written on an accent: black or white, whichever can be read better."""
    return max((BLACK, WHITE), key=lambda colour: contrast(colour, accent))


def for_dark(accent: str) -> str:
    """Return an accent for dark pages: the same, lightened as far as it needs to be read there."""
    steps = (mixed(accent, WHITE, share / 20) for share in range(21))
    return next(colour for colour in steps if not problem(colour, dark=True))


def stronger(accent: str) -> str:
    """Return the accent under the mouse: further from the page, and from what is written on it."""
    return mixed(accent, BLACK if on(accent) == WHITE else WHITE, 0.2)


def mixed(one: str, other: str, share: float) -> str:
    """Return a colour with so much of another one in it, from 0 to 1."""
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _worst(accent: str, grounds: tuple[str, ...]) -> tuple[float, str]:
    return min((contrast(accent, ground), ground) for ground in grounds)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
