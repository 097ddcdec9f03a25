"""`manage.py set_role USER ROLE`."""

from argparse import ArgumentParser

from django.core.management import BaseCommand, CommandError
from typing_extensions import override

from idp.users.errors import UserError
from idp.users.services import find_user, set_role


class Command(BaseCommand):
    """Gives somebody a role."""

    help = "Gives a user a role. What they may do changes at once, everywhere."

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", metavar="USER", help="a username")
        parser.add_argument("role", metavar="ROLE", help="the name of a role")

    @override
    def handle(self, *_arguments: str, user: str, role: str, **_options: object) -> None:
        try:
            person = find_user(user)
            changed = set_role(person, role)
        except UserError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(
            f"{person.username} now has the role {role}" if changed else f"{person.username} has it already"
        )
