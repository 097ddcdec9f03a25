"""A role, as the API shows it."""

from typing import Self

import strawberry

from graph import ids
from graph.access import attribute, field, inherited, requires_scopes
from graph.node import Node
from graph.viewer import Info
from idp.users.models import Role as RoleRow
from oauth_ext.tokens.services import Judged

SEES_ROLES = requires_scopes("roles", "roles:read")


@strawberry.federation.type(keys=["id"], description="A named set of scopes that its holders may grant to clients.")
class Role(Node):
    """Seen by who holds it and, with `roles:read`, by anybody."""

    pk: strawberry.Private[int]
    name: str = attribute(inherited, "The name by which it is given, as in `set_role`.")
    description: str = attribute(inherited, "What it is for, in a sentence; may be empty.")
    scopes: list[str] = attribute(inherited, "The scopes beyond the common ones that its holders may grant.")

    minimum_acr: str | None = attribute(
        inherited, "How strongly its holders must sign in (`acr`), for any token of theirs to count.", optional=True
    )

    @field(inherited, "An opaque key, for caches and for other subgraphs.")
    def id(self) -> strawberry.ID:
        """Seal the row's key."""
        return strawberry.ID(ids.seal("Role", self.pk))

    @classmethod
    def of(cls, row: RoleRow) -> Self:
        """Return a row as it is shown."""
        return cls(
            pk=row.pk,
            name=row.name,
            description=row.description,
            scopes=list(row.scopes),
            minimum_acr=row.minimum_acr or None,
        )

    @classmethod
    def held(cls, viewer: Judged) -> list[Self]:
        """Return the roles the caller's user holds, from what judging the token has read."""
        if viewer.role_pk is None or viewer.role is None:
            return []
        role = cls(
            pk=viewer.role_pk,
            name=viewer.role,
            description=viewer.role_description or "",
            scopes=list(viewer.role_scopes),
            minimum_acr=viewer.role_minimum_acr,
        )
        return [role]

    @classmethod
    def visible(cls, viewer: Judged) -> list[Self]:
        """Return the roles this caller may see, by name: at most one statement."""
        if not viewer.allows("roles:read"):
            return cls.held(viewer)
        return [cls.of(row) for row in RoleRow.objects.order_by("name")]

    @classmethod
    def load(cls, info: Info, ids_asked: list[str]) -> list[Self | None]:
        """Return the roles of these `id`s, None in place of those that this caller may not see, or that are none."""
        keys = [ids.unseal("Role", asked) for asked in ids_asked]
        if not any(keys):
            return [None] * len(keys)
        SEES_ROLES.allows(info.context, None)
        known = {role.pk: role for role in cls.visible(info.context.viewer)}
        return [known.get(pk or 0) for pk in keys]
