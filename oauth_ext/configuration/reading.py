"""A file as what is wanted, section by section; None is a section that the file doesn't have."""

from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from oauth_ext.configuration import clients, document, paths, providers, resources, roles
from oauth_ext.configuration.clients import ClientWanted
from oauth_ext.configuration.entries import Entry
from oauth_ext.configuration.errors import Problems
from oauth_ext.configuration.providers import ProviderWanted
from oauth_ext.configuration.roles import RoleWanted

T = TypeVar("T")
SECTIONS: Final = (roles.SECTION, resources.SECTION, clients.SECTION, providers.SECTION)


class Wanted(NamedTuple):
    """What the file says, entry by name."""

    roles: dict[str, RoleWanted] | None
    resources: dict[str, str] | None
    clients: dict[str, ClientWanted] | None
    providers: dict[str, ProviderWanted] | None


def read(data: bytes, folder: Path, problems: Problems) -> Wanted:
    """Return what a file wants, and note what is wrong with it; files that it names are looked for from `folder`.

    Other people's servers may be asked (`sector_identifier_uri`), so this isn't for a transaction. Raises
    `ConfigurationError` for what is no YAML.
    """
    sections = document.parse(data, problems)
    for name in sections:
        if name not in SECTIONS:
            problems.add(paths.shown(name), f"It is unknown; there are {', '.join(SECTIONS)}.")

    def section(name: str, read_entry: Callable[[str, Entry], T]) -> dict[str, T] | None:
        if name not in sections:
            return None
        value = sections[name]
        if not isinstance(value, dict):
            problems.add(name, "It must be a mapping; {} is none.")
            return None
        entries = {key: Entry(member, paths.entry(name, key), problems) for key, member in value.items()}
        return {key: read_entry(key, entry) for key, entry in entries.items() if isinstance(value[key], dict)}

    return Wanted(
        section(roles.SECTION, lambda name, entry: roles.read(name, entry, problems)),
        section(resources.SECTION, lambda uri, entry: resources.read(uri, entry, problems)),
        section(clients.SECTION, lambda client_id, entry: clients.read(client_id, entry, folder, problems)),
        section(providers.SECTION, lambda name, entry: providers.read(name, entry, folder, problems)),
    )
