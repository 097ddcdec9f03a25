"""The section `clients`: those that the operator registers, by `client_id`. Who registered itself isn't the file's."""

from pathlib import Path
from typing import Final, NamedTuple

from oauth_ext.clients import services as clients
from oauth_ext.clients.models import SECRET_METHODS, Application
from oauth_ext.clients.services import ClientSpec
from oauth_ext.clients.spec import judge
from oauth_ext.configuration import client_fields, secret_references
from oauth_ext.configuration.entries import Entry
from oauth_ext.configuration.errors import Problems
from oauth_ext.errors import InvalidClientMetadata

SECTION: Final = "clients"


class ClientWanted(NamedTuple):
    """A client as the file has it, its secret fetched, its sector settled."""

    spec: ClientSpec
    enabled: bool
    secret: str | None
    sector: str


def read(client_id: str, entry: Entry, folder: Path, problems: Problems) -> ClientWanted:
    """Return a client, and note all that is wrong with it, as the API's mutations would.

    Where its sector has to be settled anew, and is another's word, that is fetched: not in a transaction.
    """
    given, enabled = client_fields.take(entry), entry.flag("enabled")
    secret = secret_references.fetch(entry, folder, problems)
    entry.end(secret_references.LITERALS)
    row = clients.registered(client_id)
    if row is not None and row.describes_itself:
        problems.add(entry.path, "It registered itself: what it is isn't said here.")
    spec = client_fields.spec_of(client_id, given)
    if client_fields.DECIDING & entry.misshapen:
        return ClientWanted(spec, enabled is not False, secret, "")
    _judge_secret(row, spec, secret, entry, problems)
    sector = "" if _judge(spec, entry, problems) else _sector(row, spec, entry, problems)
    return ClientWanted(spec, enabled is not False, secret, sector)


def write() -> dict[str, Application]:
    """Return the clients that the file would have, by `client_id`."""
    rows = Application.objects.filter(registration_source=Application.RegistrationSource.MANUAL)
    return {row.client_id: row for row in sorted(rows, key=lambda row: row.client_id)}


def _judge_secret(
    row: Application | None, spec: ClientSpec, secret: str | None, entry: Entry, problems: Problems
) -> None:
    has_one = row is not None and row.token_endpoint_auth_method in SECRET_METHODS
    needs_one = spec.token_endpoint_auth_method in SECRET_METHODS
    if secret is not None and not needs_one:
        problems.add(entry.place("secret"), f"{spec.token_endpoint_auth_method} has none.")
    elif secret is None and needs_one and not has_one and "secret" not in entry.misshapen:
        problems.add(entry.place("secret"), "It needs one: write secret: {env: NAME} or secret: {file: PATH}.")


def _judge(spec: ClientSpec, entry: Entry, problems: Problems) -> bool:
    """Note what the service says of a registration; return whether it says anything."""
    found = judge(spec)
    for field, sentence, at in found:
        if field not in entry.misshapen:
            problems.add(entry.path if field == "client_id" else entry.place(field, at), sentence)
    return bool(found)


def _sector(row: Application | None, spec: ClientSpec, entry: Entry, problems: Problems) -> str:
    settled = ("subject_type", "sector_identifier_uri", "redirect_uris")
    if row is not None and all(getattr(row, name) == getattr(spec, name) for name in settled):
        return row.sector_identifier
    try:
        return clients.settle_sector(spec)
    except InvalidClientMetadata as error:
        for field, sentence in error.problems:
            problems.add(entry.place(field), sentence)
        return ""
