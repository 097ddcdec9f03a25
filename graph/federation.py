"""What a Federation router asks of a subgraph: its contract, and its entities by reference.

Strawberry would add both fields by itself; ours are declared like all others, and take a reference for what it is:
input from outside.
"""

from collections.abc import Callable
from functools import cache
from typing import Annotated, cast

import strawberry
from strawberry.federation.schema import FederationAny
from strawberry.schema import BaseSchema

from graph.access import authenticated, field, public
from graph.account.types import Role, User
from graph.errors import Code, GraphError
from graph.viewer import Info

NO_SECRET = public("The contract is no secret.")
RESOLVERS: dict[str, Callable[[Info, strawberry.ID], User | Role | None]] = {
    "User": User.resolve_reference,
    "Role": Role.resolve_reference,
}


@strawberry.type(name="_Service", description="This subgraph.")
class Service:
    """What a router composes from."""

    @field(NO_SECRET, "The contract, as in `schema.graphql`.")
    def sdl(self, info: Info) -> str:
        """Print it once."""
        return _printed(info.schema)


@cache
def _printed(schema: BaseSchema) -> str:
    return schema.as_str()


@strawberry.type
class FederationQueries:
    """The part of `Query` for routers."""

    @field(NO_SECRET, "This subgraph.", name="_service")
    def service(self) -> Service:
        """Answer without looking at who asks."""
        return Service()

    @field(
        authenticated,
        "Entities by reference: null for what there is not, and for what this caller may not see.",
        name="_entities",
    )
    def entities(
        self,
        info: Info,
        representations: Annotated[
            list[FederationAny], strawberry.argument(description="`__typename` and `id` of each.")
        ],
    ) -> list[Annotated[User | Role, strawberry.union("_Entity", description="What has a key.")] | None]:
        """Resolve them one by one; one that is refused is an error in its place."""
        return [_resolve(info, representation) for representation in representations]


def _resolve(info: Info, representation: object) -> User | Role | None:
    keys = representation if isinstance(representation, dict) else {}
    try:
        return RESOLVERS.get(str(keys.get("__typename")), _unknown)(info, keys.get("id", ""))
    except GraphError as error:
        return cast("None", error)  # graphql-core takes an exception in a list for that item's error


def _unknown(_info: Info, _id: object) -> None:
    raise GraphError(Code.BAD_USER_INPUT, "A representation is the __typename of an entity and its id.")
