"""The section `resources`: resource servers by their URI (RFC 8707), and which client each of them is."""

from collections.abc import Callable, Mapping
from functools import partial

from oauth_ext.clients import services as clients
from oauth_ext.configuration import paths
from oauth_ext.configuration.changes import Change, Difference, Kind, Overtaken
from oauth_ext.configuration.entries import Entry
from oauth_ext.configuration.errors import Problems
from oauth_ext.families import services as families
from oauth_ext.resources import services as resources
from oauth_ext.resources.models import Resource

SECTION = "resources"


def read(uri: str, entry: Entry, problems: Problems) -> str:
    """Return the `client_id` of a resource's owner, empty where it is wrong, which is noted."""
    if not resources.is_well_formed(uri) or resources.is_ours(uri):
        problems.add(entry.path, "It is no absolute URI without a fragment, or our own API.")
    if "owner" not in entry:
        problems.add(entry.place("owner"), "It is missing: the client whose resource it is.")
    owner = entry.text("owner")
    entry.end()
    return owner or ""


def compare(wanted: Mapping[str, str]) -> list[Change]:
    """Return what is to be made and changed."""
    there = {row.uri: _owner(row) for row in Resource.objects.select_related("owner")}
    changes = []
    for uri, owner in wanted.items():
        if uri not in there or there[uri] != owner:
            act = _hand_over(uri, owner) if uri in there else _register(uri, owner)
            kind = Kind.CHANGE if uri in there else Kind.CREATE
            differences = [Difference("owner", there.get(uri), owner)]
            changes.append(Change(kind, paths.entry(SECTION, uri), act, differences))
    return changes


def surplus(wanted: Mapping[str, str], problems: Problems) -> list[Change]:
    """Return what is to be removed; one for which there are grants of people is a problem: they would go on."""
    granted = families.granted_resources()
    changes = []
    for row in resources.owned().exclude(uri__in=wanted).order_by("uri"):
        path = paths.entry(SECTION, row.uri)
        if row.uri in granted:
            problems.add(path, "It can't be removed: there are grants for it that have not ended.")
        changes.append(Change(Kind.REMOVE, path, partial(resources.remove, row.uri)))
    return changes


def write() -> dict[str, dict[str, object]]:
    """Return all resources as the file would have them."""
    return {row.uri: {"owner": _owner(row)} for row in sorted(resources.owned(), key=lambda row: row.uri)}


def _owner(row: Resource) -> str | None:
    return row.owner.client_id if row.owner else None


def _register(uri: str, owner: str) -> Callable[[], None]:
    def act() -> None:
        resources.register(uri, _pk(owner))

    return act


def _hand_over(uri: str, owner: str) -> Callable[[], None]:
    return lambda: resources.hand_over(uri, _pk(owner))


def _pk(client_id: str) -> int:
    client = clients.registered(client_id)
    if client is None:
        raise Overtaken
    return client.pk
