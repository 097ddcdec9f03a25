"""Adding numbers to those in the table."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Final

from django.db import connection

from oauth_ext.counts.sums import DAY, Key

# In one order, or two processes could wait for each other; `WHERE`, or SQLite takes ON CONFLICT for a part of the join.
ADD: Final = """
INSERT INTO oauth_ext_clientcount (day, client_id, kind, number)
SELECT added.column1, client.id, added.column3, added.column4
FROM (VALUES :rows) AS added JOIN oauth_ext_application AS client ON client.id = added.column2
WHERE true ORDER BY added.column2, added.column1, added.column3
ON CONFLICT (client_id, day, kind) DO UPDATE SET number = oauth_ext_clientcount.number + excluded.number
"""


def add(numbers: Sequence[tuple[Key, int]]) -> None:
    """Add them: one statement, at once or not at all. Those of a client that is gone are dropped."""
    parameters: list[date | str | int | None] = []
    for key, number in numbers:
        day = connection.ops.adapt_datefield_value(_date(key.day))
        parameters += [day, key.client_pk, key.kind, number]
    with connection.cursor() as cursor:
        cursor.execute(ADD.replace(":rows", ", ".join(["(%s, %s, %s, %s)"] * len(numbers))), parameters)


def _date(day: int) -> date:
    return datetime.fromtimestamp(day * DAY, UTC).date()
