"""Who is at it: noted once a request, so that a service needn't be told by everybody who calls it."""

import uuid
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from idp.ratelimit.addresses import client_network


@dataclass(frozen=True)
class Party:
    """A person by their own `sub`, a client by its `client_id`, both, or neither."""

    user: uuid.UUID | None = None
    client: str = ""


NOBODY = Party()


@dataclass(slots=True)
class Acting:
    """Who acts, and in which request; nobody, in none, is a command or the worker."""

    known: Party | Callable[[], Party] = NOBODY
    request: HttpRequest | None = None

    @property
    def by(self) -> Party:
        """Who it is; where it takes a look into the database it is looked up now, for who records something."""
        return self.known if isinstance(self.known, Party) else self.known()

    @property
    def network(self) -> str:
        """The network that the request came from; empty where it isn't known."""
        return client_network(self.request) if self.request else ""


_acting: ContextVar[Acting | None] = ContextVar("acting", default=None)


def acting() -> Acting:
    """Return who is at it."""
    return _acting.get() or Acting()


def acts(party: Party | Callable[[], Party]) -> None:
    """Note who is behind the request that is being answered, or how to find out; outside of one it says nothing."""
    if noted := _acting.get():
        noted.known = party


class ActingMiddleware:
    """Begins each request with nobody known."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Forget who it was when the request is answered."""
        token = _acting.set(Acting(request=request))
        try:
            return self.get_response(request)
        finally:
            _acting.reset(token)
