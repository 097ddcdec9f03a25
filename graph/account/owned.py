"""Whose something is, for mutations: they refuse in their payload, and don't say that there is something."""

from typing import Final

from graph.access import OfUser
from graph.viewer import Info

RECENTLY: Final = 300  # seconds


def may_change(info: Info, found: OfUser) -> bool:
    """Whether the caller may change what is about a person: their own, or anybody's with `sessions:write`."""
    viewer = info.context.viewer
    return viewer.allows("sessions:write") or (found.user_pk is not None and found.user_pk == viewer.user_pk)
