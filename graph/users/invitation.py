"""An invitation, as the API shows it."""

from datetime import datetime
from enum import Enum
from typing import ClassVar, Self

import strawberry

from graph import ids
from graph.access import Access, attribute, field, inherited, requires_scopes
from graph.node import Node
from graph.viewer import Info
from idp.users import invitations
from idp.users.models import Invitation as InvitationRow


@strawberry.enum(description="What has become of an invitation.")
class InvitationState(Enum):
    """Those of `idp.users.invitations.State`."""

    OPEN = strawberry.enum_value("open", description="Its link makes an account.")
    ACCEPTED = strawberry.enum_value("accepted", description="It made one.")
    REVOKED = strawberry.enum_value("revoked", description="It was taken back, or another one took its place.")
    EXPIRED = strawberry.enum_value("expired", description="Nobody came in time.")
    LAPSED = strawberry.enum_value(
        "lapsed", description="Whoever invited was switched off, or holds another role than then."
    )


@strawberry.type(description="A link that somebody was mailed, to make an account with a role.")
class Invitation(Node):
    """Told to who may see everybody; the link is told to nobody but the mailbox."""

    VISIBLE: ClassVar[Access] = requires_scopes("users:read")

    pk: strawberry.Private[int]
    email: str = attribute(inherited, "Where it was mailed to: the address of the account that it makes.")
    role: str = attribute(inherited, "The name of the role that it gives.")
    state: InvitationState = attribute(inherited, "What has become of it.")
    created_at: datetime = attribute(inherited, "When it was mailed.")
    expires_at: datetime = attribute(inherited, "When its link ends.")

    @field(inherited, "An opaque key.")
    def id(self) -> strawberry.ID:
        """Seal the row's key."""
        return strawberry.ID(ids.seal("Invitation", self.pk))

    @classmethod
    def row(cls, id_asked: str) -> InvitationRow | None:
        """Return the row of that `id`."""
        pk = ids.unseal("Invitation", id_asked)
        return invitations.everything().filter(pk=pk).first() if pk is not None else None

    @classmethod
    def load(cls, _info: Info, id_asked: str) -> Self | None:
        """Return the invitation of that `id`."""
        row = cls.row(id_asked)
        return cls.of(row) if row else None

    @classmethod
    def of(cls, row: InvitationRow) -> Self:
        """Return a row as it is shown."""
        return cls(
            pk=row.pk,
            email=row.email,
            role=row.role.name,
            state=InvitationState(invitations.state(row).value),
            created_at=row.created_at,
            expires_at=row.expires_at,
        )
