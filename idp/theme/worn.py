"""Which accent the answer to a request wears: that of the client for whom somebody is here, else the deployment's."""

from typing import Final

from django.http import HttpRequest

_ACCENT: Final = "_accent"


def wear(request: HttpRequest, accent: str) -> None:
    """Have the page of this request in an accent that was judged, `#rrggbb`; empty, in the deployment's."""
    setattr(request, _ACCENT, accent)


def worn(request: HttpRequest | None) -> str:
    """Return what was chosen for this request's page, or nothing."""
    accent: str = getattr(request, _ACCENT, "")
    return accent
