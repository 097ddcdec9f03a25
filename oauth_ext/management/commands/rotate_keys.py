"""`manage.py rotate_keys`."""

import json
from argparse import ArgumentParser
from typing import TypedDict, Unpack

from django.core.management import BaseCommand, CommandError
from typing_extensions import override

from oauth_ext.keys import services as keys
from oauth_ext.keys.models import KeyState, SigningAlgorithm, SigningKey

WORDS: dict[str, str] = {
    KeyState.NEXT: "is published, and signs next",
    KeyState.ACTIVE: "signs from now on",
    KeyState.RETIRED: "signs no more; it is published until its tokens have ended",
    KeyState.COMPROMISED: "is trusted no more: all that it signed is refused",
    keys.GONE: "is forgotten: nothing that it signed comes back any more",
}


class Options(TypedDict):
    """The command's options."""

    algorithms: list[str] | None
    now: bool
    force: bool
    compromised: str | None
    json: bool


class Command(BaseCommand):
    """Moves signing keys on."""

    help = "Does with the signing keys what is due, as the worker does every hour; or more, by its options."

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--algorithm",
            dest="algorithms",
            action="append",
            choices=SigningAlgorithm.values,
            help="its keys only; may be repeated",
        )
        what = parser.add_mutually_exclusive_group()
        what.add_argument(
            "--now", action="store_true", help="let the next keys take over, however young the active are"
        )
        what.add_argument("--compromised", metavar="KID", help="trust this key no more")
        parser.add_argument(
            "--force",
            action="store_true",
            help="with --now: even if clients may not know the next keys yet, and will fail until they fetch them",
        )
        parser.add_argument("--json", action="store_true", help="answer in JSON")

    @override
    def handle(self, *_arguments: str, **options: Unpack[Options]) -> None:
        if options["force"] and not options["now"]:
            raise CommandError("--force: only with --now")
        if options["compromised"] and options["algorithms"]:
            raise CommandError("--compromised: a key says its algorithm itself")
        changes = self._act(options)
        if options["json"]:
            self.stdout.write(json.dumps({"changed": [change._asdict() for change in changes]}))
            return
        for change in changes:
            self.stdout.write(f"{change.algorithm} {change.kid} {WORDS[change.state]}")
        if not changes:
            self.stdout.write("Nothing is due")

    def _act(self, options: Options) -> list[keys.Change]:
        algorithms = options["algorithms"] or SigningAlgorithm.values
        try:
            if options["compromised"]:
                return keys.mark_compromised(options["compromised"])
            if options["now"]:
                return keys.rotate(algorithms, force=options["force"])
            return keys.advance(algorithms)
        except SigningKey.DoesNotExist:
            raise CommandError("--compromised: there is no such key") from None
        except keys.PublishedTooLately as error:
            raise CommandError(
                f"--now: clients may not know the next key yet: {error}. "
                "--force doesn't wait; clients that keep keys then fail until they fetch them again"
            ) from None
