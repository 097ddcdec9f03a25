"""`manage.py graphql_reference`."""

from argparse import ArgumentParser

from django.core.management import BaseCommand, CommandError
from typing_extensions import override

from graph.reference.examples import BadExample
from graph.reference.pages import stale
from idp.service_urls import BASE_DIR


class Command(BaseCommand):
    """Writes the reference of the schema."""

    help = "Writes docs/reference from the schema and from docs/reference/examples."
    requires_system_checks = ()

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail if a page is stale")

    @override
    def handle(self, *_arguments: str, check: bool, **_options: object) -> None:
        try:
            pages = stale(BASE_DIR / "docs" / "reference")
        except BadExample as bad:
            raise CommandError(str(bad)) from bad
        for file, text in pages.items():
            name = file.relative_to(BASE_DIR)
            if check:
                raise CommandError(f"{name} is stale: run manage.py graphql_reference")
            file.write_text(text, encoding="utf-8")
            self.stdout.write(f"Wrote {name}")
