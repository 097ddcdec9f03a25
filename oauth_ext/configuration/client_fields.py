"""A client's fields in the file: RFC 7591's names, and for each the column."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from oauth_ext import scopes
from oauth_ext.clients.lifetimes import SETTINGS as LIFETIMES
from oauth_ext.clients.models import Application, AuthMethod
from oauth_ext.clients.spec import COLUMNS, UNORDERED, ClientSpec, usual_scopes
from oauth_ext.configuration.entries import Entry
from oauth_ext.registration import metadata

TEXTS: Final = {**metadata.TEXTS, "minimum_acr": "minimum_acr", "accent": "accent"}
LISTS: Final = (
    *metadata.LISTS,
    "scopes",
    "default_scopes",
    "default_resources",
    "exchange_resources",
    "response_modes",
)
FLAGS: Final = (*metadata.FLAGS, "may_impersonate", "trusted")
FIELDS: Final = {
    **TEXTS,
    **{name: name for name in (*LISTS, *FLAGS, *LIFETIMES)},
    "jwks": "jwks",
}
# What the file doesn't say, for it follows or is ours to say
IMPLIED: Final = frozenset({"client_type", "registration_source"})
NAMES: Final = {column: name for name, column in FIELDS.items()}
# By which others are judged: where one has no shape, they are not
DECIDING: Final = frozenset({"token_endpoint_auth_method", "grant_types", "scopes"})
# What an export always shows
PLAIN: Final = ("token_endpoint_auth_method", "grant_types", "scopes")


def take(entry: Entry) -> dict[str, object]:
    """Return what an entry says of a client, by column."""
    taken: dict[str, object] = {TEXTS[name]: entry.text(name) for name in TEXTS}
    taken |= {name: entry.texts(name) for name in LISTS}
    taken |= {name: entry.flag(name) for name in FLAGS}
    taken |= {name: entry.number(name) for name in LIFETIMES}
    taken["jwks"] = entry.mapping("jwks")
    return {column: value for column, value in taken.items() if value is not None}


def spec_of(client_id: str, given: Mapping[str, object]) -> ClientSpec:
    """Return the client that some columns describe: what is left out is as `create_oauth_app` has it."""
    public = given.get("token_endpoint_auth_method", AuthMethod.NONE) == AuthMethod.NONE
    client_type = Application.CLIENT_PUBLIC if public else Application.CLIENT_CONFIDENTIAL
    spec = ClientSpec(client_id, client_type=client_type, **given)  # type: ignore[arg-type]  # the shapes are judged
    if "scopes" not in given:
        spec = replace(spec, scopes=usual_scopes(spec.grant_types))
    if "default_scopes" not in given:
        spec = replace(spec, default_scopes=scopes.defaults(spec.scopes))
    return spec


def written(client: Application | ClientSpec) -> Iterator[tuple[str, object]]:
    """Yield the fields that describe a client, by their names in the file, without those that say the usual."""
    base = spec_of(client.client_id, {name: getattr(client, name) for name in PLAIN})
    for column in COLUMNS:
        value, usual = ordered(column, getattr(client, column)), ordered(column, getattr(base, column))
        if column not in IMPLIED and (column in PLAIN or value != usual):
            yield NAMES[column], value


def ordered(column: str, value: object) -> object:
    """Return a column in the one order that it has, where its order means nothing."""
    return sorted(value) if column in UNORDERED and isinstance(value, list) else value
