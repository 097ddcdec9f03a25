"""What stands behind a chain now, read in the one statement that judges the token: clients, tokens given, actors."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple, Never, TypeVar

from django.db.models import (
    CharField,
    Exists,
    Field,
    Model,
    PositiveIntegerField,
    QuerySet,
    Subquery,
    UUIDField,
)
from django.db.models.sql import Query

from idp.ops.compiled import Select
from oauth_ext import scopes
from oauth_ext.clients.models import Application
from oauth_ext.families.models import Family
from oauth_ext.families.standing import standing
from oauth_ext.tokens import family_rows as rows
from oauth_ext.tokens.chain import Link
from oauth_ext.tokens.family_rows import JudgedRow
from oauth_ext.tokens.models import RevokedToken

M = TypeVar("M", bound=Model)


class Behind(NamedTuple):
    """The client that holds the token, and the lists in all of which each of its scopes must stand.

    `actors` are the scopes of the acting persons' roles: they bound what isn't one of the common five.
    """

    holder_pk: int
    sector: str
    clients: tuple[Collection[str], ...]
    actors: tuple[Collection[str], ...]

    def narrow(self, names: Iterable[str]) -> list[str]:
        """Return the names that every exchanging client and every actor may have now."""
        return scopes.within(names, (*self.clients, *([*scopes.COMMON, *role] for role in self.actors)))


class Chained(NamedTuple):
    """What the chain of a token asks of the rows; `tokens` are the `jti` of all that was given, and its own."""

    tokens: tuple[str, ...]
    clients: tuple[str, ...]
    epochs: tuple[int, ...]
    actors: tuple[uuid.UUID, ...]

    @classmethod
    def of(cls, links: Sequence[Link], jti: str) -> "Chained":
        """Take the links apart."""
        return cls(
            tokens=(*(given for link in links for given in link.given), jti),
            clients=tuple(link.client_id for link in links),
            epochs=tuple(link.epoch for link in links),
            actors=tuple(link.actor for link in links if link.actor is not None),
        )


def columns(chained: Chained) -> list[str]:
    """Return the names of the columns that `with_chain` adds, in the order that `behind` takes them."""
    if not chained.clients:
        return []
    clients = [f"client_{number}" for number in range(len(chained.clients))]
    return ["holder", "sector", *clients, *(f"actor_{number}" for number in range(len(chained.actors)))]


def with_chain(found: QuerySet[M], chained: Chained, now: datetime, issuer: str) -> QuerySet[M]:
    """Add the chain's columns, each null where what it is about stands no more; no row where a token was revoked.

    Of a token without a chain only whether it was revoked itself is asked.
    """
    found = found.filter(~Exists(RevokedToken.objects.filter(jti__in=chained.tokens)))
    if not chained.clients:
        return found
    holder = Application.objects.filter(client_id=chained.clients[-1])
    added = {"holder": Subquery(holder.values("pk")), "sector": Subquery(holder.values("sector_identifier"))}
    for number, (client_id, epoch) in enumerate(zip(chained.clients, chained.epochs, strict=True)):
        client = Application.objects.filter(client_id=client_id, epoch=epoch, is_active=True)
        added[f"client_{number}"] = Subquery(client.values("scopes"))
    for number, pk in enumerate(chained.actors):
        actor = Family.objects.filter(standing(now, issuer), pk=pk)
        added[f"actor_{number}"] = Subquery(actor.values("user__role__scopes"))
    annotated: QuerySet[M] = found.annotate(**added)
    return annotated


def behind(values: Sequence[object], chained: Chained) -> Behind | None:
    """Return the columns as what they mean, or None where a client or an actor stands no more."""
    if None in values:
        return None
    holder, sector, *lists = values
    cut = len(chained.clients)
    return Behind._make((holder, sector, tuple(lists[:cut]), tuple(lists[cut:])))


def load(
    pk: uuid.UUID, chained: Chained, *, kid: str, owner: tuple[str, list[str]] | None
) -> tuple[JudgedRow, Behind] | None:
    """Return the family and what stands behind the chain, or None where any of it doesn't: one statement.

    `kid` and `owner` are as in `family_rows.ask`.
    """
    family = rows.asking(pk, kid=kid, owner=owner)
    select = _select(len(family.kid), len(family.owner), len(family.uris), *map(len, chained))
    for row in select.rows(_Asked(*family, *chained)):
        stands = behind(row[len(rows.COLUMNS) :], chained)
        return (JudgedRow._make(row[: len(rows.COLUMNS)]), stands) if stands else None
    return None


class _Asked(NamedTuple):
    """The values of `rows.Asked`, then those of `Chained`."""

    pk: uuid.UUID
    now: datetime
    issuer: str
    kid: tuple[str, ...]
    owner: tuple[str, ...]
    uris: tuple[str, ...]
    tokens: tuple[str, ...]
    clients: tuple[str, ...]
    epochs: tuple[int, ...]
    actors: tuple[uuid.UUID, ...]


PARTS: "Sequence[Field[Never, object]]" = (
    *rows.PARTS,
    CharField(),
    CharField(),
    PositiveIntegerField(),
    UUIDField(),
)


@cache
def _select(kids: int, owners: int, uris: int, tokens: int, clients: int, epochs: int, actors: int) -> Select[_Asked]:
    """Return the SELECT of that many values, compiled at its first use."""
    chained = Chained(
        tokens=tuple(f"token {number}" for number in range(tokens)),
        clients=tuple(f"client {number}" for number in range(clients)),
        epochs=tuple(987_000 + number for number in range(epochs)),
        actors=tuple(uuid.UUID(int=2 + number) for number in range(actors)),
    )
    return Select(_query, _Asked(*rows.sample(kids, owners, uris), *chained), PARTS)


def _query(asked: _Asked) -> Query:
    cut = len(rows.Asked._fields)
    family, chained = rows.Asked._make(asked[:cut]), Chained._make(asked[cut:])
    found = with_chain(rows.standing_rows(family), chained, family.now, family.issuer)
    return found.values_list(*rows.COLUMNS, *columns(chained)).query
