"""What a browser says of itself, in the few words by which people know their devices (RFC 9110 §10.1.5).

It is what it says, and may be anything: nothing is decided by it. What isn't known here has no name, rather than a
wrong one; a library of thousands of patterns would know more names than people do.
"""

import re
from typing import Final, NamedTuple

# the first that is found; each of these says it is those after it, too
BROWSERS: Final = (
    (re.compile(r"\bEdg(A|iOS)?/"), "Edge"),
    (re.compile(r"\bOPR/"), "Opera"),
    (re.compile(r"\bSamsungBrowser/"), "Samsung Internet"),
    (re.compile(r"\b(Firefox|FxiOS)/"), "Firefox"),
    (re.compile(r"\b(Chrome|CriOS|Chromium)/"), "Chrome"),
    (re.compile(r"\bVersion/[\d.]+ .*Safari/"), "Safari"),
)
SYSTEMS: Final = (
    (re.compile(r"\biPhone\b"), "iPhone"),
    (re.compile(r"\biPad\b"), "iPad"),
    (re.compile(r"\bAndroid\b"), "Android"),
    (re.compile(r"\bWindows NT\b"), "Windows"),
    (re.compile(r"\bMacintosh\b"), "macOS"),
    (re.compile(r"\bCrOS\b"), "ChromeOS"),
    (re.compile(r"\bLinux\b"), "Linux"),
)


class Device(NamedTuple):
    """A browser and what it runs on; empty where that isn't known."""

    browser: str
    system: str


def read(words: str) -> Device:
    """Return what the words of a `User-Agent` header tell."""
    return Device(_first(BROWSERS, words), _first(SYSTEMS, words))


def _first(known: tuple[tuple[re.Pattern[str], str], ...], words: str) -> str:
    return next((name for pattern, name in known if pattern.search(words)), "")
