"""`manage.py reencrypt`."""

from django.core.management import BaseCommand, CommandError
from typing_extensions import override

from idp.ops import keyring, sealed_columns
from oauth_ext.clients import secrets


class Command(BaseCommand):
    """Seals everything under the newest of `ENCRYPTION_KEYS`, so that the others can go."""

    help = (
        "Seals everything at rest under the first of ENCRYPTION_KEYS, beside a running deployment, and says what still "
        "needs one of the others."
    )

    @override
    def handle(self, *_arguments: str, **_options: object) -> None:
        broken = 0
        for done in sealed_columns.reseal():
            name = f"{done.column.model._meta.verbose_name_plural}, {done.column.column}"
            self.stdout.write(f"{name}: {done.rows} sealed anew")
            broken += done.broken
        for client_id in secrets.clients_under_other_keys(keyring.key_ids()[0]):
            self.stdout.write(
                f"The client {client_id} has a secret under an older key, which a keyed hash can't be changed without: "
                f"manage.py rotate_client_secret {client_id}"
            )
        if broken:
            raise CommandError(f"{broken} rows open under none of ENCRYPTION_KEYS: is one missing?")
