"""Messages that wait for somebody else's server: handled beside the worker's own, in a few threads.

One at a time for each recipient, so that one who is slow or dead has one thread at most, whatever it is to be told.
"""

from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import Lock

import structlog
from django.db import DatabaseError, connections
from django.db.models import Q

from idp.outbox.models import OutboxMessage
from idp.outbox.services import claim, deliver

LANES = 8
WITH_RECIPIENT = ~Q(recipient="")

log = structlog.get_logger(__name__)


class Lanes:
    """The threads of one worker."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(LANES, thread_name_prefix="outbox")
        self._lock = Lock()
        self._busy: set[str] = set()
        self._running: set[Future[None]] = set()

    def fill(self) -> int:
        """Take on what is due, for as many recipients as there are threads; return how many were taken on."""
        taken = 0
        while message := self._claim():
            self._running.add(self._pool.submit(self._run, message))
            taken += 1
        self._running = {future for future in self._running if not future.done()}
        return taken

    def wait(self) -> None:
        """Return when all that was taken on is handled."""
        wait(self._running)

    def close(self) -> None:
        """Finish what has been begun, and end the threads."""
        self._pool.shutdown()

    def _claim(self, *, after: OutboxMessage | None = None) -> OutboxMessage | None:
        """Take the next message of a recipient to whom nobody here speaks; `after` the one that was just handled."""
        with self._lock:
            if after is not None:
                self._busy.discard(after.recipient)
            if len(self._busy) == LANES:
                return None
            message = claim(WITH_RECIPIENT & ~Q(recipient__in=self._busy))
            if message is not None:
                self._busy.add(message.recipient)
            return message

    def _run(self, message: OutboxMessage) -> None:
        """Handle a message, and then whichever is due next: a thread has a connection of its own, given back here."""
        current: OutboxMessage | None = message
        try:
            while current is not None:
                message = current
                deliver(message)
                current = self._claim(after=message)
        except DatabaseError as error:
            with self._lock:
                self._busy.discard(message.recipient)
            log.exception("worker.database", error=type(error).__name__)
        finally:
            connections.close_all()
