"""A client, as the API shows it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Self

import strawberry

from graph import ids
from graph.access import attribute, field, inherited, requires_scopes
from graph.clients.usage import DAYS, ClientUsage, Days, Usages
from graph.node import Node
from graph.viewer import Info
from oauth_ext.clients.models import Application

REGISTRATION: Final = requires_scopes("clients:read")


@strawberry.type(description="A client (RFC 6749, section 2).")
class Client(Node):
    """Its name is told wherever it is met, its registration to who may see those."""

    pk: strawberry.Private[int]
    usages: strawberry.Private[Usages]
    client_id: str = attribute(inherited, "Its `client_id`.")
    name: str = attribute(inherited, "The name it is shown by; may be empty.")
    self_described: bool = attribute(
        inherited, "Whether it registered itself, so that nobody here vouches for its name."
    )
    client_type: str | None = attribute(REGISTRATION, "`public` or `confidential`.")
    token_endpoint_auth_method: str | None = attribute(REGISTRATION, "How it authenticates (RFC 7591, section 2).")
    grant_types: list[str] | None = attribute(REGISTRATION, "What it may present at the token endpoint.")
    redirect_uris: list[str] | None = attribute(REGISTRATION, "Where people are sent back to.")
    post_logout_redirect_uris: list[str] | None = attribute(REGISTRATION, "Where they are sent after signing out.")
    scopes: list[str] | None = attribute(REGISTRATION, "What it may ask for.")
    minimum_acr: str | None = attribute(
        REGISTRATION, "How strongly people must sign in for it (`acr`); null for as they like."
    )
    accent: str | None = attribute(
        REGISTRATION, "The colour, `#rrggbb`, of the pages on which people are for it; null for the deployment's."
    )
    trusted: bool | None = attribute(REGISTRATION, "Whether it is one of our own, so that nobody is asked for consent.")
    is_active: bool | None = attribute(REGISTRATION, "Whether it is switched on.")
    created_at: datetime | None = attribute(REGISTRATION, "When it was registered.")

    @field(inherited, "An opaque key.")
    def id(self) -> strawberry.ID:
        """Seal the row's key."""
        return strawberry.ID(ids.seal("Client", self.pk))

    @field(
        REGISTRATION,
        "What it did, by the day, the newest first; days on which it did nothing are left out. Servers write it once a "
        "minute.",
    )
    def usage(self, days: Days = DAYS) -> list[ClientUsage] | None:
        """Return it: one statement for all clients that are shown together."""
        return self.usages.of(self.pk, days)

    @classmethod
    def row(cls, id_asked: str) -> Application | None:
        """Return the row of that `id`."""
        pk = ids.unseal("Client", id_asked)
        return Application.objects.filter(pk=pk).first() if pk is not None else None

    @classmethod
    def load(cls, _info: Info, id_asked: str) -> Self | None:
        """Return the client of that `id`."""
        row = cls.row(id_asked)
        return cls.of(row) if row else None

    @classmethod
    def of_rows(cls, rows: Sequence[Application]) -> list[Self]:
        """Return rows that are shown together."""
        usages = Usages(row.pk for row in rows)
        return [cls.of(row, usages) for row in rows]

    @classmethod
    def of(cls, row: Application, usages: Usages | None = None) -> Self:
        """Return a row as it is shown; `usages` are those of all that are shown with it."""
        return cls(
            pk=row.pk,
            usages=usages or Usages([row.pk]),
            client_id=row.client_id,
            name=row.name,
            self_described=row.describes_itself,
            client_type=row.client_type,
            token_endpoint_auth_method=row.token_endpoint_auth_method,
            grant_types=list(row.grant_types),
            redirect_uris=list(row.redirect_uris),
            post_logout_redirect_uris=list(row.post_logout_redirect_uris),
            scopes=list(row.scopes),
            minimum_acr=row.minimum_acr or None,
            accent=row.accent or None,
            trusted=row.trusted,
            is_active=row.is_active,
            created_at=row.created,
        )
