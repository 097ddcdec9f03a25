"""Which role somebody's claims give them, by the rules that the provider's entry declares."""

from collections.abc import Iterable, Mapping
from typing import Final, TypedDict

MOST: Final = 50


class Rule(TypedDict):
    """Whoever's `claim` is `value`, or holds it in a list, gets `role`."""

    claim: str
    value: str
    role: str


def role_for(rules: Iterable[Rule], claims: Mapping[str, object]) -> str | None:
    """Return the role of the first rule that fits, or None."""
    return next((rule["role"] for rule in rules if _fits(rule, claims.get(rule["claim"]))), None)


def claims_of(rules: Iterable[Rule]) -> set[str]:
    """Return the names of the claims that are looked at."""
    return {rule["claim"] for rule in rules}


def _fits(rule: Rule, claim: object) -> bool:
    return rule["value"] in claim if isinstance(claim, list) else claim == rule["value"]
