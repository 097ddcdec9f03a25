"""A person and their roles, as the API shows them."""

from collections.abc import Sequence
from typing import Self

import strawberry

from graph import ids
from graph.access import attribute, field, inherited, owner, requires_scopes
from graph.viewer import Info
from idp.users.models import Role as RoleRow
from oauth_ext.tokens.services import Judged

PROFILE = owner & requires_scopes("profile")
EMAIL = owner & requires_scopes("email")
ROLES = owner & requires_scopes("roles")
SEES_ROLES = requires_scopes("roles", "roles:read")


@strawberry.federation.type(keys=["id"], description="A named set of scopes that its holders may grant to clients.")
class Role:
    """Seen by who holds it and, with `roles:read`, by anybody."""

    pk: strawberry.Private[int]
    name: str = attribute(inherited, "The name by which it is given, as in `set_role`.")
    description: str = attribute(inherited, "What it is for, in a sentence; may be empty.")
    scopes: list[str] = attribute(inherited, "The scopes beyond the common ones that its holders may grant.")

    @field(inherited, "An opaque key, for caches and for other subgraphs.")
    def id(self) -> strawberry.ID:
        """Seal the row's key."""
        return strawberry.ID(ids.seal("Role", self.pk))

    @classmethod
    def held(cls, viewer: Judged) -> list[Self]:
        """Return the roles the caller's user holds, from what judging the token has read."""
        if viewer.role_pk is None or viewer.role is None:
            return []
        scopes = list(viewer.role_scopes)
        return [cls(pk=viewer.role_pk, name=viewer.role, description=viewer.role_description or "", scopes=scopes)]

    @classmethod
    def all(cls) -> list[Self]:
        """Return every role, by name: one statement."""
        rows = RoleRow.objects.order_by("name").values_list("pk", "name", "description", "scopes")
        return [cls(pk=pk, name=name, description=about, scopes=scopes) for pk, name, about, scopes in rows]

    @classmethod
    def visible(cls, viewer: Judged) -> list[Self]:
        """Return the roles this caller may see."""
        return cls.all() if viewer.allows("roles:read") else cls.held(viewer)

    @classmethod
    def resolve_reference(cls, info: Info, id: strawberry.ID) -> Self | None:  # noqa: A002 - the key's name
        """Return the role another subgraph refers to, or None where there is none that this caller may see."""
        SEES_ROLES.allows(info.context, None)
        pk = ids.unseal("Role", id)
        return next((role for role in cls.visible(info.context.viewer) if role.pk == pk), None)


@strawberry.federation.type(keys=["id"], description="Someone who signs in.")
class User:
    """Fields beyond `id` and `sub` are told to the person alone, by the scopes of their token."""

    pk: strawberry.Private[int]
    held_roles: strawberry.Private[Sequence[Role]]
    sector: strawberry.Private[str]
    sub: str = attribute(inherited, "The subject, as in tokens for this client; never given to somebody else.")
    username: str | None = attribute(PROFILE, "The name to sign in with.")
    first_name: str | None = attribute(PROFILE, "The first name; may be empty.")
    last_name: str | None = attribute(PROFILE, "The last name; may be empty.")
    email: str | None = attribute(EMAIL, "The e-mail address; may be empty.")
    email_verified: bool | None = attribute(EMAIL, "Whether the address was shown to be theirs.")
    role: str | None = attribute(ROLES, "The name of the role held now.")

    @field(inherited, "An opaque key, for caches and for other subgraphs.")
    def id(self) -> strawberry.ID:
        """Seal the row's key."""
        return strawberry.ID(ids.seal("User", self.pk, self.sector))

    @field(PROFILE, "First and last name together; may be empty.")
    def name(self) -> str | None:
        """Join what there is."""
        return " ".join(filter(None, (self.first_name, self.last_name)))

    @field(ROLES, "The roles held now.")
    def roles(self) -> list[Role] | None:
        """Return them as they were read with the token."""
        return list(self.held_roles)

    @classmethod
    def of(cls, viewer: Judged) -> Self | None:
        """Return the user the token speaks for, or None for a client's own token."""
        if viewer.user_pk is None:
            return None
        return cls(
            pk=viewer.user_pk,
            held_roles=Role.held(viewer),
            sector=viewer.sector,
            sub=viewer.sub,
            username=viewer.username,
            first_name=viewer.first_name,
            last_name=viewer.last_name,
            email=viewer.email,
            email_verified=viewer.email_verified,
            role=viewer.role,
        )

    @classmethod
    def resolve_reference(cls, info: Info, id: strawberry.ID) -> Self | None:  # noqa: A002 - the key's name
        """Return the caller where another subgraph refers to them, and None for anybody else."""
        me = cls.of(info.context.viewer)
        return me if me and me.pk == ids.unseal("User", id, info.context.viewer.sector) else None
