"""`manage.py rotate_client_secret`."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from datetime import timedelta
from typing import TypedDict, Unpack

from django.core.management import BaseCommand, CommandError
from typing_extensions import override

from oauth_ext.clients import services as clients
from oauth_ext.errors import InvalidClientMetadata

DAY = 86400


class Options(TypedDict):
    """The command's options."""

    client_id: str
    expires_in: int
    json: bool


class Command(BaseCommand):
    """Gives a client another secret."""

    help = "Gives a client another secret and shows it this once; the one before goes on working for a while."

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("client_id", metavar="CLIENT_ID")
        parser.add_argument(
            "--expires-in",
            metavar="SECONDS",
            type=_seconds,
            default=DAY,
            help="how long the secret before still works; default: a day, 0 ends it now",
        )
        parser.add_argument("--json", action="store_true", help="answer in JSON")

    @override
    def handle(self, *_arguments: str, **options: Unpack[Options]) -> None:
        client = clients.registered(options["client_id"])
        if client is None:
            raise CommandError(f"There is no client {options['client_id']}")
        try:
            secret = clients.add_secret(client, overlap=timedelta(seconds=options["expires_in"]))
        except InvalidClientMetadata as error:
            raise CommandError(" ".join(sentence for _, sentence in error.problems)) from None
        if options["json"]:
            self.stdout.write(json.dumps({"client_id": client.client_id, "client_secret": secret}))
        else:
            self.stdout.write(f"Its new secret, shown this once: {secret}")


def _seconds(text: str) -> int:
    if not text.isdecimal() or int(text[:10]) > 366 * DAY:
        raise ArgumentTypeError("not a number of seconds up to a year")
    return int(text)
