"""Who may read a field: declarations that enforce and document at once.

A declaration stands at the field, `graph.schema` wraps the field's resolver with it, and its directives are printed in
`schema.graphql`: Federation's `@authenticated` and `@requiresScopes`, and our own `@access` for what those cannot say.
Whoever is refused gets null and an error with a stable code; only what another token doesn't tell is null in silence.
"""

import time
from collections.abc import Callable
from dataclasses import MISSING, dataclass
from typing import ParamSpec, Protocol, TypeVar, cast

import strawberry
from strawberry.federation.schema_directive import Location, schema_directive
from strawberry.federation.schema_directives import Authenticated, RequiresScopes
from strawberry.types.field import StrawberryField

from graph.errors import Forbidden, ScopeMissing, SignInTooOld
from graph.viewer import Context
from idp.ratelimit.limits import Limit

P = ParamSpec("P")
T = TypeVar("T")
METADATA_KEY = "access"
LIMIT_KEY = "limit"


@schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="access",
    description=(
        "Who may read the field, where scopes don't say it. `PUBLIC`: anybody, for the reason given. "
        "`PARENT`: whoever was given the object. `OWNER`: the person it is about. "
        "`TOKEN`: whoever asks, if the token that is judged tells it by its own scopes. "
        "`FRESH`: the person that the token speaks for, nobody in their place, who signed in at most `maxAge` seconds "
        "ago; a client can send them to sign in again (RFC 9470). "
        "The rule doesn't bind a token with the scope `unless`."
    ),
    compose=True,
    import_url="https://gatehouse.invalid/access/v1.0",
)
class AccessDirective:
    """`@access(rule:, reason:, maxAge:, unless:)` in the schema."""

    rule: str
    reason: str | None = strawberry.UNSET
    max_age: int | None = strawberry.UNSET
    unless: str | None = strawberry.UNSET


class Check(Protocol):
    """One condition: true lets pass, false withholds in silence, a `GraphError` refuses aloud."""

    def __call__(self, context: Context, source: object, /) -> bool:
        """Judge one field of one object."""


@dataclass(frozen=True)
class Access:
    """A declaration. `may_withhold`: a caller who is authenticated may still get null, so the field is nullable.

    `alone`: a mutation of this kind is the only one of its operation, so that nothing is done before it is refused, and
    nothing tried many times in one request.
    """

    directives: tuple[object, ...]
    checks: tuple[Check, ...] = ()
    may_withhold: bool = False
    alone: bool = False

    @property
    def scopes(self) -> list[list[str]]:
        """Which scopes together are enough, in alternatives; none where scopes don't say it."""
        return [together for said in self.directives if isinstance(said, RequiresScopes) for together in said.scopes]

    def __and__(self, other: "Access") -> "Access":
        """Declare that both must allow it."""
        return Access(
            self.directives + other.directives,
            self.checks + other.checks,
            self.may_withhold or other.may_withhold,
            self.alone or other.alone,
        )

    def allows(self, context: Context, source: object) -> bool:
        """Whether the field may be read; raises the `GraphError` of whoever is refused aloud."""
        # every field comes by here, and the generator that `all` wants costs more than most checks
        for check in self.checks:  # noqa: SIM110
            if not check(context, source):
                return False
        return True


class OfUser(Protocol):
    """What is about one person; a client's own things are about nobody."""

    @property
    def user_pk(self) -> int | None:
        """The key of that person's row."""


def _has_viewer(context: Context, _source: object) -> bool:
    return bool(context.viewer)


authenticated = Access((Authenticated(),), (_has_viewer,))
inherited = Access((AccessDirective(rule="PARENT"),))


def owner(scope: str, *, unless: str) -> Access:
    """Declare that the person it is about may read it with the scope, and whoever has the scope `unless` of anybody.

    The first is what one person allowed about themselves: it opens nobody else's fields.
    """

    def is_own(context: Context, source: object) -> bool:
        own = cast("OfUser", source).user_pk
        if not context.viewer.allows(unless) and (own is None or own != context.viewer.user_pk):
            raise Forbidden
        return True

    return Access((AccessDirective(rule="OWNER", unless=unless),), (is_own,), may_withhold=True) & requires_scopes(
        scope, unless
    )


def public(reason: str) -> Access:
    """Declare that anybody may read the field, and why that is right."""
    return Access((AccessDirective(rule="PUBLIC", reason=reason),))


def fresh(max_age: int, *, unless: str | None = None) -> Access:
    """Declare that the person themselves must be there, having signed in at most `max_age` seconds ago (RFC 9470).

    It doesn't bind a token with the scope `unless`.
    """

    def is_fresh(context: Context, _source: object) -> bool:
        viewer = context.viewer
        if unless is not None and viewer.allows(unless):
            return True
        if viewer.user_pk is None:
            raise ScopeMissing(auth_scheme=viewer.token_type)
        if viewer.chain:
            raise Forbidden
        if viewer.auth_time is None or viewer.auth_time + max_age < time.time():
            raise SignInTooOld(max_age, auth_scheme=viewer.token_type)
        return True

    directive = AccessDirective(rule="FRESH", max_age=max_age, unless=strawberry.UNSET if unless is None else unless)
    return Access((Authenticated(), directive), (is_fresh,), alone=True)


def requires_scopes(*scopes: str) -> Access:
    """Declare that the caller's token must carry one of these scopes."""

    def has_scope(context: Context, _source: object) -> bool:
        if not any(map(context.viewer.allows, scopes)):
            raise ScopeMissing(*scopes, auth_scheme=context.viewer.token_type)
        return True

    return Access((RequiresScopes(scopes=[[scope] for scope in scopes]),), (has_scope,), may_withhold=True)


def requires_all_scopes(*scopes: str) -> Access:
    """Declare that the caller's token must carry all of these scopes."""

    def has_scopes(context: Context, _source: object) -> bool:
        if missing := [scope for scope in scopes if not context.viewer.allows(scope)]:
            raise ScopeMissing(missing[0], auth_scheme=context.viewer.token_type)
        return True

    return Access((RequiresScopes(scopes=[list(scopes)]),), (has_scopes,), may_withhold=True)


class TellsByScope(Protocol):
    """What was made from a token and knows that token's scopes."""

    scopes: tuple[str, ...]


def told_with(scope: str) -> Access:
    """Declare a field of a judged token that is told only if that token, whoever asks, carries the scope."""

    def is_told(_context: Context, source: object) -> bool:
        return scope in cast("TellsByScope", source).scopes

    return Access(
        (AccessDirective(rule="TOKEN", reason=f"The token judged carries {scope}."),), (is_told,), may_withhold=True
    )


def field(
    access: Access,
    description: str,
    *,
    name: str | None = None,
    limit: Limit | None = None,
    deprecation_reason: str | None = None,
) -> Callable[[Callable[P, T]], StrawberryField]:
    """Make a method a field of the schema. Where there is a limit, as mutations must have, each call of it counts.

    A `deprecation_reason` says what to use instead, and the day on which the field goes.
    """

    def decorate(resolver: Callable[P, T]) -> StrawberryField:
        return strawberry.field(
            resolver,
            name=name,
            description=description,
            deprecation_reason=deprecation_reason,
            directives=access.directives,
            metadata={METADATA_KEY: access, LIMIT_KEY: limit},
        )

    return decorate


def attribute(access: Access, description: str, *, optional: bool = False) -> T:  # type: ignore[type-var]
    """Make an attribute a field of the schema; an `optional` one is None where nothing is given."""
    declared = strawberry.field(
        default=None if optional else MISSING,
        description=description,
        directives=access.directives,
        metadata={METADATA_KEY: access},
    )
    return cast("T", declared)
