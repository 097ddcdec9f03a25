"""A client, as the API shows it."""

from typing import Self

import strawberry

from graph import ids
from graph.access import attribute, field, inherited
from graph.node import Node
from graph.viewer import Info
from oauth_ext.clients.models import Application


@strawberry.type(description="A client (RFC 6749, section 2).")
class Client(Node):
    """Its name is told wherever it is met."""

    pk: strawberry.Private[int]
    client_id: str = attribute(inherited, "Its `client_id`.")
    name: str = attribute(inherited, "The name it is shown by; may be empty.")
    self_described: bool = attribute(
        inherited, "Whether it registered itself, so that nobody here vouches for its name."
    )

    @field(inherited, "An opaque key.")
    def id(self) -> strawberry.ID:
        """Seal the row's key."""
        return strawberry.ID(ids.seal("Client", self.pk))

    @classmethod
    def load(cls, _info: Info, id_asked: str) -> Self | None:
        """Return the client of that `id`."""
        pk = ids.unseal("Client", id_asked)
        row = Application.objects.filter(pk=pk).first() if pk is not None else None
        return cls.of(row) if row else None

    @classmethod
    def of(cls, row: Application) -> Self:
        """Return a row as it is shown."""
        return cls(pk=row.pk, client_id=row.client_id, name=row.name, self_described=row.describes_itself)
