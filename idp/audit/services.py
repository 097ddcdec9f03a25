"""Recording: called by the service of the act, in the act's transaction, so that neither is there without the other."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from idp.audit.models import AuditEvent, Event
from idp.ratelimit.addresses import network_of

__all__ = ["NOBODY", "Event", "Party", "record"]


@dataclass(frozen=True)
class Party:
    """A person by their own `sub`, a client by its `client_id`, both, or neither."""

    user: uuid.UUID | None = None
    client: str = ""


NOBODY = Party()


def record(
    event: Event,
    details: Mapping[str, object],
    *,
    by: Party = NOBODY,
    on_behalf_of: Party = NOBODY,
    address: str = "",
) -> None:
    """Write one event: one INSERT. `details` is JSON and holds no secret; of the address only its network is kept."""
    AuditEvent.objects.create(
        event=event,
        by_user=by.user,
        by_client=by.client,
        for_user=on_behalf_of.user,
        for_client=on_behalf_of.client,
        network=network_of(address),
        details=dict(details),
    )
