"""What is kept behind the browser's cookie while somebody is away at another provider, and until they have a name here.

Each is bound to this browser's session and to one provider, and is taken out with the first answer, whatever it is.
"""

import time
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Final

from django.http import HttpRequest

from idp.providers.services import LIFE_SECONDS, Asked, Proof

KEPT: Final = 8  # tabs of one browser
_AWAY: Final = "away_at_providers"
_NEWCOMER: Final = "newcomer_from_provider"


class Purpose(StrEnum):
    """What for somebody was sent there."""

    SIGN_IN = "sign in"
    PROVE = "prove it again"
    LINK = "link"


@dataclass(frozen=True)
class Away:
    """What was asked, what for, the way back, and the key of the session that it is for (0: nobody is signed in)."""

    asked: Asked
    purpose: Purpose
    way_back: str
    session: int


def leave(request: HttpRequest, state: str, away: Away) -> None:
    """Keep it until somebody comes back with this `state`."""
    kept = {**request.session.get(_AWAY, {}), state: asdict(away)}
    request.session[_AWAY] = dict(list(kept.items())[-KEPT:])


def come_back(request: HttpRequest, name: str, state: str) -> Away | None:
    """Take what belongs to this `state`; None where this browser was not sent to this provider with it."""
    kept = {**request.session.get(_AWAY, {})}
    found = kept.get(state)
    if found is None or found["asked"]["provider"] != name:
        return None
    del kept[state]
    request.session[_AWAY] = kept
    return Away(Asked(**found["asked"]), Purpose(found["purpose"]), found["way_back"], found["session"])


def greet(request: HttpRequest, proof: Proof) -> None:
    """Keep who somebody is there, until they have a name here."""
    request.session[_NEWCOMER] = {"proof": asdict(proof), "until": time.time() + LIFE_SECONDS}


def newcomer(request: HttpRequest, name: str) -> Proof | None:
    """Return who came from this provider and has no name here yet, or None."""
    kept = request.session.get(_NEWCOMER)
    if kept is None or kept["until"] < time.time() or kept["proof"]["provider"] != name:
        return None
    return Proof(**kept["proof"])


def forget_newcomer(request: HttpRequest) -> None:
    """Forget them: they have a name, or are somebody else's."""
    request.session.pop(_NEWCOMER, None)
