"""What a client sees of a person and of a session is its own."""

import hmac
import uuid
from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol

from django.db.models import BigAutoField, CharField
from django.db.models.sql import Query

from idp.ops import base64url
from idp.ops.compiled import Select
from oauth_ext.claims.models import PairwiseSubject

SID_BYTES = 16


class OfSector(Protocol):
    """A client, whole or as the hot paths read it."""

    @property
    def sector_identifier(self) -> str:
        """The sector of a pairwise client; empty where everybody's subjects are public."""


def sub_for(client: OfSector, user_pk: int, sub: uuid.UUID) -> str:
    """Return the `sub` by which a client knows a person (OIDC Core §8): theirs, or that of the client's sector.

    A public client costs no statement, a pairwise one a SELECT, and an INSERT at the first need. Who judges a token
    reads its `sub` from the token.
    """
    if not client.sector_identifier:
        return str(sub)
    asked = _Asked(client.sector_identifier, user_pk)
    known = _SELECT.rows(asked)
    if not known:
        # whoever comes second finds what the first one wrote
        PairwiseSubject.objects.bulk_create(
            [PairwiseSubject(sector=asked.sector, user_id=user_pk)], ignore_conflicts=True
        )
        known = _SELECT.rows(asked)
    return str(known[0][0])


def known_sub(client: OfSector, user_pk: int, sub: uuid.UUID) -> str | None:
    """Return what `sub_for` would, or None where the client's sector has not met the person: nothing is written."""
    if not client.sector_identifier:
        return str(sub)
    return _known(client.sector_identifier, [user_pk]).get(user_pk)


def subs_for(sector: str, people: Mapping[int, uuid.UUID]) -> dict[int, str]:
    """Return the `sub` of many people (row key → their own) for a sector, or, without one, their own.

    A sector costs a SELECT, and an INSERT and another one for those that it has not met.
    """
    if not sector:
        return {pk: str(sub) for pk, sub in people.items()}
    known = _known(sector, people)
    if missing := people.keys() - known.keys():
        met = [PairwiseSubject(sector=sector, user_id=pk) for pk in missing]
        PairwiseSubject.objects.bulk_create(met, ignore_conflicts=True)
        known |= _known(sector, missing)
    return known


def _known(sector: str, people: Iterable[int]) -> dict[int, str]:
    rows = PairwiseSubject.objects.filter(sector=sector, user_id__in=list(people)).values_list("user_id", "sub")
    return {pk: str(sub) for pk, sub in rows}


def sid_for(sid: uuid.UUID, client_id: str) -> str:
    """Return the `sid` by which a client knows the session of this one: 128 bits, telling of no other client's.

    Keyed by the session's own identifier, which is random and told to no client: no key of the deployment's is in it,
    so it means the same while the session lives, whatever is rotated.
    """
    return base64url.encode(hmac.digest(sid.bytes, client_id.encode(), "sha256")[:SID_BYTES])


class _Asked(NamedTuple):
    """What a look-up depends on."""

    sector: str
    user_pk: int


def _query(asked: _Asked) -> Query:
    known = PairwiseSubject.objects.filter(sector=asked.sector, user_id=asked.user_pk)
    return known.values_list("sub").query


_SELECT = Select(_query, _Asked("the sector", -1), (CharField(), BigAutoField()))
