"""`ENGINE` of a PostgreSQL database: Django's own, but for how a kept connection is found to be lost.

Django asks with `SELECT 1`, once a request, which costs as much as the statement that most requests are about.
"""

import select
import time
from typing import Final

from django.db.backends.postgresql import base
from psycopg import Connection
from typing_extensions import override

# Who goes away without a word (a cable, a firewall that forgets) is found out by asking.
ASKED_AGAIN_SECONDS: Final = 30


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection."""

    connection: "Connection[tuple[object, ...]] | None"
    _answered_at = float("-inf")

    @override
    def is_usable(self) -> bool:
        """Whether the server is there: it answered lately, and has said nothing since that it wasn't asked.

        A server that ends a connection says so, or hangs up: there is something to be read, and then it is asked.
        """
        lately = time.monotonic() - self._answered_at < ASKED_AGAIN_SECONDS
        if lately and not self.errors_occurred and self.connection is not None and not _has_said(self.connection):
            return True
        usable: bool = super().is_usable()
        self._answered_at = time.monotonic() if usable else float("-inf")
        return usable


def _has_said(connection: "Connection[tuple[object, ...]]") -> bool:
    """Whether there is anything to be read from the server, its hanging up included, or the connection is closed."""
    if connection.closed:
        return True
    poll = select.poll()
    poll.register(connection.pgconn.socket, select.POLLIN)
    return bool(poll.poll(0))
