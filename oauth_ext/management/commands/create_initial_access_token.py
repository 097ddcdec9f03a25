"""`manage.py create_initial_access_token`."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from datetime import timedelta
from typing import TypedDict, Unpack

from django.core.management import BaseCommand
from typing_extensions import override

from oauth_ext.registration import tokens

DAY = 86400


class Options(TypedDict):
    """The command's options."""

    note: str
    uses: int
    expires_in: int
    json: bool


class Command(BaseCommand):
    """Makes a token that lets somebody register clients."""

    help = "Makes a token that lets somebody register clients by themselves (RFC 7591), and shows it this once."

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("note", help="for whom it is, to be read in the database later")
        parser.add_argument("--uses", type=_up_to(10_000), default=1, help="how many clients it buys; default: 1")
        parser.add_argument(
            "--expires-in",
            metavar="SECONDS",
            type=_up_to(366 * DAY),
            default=7 * DAY,
            help="how long it buys anything; default: a week",
        )
        parser.add_argument("--json", action="store_true", help="answer in JSON")

    @override
    def handle(self, *_arguments: str, **options: Unpack[Options]) -> None:
        lifetime = timedelta(seconds=options["expires_in"])
        token = tokens.issue(options["note"][:255], uses=options["uses"], lifetime=lifetime)
        if options["json"]:
            self.stdout.write(json.dumps({"initial_access_token": token, "expires_in": options["expires_in"]}))
        else:
            self.stdout.write(f"The token, shown this once: {token}")


def _up_to(most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isdecimal() or not 1 <= int(text[:10]) <= most:
            raise ArgumentTypeError(f"not a whole number from 1 to {most}")
        return int(text)

    return parse
