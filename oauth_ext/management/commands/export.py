"""`manage.py export`."""

import sys
from io import TextIOWrapper

from django.core.management import BaseCommand
from typing_extensions import override

from oauth_ext.configuration import services


class Command(BaseCommand):
    """Prints what `apply` takes."""

    help = "Prints all roles, resource servers, clients and providers as the YAML that `apply` takes, without secrets."

    @override
    def handle(self, *_arguments: str, **_options: object) -> None:
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")  # YAML is, wherever it is printed
        self.stdout.write(services.export(), ending="")
