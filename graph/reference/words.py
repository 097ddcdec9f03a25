"""What an access declaration says, in plain words."""

from collections.abc import Iterable, Sequence

from graph.reference.contract import Declared

WITH_THE_OBJECT = "whoever was given the object"
STEP_UP = "[signed in](../guides/step-up.md)"


def who_may(declared: Declared) -> str:
    """Return who may read a field: Markdown, no full stop. Raises `LookupError` for a rule that has no words yet."""
    match declared.rule:
        case "":
            return _holder(declared)
        case "PUBLIC":
            return f"anybody, without a token. {declared.reason.rstrip('.')}"
        case "PARENT":
            return WITH_THE_OBJECT
        case "TOKEN":
            return f"{WITH_THE_OBJECT}, if this holds: {_inside(declared.reason)}"
        case "OWNER":
            own = [together for together in declared.scopes if together != (declared.unless,)]
            return f"the person it is about, {_with(own)}; of anybody, {_with([(declared.unless,)])}"
        case "FRESH":
            return _holder(declared) + _freshness(declared)
    raise LookupError(f"graph.reference.words has no words for the rule {declared.rule}")


def _holder(declared: Declared) -> str:
    return f"whoever comes {_with(declared.scopes)}"


def _with(alternatives: Sequence[Sequence[str]]) -> str:
    return f"with {scopes(alternatives)}" if alternatives else "with any access token"


def scopes(alternatives: Iterable[Iterable[str]]) -> str:
    """Return alternatives of scopes as a list for people."""
    return " or ".join(" and ".join(f"`{name}`" for name in together) for together in alternatives)


def _freshness(declared: Declared) -> str:
    fresh = f"the person must have {STEP_UP} within the last {declared.max_age} seconds, and nobody may act for them"
    return f"; {fresh}, unless the token has `{declared.unless}`" if declared.unless else f"; {fresh}"


def _inside(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:].rstrip(".")
