"""`manage.py settings_reference`."""

from argparse import ArgumentParser

from django.core.management import BaseCommand, CommandError
from typing_extensions import override

from idp.env import SETTINGS
from idp.ratelimit.limits import LIMITS
from idp.reference import env_example, markdown, with_limits
from idp.service_urls import BASE_DIR


class Command(BaseCommand):
    """Writes the reference of all settings, and of all limits."""

    help = "Writes docs/settings.md, .env.example and the table in docs/guides/rate-limits.md from their declarations."
    requires_system_checks = ()

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail if they are stale")

    @override
    def handle(self, *_arguments: str, check: bool, **_options: object) -> None:
        guide = "docs/guides/rate-limits.md"
        written = {
            "docs/settings.md": markdown(SETTINGS),
            ".env.example": env_example(SETTINGS),
            guide: with_limits((BASE_DIR / guide).read_text(), LIMITS),
        }
        for name, text in written.items():
            file = BASE_DIR / name
            if file.exists() and file.read_text() == text:
                continue
            if check:
                raise CommandError(f"{name} is stale: run manage.py settings_reference")
            file.write_text(text)
            self.stdout.write(f"Wrote {name}")
