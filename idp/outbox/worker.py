"""The worker: handles messages as they fall due, and does what is done again and again, until it is told to stop."""

import time
from threading import Event

import structlog
from django.db import DatabaseError, close_old_connections

from idp.ops.bites import Deleted
from idp.outbox.lanes import WITH_RECIPIENT, Lanes
from idp.outbox.registry import Periodic, periodic
from idp.outbox.services import run_once

POLL_SECONDS = 1.0

log = structlog.get_logger(__name__)


class Worker:
    """One worker; several may share a database."""

    def __init__(self) -> None:
        self._next_run: dict[str, float] = {}
        self._lanes = Lanes()

    def run(self, stop: Event) -> None:
        """Work until `stop` is set; what has been begun is finished."""
        log.info("worker.started")
        while not stop.is_set():
            close_old_connections()
            self.work()
            stop.wait(POLL_SECONDS)
        self._lanes.close()
        log.info("worker.stopped")

    def once(self) -> None:
        """Do what is due now, and what comes of it, and return when it is done."""
        self.work()
        while run_once(~WITH_RECIPIENT) or self._lanes.fill():
            self._lanes.wait()
        self._lanes.close()

    def work(self) -> None:
        """Do what is due now; a database that is away is waited for."""
        try:
            run_once(~WITH_RECIPIENT)
            self._lanes.fill()
            for job in periodic():
                if time.monotonic() >= self._next_run.get(job.name, 0.0):
                    self._next_run[job.name] = time.monotonic() + job.seconds
                    if self._do(job):
                        self._next_run[job.name] = 0.0
        except DatabaseError as error:
            log.exception("worker.database", error=type(error).__name__)

    def _do(self, job: Periodic) -> bool:
        """Do it, and return whether there is more to do: not now, for messages wait, but before its time comes."""
        try:
            done = job.run()
        except DatabaseError:
            raise
        except Exception:
            log.exception("worker.periodic", job=job.name)
            return False
        return isinstance(done, Deleted) and done.more
