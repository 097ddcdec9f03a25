"""`manage.py work`."""

import signal
from argparse import ArgumentParser
from threading import Event

from django.core.management import BaseCommand
from typing_extensions import override

from idp.outbox.worker import Worker


class Command(BaseCommand):
    """Runs the outbox."""

    help = "Does what must happen after a commit (mail, cleaning), until it is told to stop. Several may run at once."

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due now, and end")

    @override
    def handle(self, *_arguments: str, once: bool, **_options: object) -> None:
        if once:
            Worker().once()
            return
        stop = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        Worker().run(stop)
