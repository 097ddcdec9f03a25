"""Who am I, and what are my roles."""

import strawberry

from graph.access import authenticated, field
from graph.account.types import User
from graph.roles.types import SEES_ROLES, Role
from graph.viewer import Info


@strawberry.type
class AccountQueries:
    """The part of `Query` about the caller."""

    @field(authenticated, "The user the token speaks for; null for a client's own token.")
    def me(self, info: Info) -> User | None:
        """Answer from what judging the token has read."""
        return User.of(info.context.viewer)

    @field(SEES_ROLES, "The roles the caller holds; every role for who has `roles:read`.")
    def roles(self, info: Info) -> list[Role] | None:
        """Answer null for a token without a user that may not see them all."""
        return Role.visible(info.context.viewer) or None
