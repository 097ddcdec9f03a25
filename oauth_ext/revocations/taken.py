"""What an act of the trail took with it: the families that are dead since, and the names that a person goes by."""

import uuid
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final, NamedTuple, Self

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from idp import env
from idp.audit.models import AuditEvent
from idp.audit.services import Event
from oauth_ext.claims.models import PairwiseSubject
from oauth_ext.families.models import Family
from oauth_ext.families.standing import standing

# No access token lives longer: the bound of the setting, which a client's own lifetime has, too.
LONGEST_LIFE: Final = timedelta(seconds=env.HOUR)
OF_A_PERSON: Final = frozenset(
    {Event.PASSWORD_SET, Event.USER_DEACTIVATED, Event.SIGNED_OUT_EVERYWHERE, Event.DELETION_ASKED}
)


class Dead(NamedTuple):
    """A family that doesn't stand, and what it was made under."""

    pk: uuid.UUID
    sid: uuid.UUID | None
    user: uuid.UUID | None
    client_id: str


class Taken(NamedTuple):
    """What the acts of a few rows took with them; `subs` are all names of a person, by their own."""

    families: list[Dead]
    subs: dict[uuid.UUID, list[uuid.UUID]]

    @classmethod
    def by(cls, rows: Collection[AuditEvent], now: datetime) -> Self:
        """Look up: a statement for each kind of act that there is among the rows, each by an index."""
        families: list[Dead] = []
        if grants := [row.details["family"] for row in rows if row.event == Event.GRANTED]:
            families += _dead(Q(pk__in=grants), now)
        if sids := [row.details["sid"] for row in rows if row.event == Event.SESSION_ENDED]:
            families += _dead(Q(session__sid__in=sids), now)
        if consents := [row for row in rows if row.event == Event.CONSENT_REVOKED]:
            people, clients = {row.for_user for row in consents}, {row.for_client for row in consents}
            families += _dead(Q(user__sub__in=people, client__client_id__in=clients), now)
        return cls(families, _names({row.for_user for row in rows if row.for_user and row.event in OF_A_PERSON}))

    def families_by(self, row: AuditEvent) -> Iterator[uuid.UUID]:
        """Yield the families that this row's act ended, or found dead."""
        match row.event:
            case Event.GRANT_ENDED:
                yield uuid.UUID(row.details["family"])
            case Event.GRANTED:
                yield from (dead.pk for dead in self.families if str(dead.pk) == row.details["family"])
            case Event.SESSION_ENDED:
                yield from (dead.pk for dead in self.families if str(dead.sid) == row.details["sid"])
            case Event.CONSENT_REVOKED:
                pair = (row.for_user, row.for_client)
                yield from (dead.pk for dead in self.families if (dead.user, dead.client_id) == pair)

    def subs_by(self, row: AuditEvent) -> list[uuid.UUID]:
        """Return the names of the person of whom this row's act ended all."""
        return self.subs.get(row.for_user, []) if row.for_user and row.event in OF_A_PERSON else []


def _dead(wanted: Q, now: datetime) -> Iterable[Dead]:
    """Return those of the families that don't stand, and may have tokens that would live."""
    lives = Exists(Family.objects.filter(standing(now, settings.ISSUER_URL), pk=OuterRef("pk")))
    # when one that doesn't turn had a token last is not written down
    may_have_tokens = Q(turned_at__gt=now - LONGEST_LIFE) | Q(rotates=False)
    families = Family.objects.filter(wanted, may_have_tokens).exclude(lives)
    return map(Dead._make, families.values_list("pk", "session__sid", "user__sub", "client__client_id"))


def _names(people: Collection[uuid.UUID]) -> dict[uuid.UUID, list[uuid.UUID]]:
    names = {person: [person] for person in people}
    if people:
        pairwise = PairwiseSubject.objects.filter(user__sub__in=people)
        for person, sub in pairwise.values_list("user__sub", "sub"):
            names[person].append(sub)
    return names
