"""Passkeys in the browser: the challenge is kept behind its cookie, the answer comes in a form."""

import json
from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from idp.factors import passkeys
from idp.factors.errors import BadPasskey
from idp.factors.passkeys import Proof
from idp.sessions import services as sessions
from idp.signin import limits, stages
from idp.signin.pages import Page
from idp.users.models import User

FIELD: Final = "credential"  # of a form: what the browser answered, as JSON (WebAuthn Level 3 §5.1)
MAX_LENGTH: Final = 16_384  # characters
_STATE: Final = "passkey_challenge"


def remember(request: HttpRequest, state: dict[str, object]) -> None:
    """Keep a challenge in this browser; the one before is dead."""
    request.session[_STATE] = state


def answered(request: HttpRequest) -> tuple[dict[str, object], dict[str, object]]:
    """Return the challenge, which is used up, and the answer to it. Raises BadPasskey."""
    state = request.session.pop(_STATE, None)
    typed = request.POST.get(FIELD, "")
    try:
        answer = json.loads(typed) if len(typed) <= MAX_LENGTH else None
    except (ValueError, RecursionError):
        answer = None
    if state is None or not isinstance(answer, dict):
        raise BadPasskey
    return state, answer


def prove(request: HttpRequest, user: User | None = None) -> Proof:
    """Return what the passkey in this form shows; of this user, if it must be theirs. Raises BadPasskey."""
    state, answer = answered(request)
    return passkeys.use(state, answer, user=user)


@method_decorator(never_cache, name="dispatch")
class OptionsView(Page):
    """`POST /accounts/passkeys/options/`: what the browser needs to ask for a passkey (WebAuthn Level 3 §5.5).

    Of whoever is half signed in here, or signed in; with `anyone`, of anybody: nothing is told of anyone then.
    """

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make a challenge."""
        limits.count_passkey(request)
        begun = passkeys.begin_using(None if "anyone" in request.POST else _whose(request))
        remember(request, begun.state)
        return JsonResponse(begun.options)


def _whose(request: HttpRequest) -> User | None:
    if pending := stages.waiting(request):
        return pending[1]
    session = sessions.current(request)
    return session.user if session else None
