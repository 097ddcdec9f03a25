"""`manage.py seed_demo_users`."""

from argparse import ArgumentParser

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from typing_extensions import override

from idp.users.demo import DEMO_PASSWORDS, seed


class Command(BaseCommand):
    """Adds the demonstration users."""

    help = "Adds admin/adminpass and alice/alicepass, if they are missing. Their passwords are public."

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--force", action="store_true", help="even outside DEBUG, where strangers may come in by them"
        )

    @override
    def handle(self, *_arguments: str, force: bool, **_options: object) -> None:
        if not (settings.DEBUG or force):
            raise CommandError("these passwords are public: outside DEBUG say --force if you mean it")
        created = seed()
        for name in created:
            self.stdout.write(f"Created {name} with the password {DEMO_PASSWORDS[name]}")
        if not created:
            self.stdout.write("The demonstration users are there already")
