"""What there is, as the file that `apply` takes: the same rows are always the same text, and no secret is in it."""

from collections.abc import Mapping
from textwrap import indent
from typing import Final

import yaml

from oauth_ext.clients.models import SECRET_METHODS, Application
from oauth_ext.configuration import client_fields, clients, providers, resources, roles

HEAD: Final = "# What `manage.py apply` takes. Clients that registered themselves are not in it, nor are secrets.\n"
NO_SECRET: Final = "    # secret: {env: NAME}  # or {file: PATH}; without it the secret stays as it is\n"


def export() -> str:
    """Return all roles, resource servers, clients and providers as YAML, each by its name."""
    sections: list[str] = [
        _section(roles.SECTION, {name: _entry(name, role) for name, role in roles.write().items()}),
        _section(resources.SECTION, {uri: _entry(uri, row) for uri, row in resources.write().items()}),
        _section(clients.SECTION, {client_id: _client(row) for client_id, row in clients.write().items()}),
        _section(providers.SECTION, {name: _provider(name, *row) for name, row in providers.write().items()}),
    ]
    return HEAD + "".join(sections)


def _section(name: str, entries: Mapping[str, str]) -> str:
    return f"\n{name}:\n" + "".join(entries.values()) if entries else f"\n{name}: {{}}\n"


def _client(row: Application) -> str:
    fields = dict(client_fields.written(row)) | ({} if row.is_active else {"enabled": False})
    secret = NO_SECRET if row.token_endpoint_auth_method in SECRET_METHODS else ""
    return _entry(row.client_id, fields) + secret


def _provider(name: str, fields: Mapping[str, object], has_secret: bool) -> str:  # noqa: FBT001
    return _entry(name, fields) + (NO_SECRET if has_secret else "")


def _entry(name: str, fields: Mapping[str, object]) -> str:
    return indent(yaml.safe_dump({name: dict(fields)}, sort_keys=False, allow_unicode=True, width=120), "  ")
