"""What a Federation router asks of a subgraph: its contract, and its entities by reference.

Strawberry would add both fields by itself; ours are declared like all others, and take a reference for what it is:
input from outside.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Annotated, Final, cast

import strawberry
from strawberry.federation.schema import FederationAny
from strawberry.schema import BaseSchema

from graph.access import authenticated, field, inherited
from graph.account.types import User
from graph.connections import ENTITIES, MAX_PAGE
from graph.errors import Code, GraphError
from graph.roles.types import Role
from graph.viewer import Info

Entity = User | Role
# Those of one type together: what is asked of the database doesn't grow with what is asked for.
LOADERS: dict[str, Callable[[Info, list[str]], Sequence[Entity | None]]] = {"User": User.load, "Role": Role.load}


@strawberry.type(name="_Service", description="This subgraph.")
class Service:
    """What a router composes from."""

    @field(inherited, "The contract, as in `schema.graphql`.")
    def sdl(self, info: Info) -> str:
        """Print it once."""
        return _printed(info.schema)


@cache
def _printed(schema: BaseSchema) -> str:
    return schema.as_str()


@strawberry.type
class FederationQueries:
    """The part of `Query` for routers."""

    @field(authenticated, "This subgraph.", name="_service")
    def service(self) -> Service:
        """Answer whoever has a token."""
        return Service()

    @field(
        authenticated,
        "Entities by reference: null for what there is not, and for what this caller may not see.",
        name=ENTITIES,
    )
    def entities(
        self,
        info: Info,
        representations: Annotated[
            list[FederationAny], strawberry.argument(description="`__typename` and `id` of each.")
        ],
    ) -> list[Annotated[User | Role, strawberry.union("_Entity", description="What has a key.")] | None]:
        """Resolve them type by type; one that is refused is an error in its place."""
        if len(representations) > MAX_PAGE:
            message = f"At most {MAX_PAGE} representations are resolved at once."
            raise GraphError(Code.BAD_USER_INPUT, message, field="representations")
        found: list[Entity | GraphError | None] = [_UNKNOWN] * len(representations)
        for name, load in LOADERS.items():
            places = [place for place, keys in enumerate(representations) if _type_of(keys) == name]
            for place, entity in zip(places, _loaded(load, info, places, representations), strict=True):
                found[place] = entity
        return cast("list[Entity | None]", found)  # graphql-core takes an exception in a list for that item's error


_UNKNOWN: Final = GraphError(Code.BAD_USER_INPUT, "A representation is the __typename of an entity and its id.")


def _type_of(representation: object) -> object:
    return representation.get("__typename") if isinstance(representation, dict) else None


def _loaded(
    load: Callable[[Info, list[str]], Sequence[Entity | None]],
    info: Info,
    places: list[int],
    representations: Sequence[object],
) -> Sequence[Entity | GraphError | None]:
    if not places:
        return ()
    asked = [cast("dict[str, str]", representations[place]).get("id", "") for place in places]
    try:
        return load(info, asked)
    except GraphError as error:
        return [error] * len(places)
