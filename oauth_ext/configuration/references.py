"""What one section says of another: owners of resources, clients' default resources, roles that providers give."""

from collections.abc import Iterator
from typing import NamedTuple

from idp.providers.models import IdentityProvider
from idp.users.models import Role
from oauth_ext.clients.models import Application
from oauth_ext.configuration import clients, paths, providers, resources
from oauth_ext.configuration.client_changes import unmentioned
from oauth_ext.configuration.errors import Problems
from oauth_ext.configuration.reading import Wanted
from oauth_ext.resources.models import Resource
from oauth_ext.resources.services import is_ours


class Then(NamedTuple):
    """A client as it will be when the file is applied."""

    public: bool
    default_resources: list[str]


def judge(wanted: Wanted, problems: Problems, *, prune: bool) -> None:
    """Note each name of a client, resource or role that there will be no more, or that can't stand where it stands."""
    _judge_roles(wanted, problems, prune=prune)
    there = dict(_clients(wanted, prune=prune))
    for uri, owner in (wanted.resources or {}).items():
        path = paths.field(paths.entry(resources.SECTION, uri), "owner")
        if owner and owner not in there:
            problems.add(path, f"There is no client {paths.shown(owner)}, or it is switched off.")
        elif owner and there[owner].public:
            problems.add(path, "It is a public client; only a confidential one can prove to be a resource's server.")
    registered = set(Resource.objects.values_list("uri", flat=True))
    known = set(wanted.resources or ()) | (set() if prune and wanted.resources is not None else registered)
    for client_id, client in there.items():
        path = paths.field(paths.entry(clients.SECTION, client_id), "default_resources")
        judged = client_id in (wanted.clients or {})
        for at, uri in enumerate(client.default_resources):
            # what is wrong already with a client that the file doesn't have is not the file's fault
            if uri not in known and not is_ours(uri) and (judged or uri in registered):
                problems.add(paths.entry(path, at), f"There is no resource {paths.shown(uri)}, or it is removed.")


def _judge_roles(wanted: Wanted, problems: Problems, *, prune: bool) -> None:
    known = set(wanted.roles or ())
    if not prune or wanted.roles is None:
        known |= set(Role.objects.values_list("name", flat=True))
    for name, want in (wanted.providers or {}).items():
        path = paths.field(paths.entry(providers.SECTION, name), "roles")
        for at, rule in enumerate(want.spec.role_rules):
            if rule["role"] not in known:
                problems.add(paths.entry(path, at), f"There is no role {paths.shown(rule['role'])}, or it is removed.")
    issuers = [want.spec.issuer for want in (wanted.providers or {}).values()]
    for name, want in (wanted.providers or {}).items():
        others = IdentityProvider.objects.exclude(name__in=wanted.providers or ()).filter(issuer=want.spec.issuer)
        if want.spec.issuer and (issuers.count(want.spec.issuer) > 1 or others.exists()):
            path = paths.field(paths.entry(providers.SECTION, name), "issuer")
            problems.add(path, "Another provider has it; who is known there is known by issuer and subject.")


def _clients(wanted: Wanted, *, prune: bool) -> Iterator[tuple[str, Then]]:
    """Yield all clients that will be switched on, by `client_id`; those of the file last, for they count."""
    rows = Application.objects.filter(is_active=True)
    if prune and wanted.clients is not None:
        rows = rows.exclude(pk__in=unmentioned(wanted.clients))
    for row in rows.only("client_id", "client_type", "default_resources"):
        yield row.client_id, Then(row.is_public, row.default_resources)
    for client_id, want in (wanted.clients or {}).items():
        yield client_id, Then(want.spec.client_type == Application.CLIENT_PUBLIC, want.spec.default_resources)
