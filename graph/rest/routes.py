"""The routes: path, methods and shape of each stored operation that is served over REST.

What a route says is all there is to it: `graph.rest.views` has no branch for any of them.
"""

from dataclasses import dataclass, field

from graph.execution import Prepared
from graph.operations import STORED


@dataclass(frozen=True)
class Route:
    """One path.

    `methods`: what is answered. `variables`: strings of the operation that a POST may bring, by form or JSON.
    `unwrap`: the field whose value is the answer; without it the whole of `data` is.
    """

    path: str
    operation: str
    methods: tuple[str, ...]
    variables: tuple[str, ...] = ()
    unwrap: str | None = None
    document: Prepared = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Raise `KeyError` for an operation that isn't stored."""
        object.__setattr__(self, "document", STORED[self.operation])


ROUTES = (
    Route("api/userinfo", "me", ("GET",), unwrap="me"),
    Route("api/roles", "roles", ("GET",)),
    Route("api/validate-token", "validate_token", ("GET", "POST"), variables=("token",), unwrap="validateToken"),
    Route("api/logout", "logout", ("POST",), unwrap="logout"),
)
