"""Who is asking: the access token of a request, judged once and only when something needs to know.

Nothing here looks at a cookie.
"""

import time
from functools import partial

import strawberry
from django.http import HttpRequest

from graph.errors import NotTrusted, ProofRefused, Refused, Unauthenticated
from idp.audit import services as audit
from idp.audit.services import Party
from oauth_ext.clients import services as clients
from oauth_ext.errors import DPoPError, InvalidToken
from oauth_ext.tokens import services as tokens
from oauth_ext.tokens.services import Judged

MAX_SECONDS = 2.0  # of an operation, after which no further field is begun


class Context:
    """What the fields of one operation know of their request.

    `refusal` is set as soon as a field needed a viewer and there was none: authentication belongs to the request,
    so the request is then refused as a whole, whatever other fields said. `ends` is when it has taken too long.
    `trusted` is false for a document that not every client may run.
    """

    __slots__ = ("_viewer", "ends", "refusal", "request", "trusted")

    def __init__(self, request: HttpRequest, *, trusted: bool = True) -> None:
        """Judge nothing yet."""
        self.request = request
        self.trusted = trusted
        self.refusal: Refused | None = None
        self.ends = time.monotonic() + MAX_SECONDS
        self._viewer: Judged | None = None

    @property
    def is_late(self) -> bool:
        """Whether no further field is to be begun."""
        return time.monotonic() > self.ends

    @property
    def viewer(self) -> Judged:
        """The caller's token, judged; raises `Refused`. Asked twice, it is judged once."""
        if self.refusal is not None:
            raise self.refusal
        if self._viewer is None:
            try:
                self._viewer = self._judge()
                audit.acts(partial(_party, self._viewer))
            except Refused as refusal:
                self.refusal = refusal
                raise
        return self._viewer

    def _judge(self) -> Judged:
        viewer = judge_request(self.request)
        # a person's own program is none of the page that its token was made in
        if not self.trusted and not viewer.personal and clients.is_in_browser(viewer.client_pk):
            raise NotTrusted
        return viewer


Info = strawberry.Info[Context, None]


def _party(viewer: Judged) -> Party:
    return Party(tokens.acting_person(viewer), viewer.client_id)


def judge_request(request: HttpRequest) -> Judged:
    """Judge the token in the `Authorization` header, and its proof where it needs one; raises `Refused`."""
    try:
        judged = tokens.judge_request(request)
    except InvalidToken as error:
        raise Unauthenticated(error) from error
    except DPoPError as error:
        raise ProofRefused(error) from error
    if judged is None:
        raise Unauthenticated
    return judged
