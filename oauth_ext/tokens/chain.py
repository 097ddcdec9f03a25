"""How an exchanged token came to be: the private claim `chain`, a link for each exchange, the first one first.

`act` (RFC 8693 §4.1) is for resource servers to read and names only who acts. The chain is what we judge by, in
impersonation too, where there is no `act`: each client that exchanged, and each token that was given for it.
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, TypedDict, cast

CLAIM: Final = "chain"
LONGEST: Final = 4


class Link(NamedTuple):
    """One exchange: by which client at which epoch, and the `jti` of each token given.

    `actor` is the family of the person who acts, where the client gave a token of theirs.
    """

    client_id: str
    epoch: int
    given: tuple[str, ...]
    actor: uuid.UUID | None = None


class _Written(TypedDict, total=False):
    """A link as it stands in the claim."""

    client_id: str
    epoch: int
    given: list[str]
    actor: str


def read(claims: Mapping[str, object]) -> tuple[Link, ...]:
    """Return the links of a token that we signed; none for one that was not got by exchange."""
    return tuple(
        Link(
            link["client_id"],
            link["epoch"],
            tuple(link["given"]),
            uuid.UUID(link["actor"]) if "actor" in link else None,
        )
        for link in cast("list[_Written]", claims.get(CLAIM, []))
    )


def written(links: Sequence[Link]) -> list[_Written]:
    """Return the claim's value."""
    claim: list[_Written] = []
    for link in links:
        one: _Written = {"client_id": link.client_id, "epoch": link.epoch, "given": list(link.given)}
        if link.actor is not None:
            one["actor"] = str(link.actor)
        claim.append(one)
    return claim
