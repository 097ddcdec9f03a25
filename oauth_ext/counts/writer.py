"""The thread that writes sums down: one a process, from the first that is counted there to the process's end."""

import time
from collections.abc import Callable
from multiprocessing.util import Finalize
from threading import Lock, Thread

import structlog
from django.conf import settings
from django.db import Error, connection

log = structlog.get_logger(__name__)

started = False
_lock = Lock()


def start(write: Callable[[], None]) -> None:
    """Write every `COUNTS_WRITTEN_SECONDS` from here on, and at the end of the process; once a process.

    Its end is an orderly one where Python ends by itself, or after granian was told to. A process that is killed loses
    what it counted since the last time.
    """
    global started  # noqa: PLW0603 - one thread a process
    with _lock:
        if started:
            return
        try:
            Thread(target=_run, args=(write,), name="counts", daemon=True).start()
        except RuntimeError:  # the system has no more of them; who asks for a token isn't to suffer from it
            log.warning("counts.no_thread")
            return
        started = True
        # granian forks its workers with `multiprocessing`: handlers of `atexit` are not called at their end, these are
        Finalize(None, write_once, (write,), exitpriority=0)


def _run(write: Callable[[], None]) -> None:
    while True:
        time.sleep(settings.COUNTS_WRITTEN_SECONDS)
        write_once(write)


def write_once(write: Callable[[], None]) -> None:
    """Write, and hold no connection until the next time. A database that is away is waited for."""
    try:
        write()
    except Exception as error:
        log.warning("counts.not_written", error=type(error).__name__, exc_info=not isinstance(error, Error))
    finally:
        connection.close()


def forget() -> None:
    """Have no thread: a process that was forked has none of its parent's."""
    global started, _lock
    started, _lock = False, Lock()
