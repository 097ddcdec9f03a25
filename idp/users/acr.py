"""How strongly somebody signed in: the values of `acr`, weakest first (OIDC Core §2, NIST SP 800-63B-4 §2).

In their own order as text they are weakest first, too, so that the database can compare them.
"""

from collections.abc import Iterable
from typing import Final

from django.db.models import Q

ONE_FACTOR: Final = "aal1"  # a password
TWO_FACTORS: Final = "aal2"  # and something that is held, or a passkey that knows its holder
PHISHING_RESISTANT: Final = "phr"  # two factors, of which one is a passkey (OpenID Connect EAP ACR Values 1.0)
ACR_VALUES: Final = (ONE_FACTOR, TWO_FACTORS, PHISHING_RESISTANT)

MAX_LENGTH: Final = 16


def is_known(column: str) -> Q:
    """Return the constraint of a column that holds one of these values, or none."""
    return Q(**{f"{column}__in": ["", *ACR_VALUES]})


def minimum_problem(value: str) -> str | None:
    """Return why nothing can be demanded so, in one sentence, or None."""
    return None if value in {"", *ACR_VALUES} else f"It must be one of {', '.join(ACR_VALUES)}, or empty."


def strength(acr: str | None) -> int:
    """Return a number by which values compare; what isn't one of ours is the weakest, and so is none."""
    return ACR_VALUES.index(acr) + 1 if acr in ACR_VALUES else 0


def meets(acr: str | None, wanted: str) -> bool:
    """Whether a sign-in is as strong as is wanted; nothing is wanted by an empty string."""
    return strength(acr) >= strength(wanted)


def strongest(values: Iterable[str]) -> str:
    """Return the strongest, or an empty string."""
    return max(values, key=strength, default="")


def weakest_known(values: Iterable[str]) -> str:
    """Return the weakest of those that are ours, which is enough where any of them would do; or an empty string."""
    return min((value for value in values if strength(value)), key=strength, default="")
