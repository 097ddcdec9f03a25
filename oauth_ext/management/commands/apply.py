"""`manage.py apply FILE`."""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Final, TypedDict, Unpack

from django.core.management import BaseCommand, CommandError
from typing_extensions import override

from oauth_ext.configuration import document, services, telling
from oauth_ext.configuration.errors import ConfigurationError

DIFFERENCE: Final = 2


class Options(TypedDict):
    """The command's options."""

    file: str
    plan: bool
    prune: bool
    verbosity: int


class Differs(SystemExit):
    """`--plan` has found something to do."""


class Command(BaseCommand):
    """Makes roles, resource servers, clients and providers as a file has them."""

    help = "Makes roles, resource servers, clients and providers as a YAML file has them: all of it, or nothing."

    @override
    def run_from_argv(self, argv: Sequence[str]) -> None:
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(errors="backslashreplace")  # a terminal that has no arrow gets no traceback
        # argparse ends with 2 where the arguments are wrong, which here would say that there is a difference
        try:
            super().run_from_argv(list(argv))
        except Differs:
            raise
        except SystemExit as error:
            raise SystemExit(1 if error.code == DIFFERENCE else error.code) from None

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="as `export` prints it; - is standard input")
        parser.add_argument(
            "--plan",
            action="store_true",
            help="print what would be done and do nothing; the exit status is 0 for nothing to do, 2 for something",
        )
        parser.add_argument(
            "--prune",
            action="store_true",
            help="in the sections that the file has, remove what it doesn't mention; clients and providers are only "
            "switched off",
        )

    @override
    def handle(self, *_arguments: str, **options: Unpack[Options]) -> None:
        data, folder = _read(options["file"])
        act = services.plan if options["plan"] else services.apply
        try:
            changes = act(data, folder, prune=options["prune"])
        except ConfigurationError as error:
            raise CommandError(str(error)) from None
        if options["verbosity"]:
            for line in telling.lines(changes):
                self.stdout.write(line)
            summary = telling.summary(changes, done=not options["plan"])
            self.stdout.write(summary if changes else "Nothing to do")
        if changes and options["plan"]:
            raise Differs(DIFFERENCE)


def _read(file: str) -> tuple[bytes, Path]:
    """Return what the file holds, and the folder from which the files that it names are looked for."""
    limit = document.MAX_BYTES + 1
    if file == "-":
        return sys.stdin.buffer.read(limit), Path()
    path = Path(file)
    try:
        with path.open("rb") as opened:
            return opened.read(limit), path.parent
    except (OSError, ValueError) as error:
        raise CommandError(f"{file}: {getattr(error, 'strerror', None) or 'it is no path'}") from None
