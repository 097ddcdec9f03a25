"""The section `roles`: their scopes and what they are for, by name."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

from idp.users import acr
from idp.users import services as users
from idp.users.errors import RoleInUse
from idp.users.models import Role
from oauth_ext import scopes
from oauth_ext.configuration import paths
from oauth_ext.configuration.changes import Change, Difference, Kind
from oauth_ext.configuration.entries import Entry
from oauth_ext.configuration.errors import Problems

SECTION = "roles"


class RoleWanted(NamedTuple):
    """A role as the file has it."""

    scopes: list[str]
    description: str
    minimum_acr: str


def read(name: str, entry: Entry, problems: Problems) -> RoleWanted:
    """Return a role, and note all that is wrong with it, as the API's mutations would."""
    if not users.is_role_name(name):
        problems.add(entry.path, "Its name must be up to 64 letters, digits, hyphens and underscores.")
    if "scopes" not in entry:
        problems.add(entry.place("scopes"), "It is missing; [] is none.")
    wanted = RoleWanted(entry.texts("scopes") or [], entry.text("description") or "", entry.text("minimum_acr") or "")
    entry.end()
    for at, scope in enumerate(wanted.scopes):
        if scopes.unfit_for_role(scope):
            problems.add(entry.place("scopes", at), f"{scope} is not known, or is everybody's.")
    if problem := users.description_problem(wanted.description):
        problems.add(entry.place("description"), problem)
    if problem := acr.minimum_problem(wanted.minimum_acr):
        problems.add(entry.place("minimum_acr"), problem)
    return wanted


def compare(wanted: Mapping[str, RoleWanted]) -> list[Change]:
    """Return what is to be made and changed."""
    there = {role.name: role for role in Role.objects.all()}
    changes = []
    for name, want in wanted.items():
        role, path = there.get(name), paths.entry(SECTION, name)
        if role is None:
            differences = [Difference("scopes", None, want.scopes), Difference("description", None, want.description)]
            changes.append(Change(Kind.CREATE, path, _create(name, want), differences))
        elif differences := _differences(role, want):
            changes.append(Change(Kind.CHANGE, path, _change(role, want), differences))
    return changes


def surplus(wanted: Mapping[str, RoleWanted], problems: Problems) -> list[Change]:
    """Return what is to be removed; a role that people have, or will get, is a problem."""
    changes = []
    for role in Role.objects.exclude(name__in=wanted).order_by("name"):
        path = paths.entry(SECTION, role.name)
        try:
            users.check_unused(role)
        except RoleInUse as error:
            problems.add(path, f"It can't be removed: {error}.")
        changes.append(Change(Kind.REMOVE, path, partial(users.remove_role, role)))
    return changes


def write() -> dict[str, dict[str, object]]:
    """Return all roles as the file would have them."""
    return {role.name: _written(role) for role in sorted(Role.objects.all(), key=lambda role: role.name)}


def _written(role: Role) -> dict[str, object]:
    texts = {"description": role.description, "minimum_acr": role.minimum_acr}
    return {name: text for name, text in texts.items() if text} | {"scopes": sorted(role.scopes)}


def _differences(role: Role, want: RoleWanted) -> list[Difference]:
    found = []
    if set(role.scopes) != set(want.scopes):
        found.append(Difference("scopes", role.scopes, want.scopes))
    if role.description != want.description:
        found.append(Difference("description", role.description, want.description))
    if role.minimum_acr != want.minimum_acr:
        found.append(Difference("minimum_acr", role.minimum_acr, want.minimum_acr))
    return found


def _create(name: str, want: RoleWanted) -> Callable[[], None]:
    def act() -> None:
        users.create_role(name, want.description, want.scopes, want.minimum_acr)

    return act


def _change(role: Role, want: RoleWanted) -> Callable[[], None]:
    return partial(users.change_role, role, **want._asdict())
