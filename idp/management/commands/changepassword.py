"""`manage.py changepassword USER`."""

import getpass
from argparse import ArgumentParser

from django.core.management import BaseCommand, CommandError
from typing_extensions import override

from idp.users import passwords
from idp.users.errors import UserError
from idp.users.services import find_user, set_password


class Command(BaseCommand):
    """Sets a password, in place of Django's command, which would leave what was made under the old one."""

    help = "Sets a user's password, by the rule that holds for all, and ends every sign-in and token of theirs."

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", metavar="USER", help="a username")

    @override
    def handle(self, *_arguments: str, user: str, **_options: object) -> None:
        try:
            person = find_user(user)
            password = getpass.getpass(f"New password of {person.username}: ")
            passwords.check(password, about=passwords.about_user(person))
        except UserError as error:
            raise CommandError(str(error)) from None
        if getpass.getpass("Again: ") != password:
            raise CommandError("these are two passwords; nothing was changed")
        set_password(person, password)
        self.stdout.write(f"The password of {person.username} is set; they are signed out everywhere")
