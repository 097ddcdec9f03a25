"""What a token would tell, for who looks after people and clients."""

from collections.abc import Mapping
from enum import Enum
from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from graph import ids
from graph.access import attribute, field, inherited, requires_all_scopes
from graph.clients.types import Client
from graph.viewer import Info
from idp.users import services as users
from oauth_ext.claims.preview import preview


@strawberry.enum(description="What becomes of a scope that is asked for.")
class ScopeVerdict(Enum):
    """Those of `oauth_ext.claims.preview`."""

    GRANTED = strawberry.enum_value("granted", description="It is granted.")
    UNKNOWN = strawberry.enum_value("unknown", description="Nobody knows it, which refuses the whole request.")
    CLIENT_LACKS = strawberry.enum_value("client_lacks", description="The client may not ask for it: it is left out.")
    ROLE_LACKS = strawberry.enum_value("role_lacks", description="The person's role doesn't hold it: it is left out.")


@strawberry.type(description="One scope, and what becomes of it.")
class ScopePreview:
    """Told to who asks."""

    scope: str = attribute(inherited, "The scope.")
    verdict: ScopeVerdict = attribute(inherited, "What becomes of it.")


@strawberry.type(description="What a client would get for a person who allows what it asks for.")
class TokenPreview:
    """Nothing was issued for it."""

    scopes: list[ScopePreview] = attribute(inherited, "Each scope that is asked for, with why it is granted or not.")
    access_token: JSON | None = attribute(
        inherited,
        "The access token's claims, without those that say when and by which sign-in it is got, and without `sub` "
        "where the client's sector has not met the person; null where there is no token.",
    )
    userinfo: JSON | None = attribute(inherited, "What `/o/userinfo/` would tell; null where there is no token.")
    refusal: str = attribute(inherited, "Why there is no token; empty where there is one.")


@strawberry.type
class TokenPreviewQueries:
    """The part of `Query` about tokens that are not there."""

    @field(
        requires_all_scopes("users:read", "clients:read"),
        "What a client would get for a person, and why; null where either is missing. Nothing is issued.",
    )
    def token_preview(
        self,
        info: Info,
        user: Annotated[strawberry.ID, strawberry.argument(description="The person's `id`.")],
        client: Annotated[strawberry.ID, strawberry.argument(description="The client's `id`, not its `client_id`.")],
        scopes: Annotated[list[str], strawberry.argument(description="What it would ask for.")],
    ) -> TokenPreview | None:
        """Reckon it, where there are both."""
        pk = ids.unseal("User", user, info.context.viewer.sector)
        person = users.everybody().filter(pk=pk).first() if pk is not None else None
        row = Client.row(client)
        if person is None or row is None:
            return None
        found = preview(row, person, scopes)
        return TokenPreview(
            scopes=[ScopePreview(scope=name, verdict=ScopeVerdict[verdict.name]) for name, verdict in found.scopes],
            access_token=_json(found.access_token),
            userinfo=_json(found.userinfo),
            refusal=found.refusal,
        )


def _json(claims: Mapping[str, object] | None) -> JSON | None:
    return None if claims is None else JSON(claims)
