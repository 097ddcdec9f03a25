"""What buys one family, once: the claim of a code or a device's grant, and what its replay ends."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Generic, NamedTuple, Never, TypeVar

from django.db.models import BigAutoField, DateTimeField, QuerySet, UUIDField
from django.db.models.sql import Query
from django.utils import timezone

from idp.ops.compiled import Update, update_of
from oauth_ext.authorization.device.models import DeviceGrant
from oauth_ext.authorization.models import AuthorizationCode
from oauth_ext.clients.rows import ClientRow
from oauth_ext.errors import InvalidGrant
from oauth_ext.families import services as families
from oauth_ext.families.models import EndReason, Family
from oauth_ext.grants.issuing import Allowed

M = TypeVar("M", AuthorizationCode, DeviceGrant)


class _Claimed(NamedTuple):
    """What a claim depends on."""

    pk: int
    now: datetime
    family: uuid.UUID


class SingleUse(Generic[M]):
    """Rows of which each buys once, until its end."""

    def __init__(self, rows: Callable[[], QuerySet[M]]) -> None:
        """Take the rows that may be claimed, used ones and past ones among them."""
        self._rows: Callable[[], QuerySet[M]] = rows
        unclaimed = _Claimed(-1, datetime(1970, 1, 1, tzinfo=UTC), uuid.UUID(int=1))
        self._claim = Update(self._query, unclaimed, (BigAutoField(), DateTimeField(), UUIDField()))

    def _query(self, claimed: _Claimed) -> Query:
        row = self._rows().filter(pk=claimed.pk, used_at=None, expires_at__gt=claimed.now)
        return update_of(row, used_at=claimed.now, family_id=claimed.family)

    def claim(self, pk: int, family: Family, client: ClientRow, allowed: Allowed) -> None:
        """Use the row and write the family, both or neither; whoever comes second is a replay."""
        claimed = _Claimed(pk, timezone.now(), family.pk)
        client_id, user_sub = client.client_id, allowed.user_sub
        if not families.begin_claiming(self._claim, claimed, family, client_id=client_id, user_sub=user_sub):
            replayed(self._rows().filter(pk=pk).values_list("family_id", flat=True).first())


def replayed(family: uuid.UUID | None) -> Never:
    """End what a replayed code bought (RFC 9700 §4.2.4), committed before the refusal; raises `InvalidGrant`.

    Where a thief was quicker, the client's own next request ends what he got.
    """
    if family is not None:
        families.end(family, EndReason.CODE_REPLAY)
    raise InvalidGrant
