"""`manage.py audit_trail`."""

from argparse import ArgumentParser
from datetime import UTC, datetime

from django.core.management import BaseCommand, CommandError
from django.utils.dateparse import parse_datetime
from typing_extensions import override

from idp.audit import export, retention, sealing
from idp.users import services as users
from idp.users.errors import UnknownUser


class Command(BaseCommand):
    """Exports the trail, judges its seals, and erases where somebody was."""

    help = (
        "Exports the trail as JSON lines, says whether it is as it was sealed, or erases a person's networks from it."
    )

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        exporting = acts.add_parser("export", help="print each event and each seal as a line of JSON, the oldest first")
        exporting.add_argument("--since", type=_time, help="leave out what was sealed before (ISO 8601)")
        acts.add_parser("verify", help="say what is no longer as it was sealed, and exit 1 if anything is")
        erasing = acts.add_parser("erase", help="erase from which networks a person did things")
        erasing.add_argument("username")

    @override
    def handle(self, *_arguments: str, act: str, **options: object) -> None:
        match act:
            case "export":
                since = options["since"]
                assert since is None or isinstance(since, datetime)  # noqa: S101 - argparse made it
                for line in export.lines(since):
                    self.stdout.write(line)
            case "verify":
                self._verify()
            case _:
                self._erase(str(options["username"]))

    def _verify(self) -> None:
        wrongs = list(sealing.wrongs())
        if wrongs:
            raise CommandError("\n".join(wrongs))
        self.stdout.write("The trail is as it was sealed.")

    def _erase(self, username: str) -> None:
        try:
            person = users.find_user(username)
        except UnknownUser as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Erased the networks of {retention.erase_networks_of(person.sub)} events.")


def _time(text: str) -> datetime:
    at = parse_datetime(text)
    if at is None:
        raise ValueError
    return at if at.tzinfo else at.replace(tzinfo=UTC)
