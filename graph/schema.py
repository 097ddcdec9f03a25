"""The schema: assembled by one function that wraps every resolver with its declaration.

`schema.graphql` is printed from here: `manage.py export_schema graph.schema --path schema.graphql`.
"""

import re
from collections.abc import Iterable
from typing import Final, Protocol

import strawberry
from django.core.exceptions import ImproperlyConfigured
from graphql import GraphQLField, GraphQLNonNull, GraphQLObjectType, get_named_type
from strawberry.federation import Schema
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

from graph import leaves
from graph.access import LIMIT_KEY, METADATA_KEY, Access
from graph.account.emails import EMAILS, LONGEST
from graph.account.everybody import EverybodyQueries
from graph.account.identity import IDENTITIES
from graph.account.identity import LONGEST as MOST_IDENTITIES
from graph.account.mutations import AccountMutations
from graph.account.queries import AccountQueries
from graph.account.types import User
from graph.clients.mutations import ClientMutations
from graph.clients.queries import ClientQueries
from graph.clients.usage import DAYS, MAX_DAYS, USAGE
from graph.connections import ENTITIES, MAX_PAGE, PAGE
from graph.counting import count_call
from graph.errors import Code, GraphError
from graph.federation import FederationQueries
from graph.keys.mutations import KeyMutations
from graph.keys.queries import KeyQueries
from graph.limits import Listed
from graph.nodes import NodeQueries
from graph.providers.queries import ProviderQueries
from graph.revocations.queries import RevocationQueries
from graph.roles.mutations import RoleMutations
from graph.roles.types import Role
from graph.tokens.preview import TokenPreviewQueries
from graph.tokens.queries import TokenQueries
from graph.trail.queries import TrailQueries
from graph.users.mutations import UserMutations
from graph.users.queries import UserQueries
from graph.viewer import Context
from idp.ratelimit.limits import Limit


class ResolveInfo(Protocol):
    """What is needed here of graphql-core's `GraphQLResolveInfo`."""

    context: Context


@strawberry.type(description="What can be asked.")
class Query(
    AccountQueries,
    EverybodyQueries,
    TokenQueries,
    TokenPreviewQueries,
    UserQueries,
    ClientQueries,
    KeyQueries,
    ProviderQueries,
    TrailQueries,
    RevocationQueries,
    NodeQueries,
    FederationQueries,
):
    """Each room gives its part."""


@strawberry.type(description="What can be done.")
class Mutation(AccountMutations, UserMutations, RoleMutations, ClientMutations, KeyMutations):
    """Each room gives its part."""


DATE: Final = re.compile(r"\b20\d\d-\d\d-\d\d\b")
FEDERATION_VERSION: Final = "2.5"  # the first with @authenticated and @requiresScopes


def assemble(query: type, mutation: type | None = None, types: Iterable[type] = ()) -> Schema:
    """Return the schema with every resolver wrapped.

    Raises `ImproperlyConfigured` for a field that doesn't declare who may read it, a mutation without a limit, and what
    is deprecated without the date on which it goes.
    """
    schema = Schema(query=query, mutation=mutation, types=types, federation_version=FEDERATION_VERSION)
    for type_ in schema._schema.type_map.values():
        if isinstance(type_, GraphQLObjectType) and not type_.name.startswith("__"):
            for name, field in type_.fields.items():
                _require_date(f"{type_.name}.{name}", field.deprecation_reason)
                access, limit = _declared(f"{type_.name}.{name}", field), _metadata(field, LIMIT_KEY)
                if type_ is schema._schema.mutation_type and not isinstance(limit, Limit):
                    raise ImproperlyConfigured(f"{type_.name}.{name} doesn't say how often: declare its limit.")
                _guard(name, field, access, limit if isinstance(limit, Limit) else None)
    return schema


def alone(schema: Schema) -> frozenset[str]:
    """Return the names of the mutations that must be the only one of their operation."""
    mutation = schema._schema.mutation_type
    fields = mutation.fields if mutation else {}
    return frozenset(name for name, field in fields.items() if _declared(name, field).alone)


def lists(schema: Schema) -> dict[str, Listed]:
    """Return the fields that give many rows, each with how many: connections and feeds.

    `_entities` is alike, as long as the longest page; so are a person's e-mail addresses and identities, which are few,
    and the days of a client's usage.
    """
    types = (type_ for type_ in schema._schema.type_map.values() if isinstance(type_, GraphQLObjectType))
    named = [(name, get_named_type(field.type).name) for type_ in types for name, field in type_.fields.items()]
    paged = {name: Listed(PAGE) for name, type_name in named if type_name.endswith("Connection")}
    fed = {name: Listed(MAX_PAGE) for name, type_name in named if type_name.endswith("Feed")}
    whole = {ENTITIES: MAX_PAGE, EMAILS: LONGEST, IDENTITIES: MOST_IDENTITIES}
    usage = Listed(DAYS, argument="days", most=MAX_DAYS, nested=True)
    return paged | fed | {name: Listed(longest) for name, longest in whole.items()} | {USAGE: usage}


def access_of(field: GraphQLField) -> Access:
    """Return the declaration of a field of the schema."""
    return _declared("a field", field)


def _metadata(field: GraphQLField, key: str) -> object:
    definition = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    return definition.metadata.get(key) if isinstance(definition, StrawberryField) else None


def _declared(name: str, field: GraphQLField) -> Access:
    access = _metadata(field, METADATA_KEY)
    if not isinstance(access, Access):
        raise ImproperlyConfigured(f"{name} doesn't say who may read it: declare it with graph.access.")
    if access.may_withhold and isinstance(field.type, GraphQLNonNull):
        raise ImproperlyConfigured(f"{name} may be withheld, so it must be nullable.")
    return access


def _require_date(name: str, deprecation_reason: str | None) -> None:
    if deprecation_reason and not DATE.search(deprecation_reason):
        raise ImproperlyConfigured(
            f"{name} is deprecated but doesn't say when it goes: name the day, as in 2027-01-31."
        )


def _guard(name: str, field: GraphQLField, access: Access, limit: Limit | None) -> None:
    resolve = field.resolve
    assert resolve is not None, "Strawberry gives each field a resolver"  # noqa: S101
    allows = access.allows if access.checks else None

    def guarded(source: object, info: ResolveInfo, **arguments: object) -> object:
        if info.context.is_late:
            raise GraphError(Code.TIMEOUT, "This took too long; ask for less at once.")
        if allows is not None and not allows(info.context, source):
            return None
        if limit is not None:
            count_call(limit, name, info.context)
        return resolve(source, info, **arguments)

    field.resolve = guarded
    if limit is None and (attribute := _attribute(field)):
        leaves.declare(field, attribute, allows)


def _attribute(field: GraphQLField) -> str | None:
    """Return the name of the attribute that the field is, where it is no more than one."""
    definition = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    if type(definition) is StrawberryField and definition.is_basic_field:
        return definition.python_name
    return None


schema = assemble(Query, Mutation, [User, Role])
ALONE: Final = alone(schema)
LISTS: Final = lists(schema)
