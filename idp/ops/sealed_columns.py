"""The columns that hold what `keyring.seal` made, so that all of it can be sealed anew under the newest key.

Each room registers its own when its app is ready; a purpose that is sealed for a column and isn't here fails a test.
"""

from dataclasses import dataclass
from typing import Final

from django.db.models import Model, Q

from idp.ops import keyring

BITE: Final = 500


@dataclass(frozen=True)
class SealedColumn:
    """A column of a model, the purpose that it is sealed for, and the column of the same row that it is bound to."""

    model: type[Model]
    column: str
    purpose: str
    bound_to: str


@dataclass(frozen=True)
class Resealed:
    """What `reseal` did to a column: rows sealed anew, and rows that don't open under any configured key."""

    column: SealedColumn
    rows: int
    broken: int


_columns: list[SealedColumn] = []


def register(model: type[Model], column: str, *, purpose: str, bound_to: str) -> None:
    """Say that a column holds sealed values; an empty one holds none."""
    found = SealedColumn(model, column, purpose, bound_to)
    if found not in _columns:
        _columns.append(found)


def registered() -> list[SealedColumn]:
    """Return all of them."""
    return list(_columns)


def reseal() -> list[Resealed]:
    """Seal anew, under the newest key, whatever was sealed under another; safe beside a running deployment.

    A row is written only if it still says what was read: whoever changed it meanwhile has used the newest key.
    """
    return [_reseal(column) for column in _columns]


def _reseal(column: SealedColumn) -> Resealed:
    newest = f"{keyring.SEALED}.{keyring.key_ids()[0]}."
    objects = column.model._default_manager
    stale = objects.exclude(Q(**{column.column: ""}) | Q(**{f"{column.column}__startswith": newest}))
    rows = broken = 0
    keys = list(stale.values_list("pk", flat=True))
    for start in range(0, len(keys), BITE):
        bite = keys[start : start + BITE]
        for pk, sealed, bound_to in objects.filter(pk__in=bite).values_list("pk", column.column, column.bound_to):
            try:
                plain = keyring.unseal(sealed, purpose=column.purpose, bound_to=str(bound_to))
            except keyring.SealBroken:
                broken += 1
                continue
            anew = keyring.seal(plain, purpose=column.purpose, bound_to=str(bound_to))
            rows += objects.filter(pk=pk, **{column.column: sealed}).update(**{column.column: anew})
    return Resealed(column, rows, broken)
