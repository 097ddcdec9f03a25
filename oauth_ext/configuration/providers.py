"""The section `providers`: other identity providers by which people may sign in, by name."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from idp.ops import outbound
from idp.providers import client_authentication, registry
from idp.providers.models import AuthMethod, IdentityProvider
from idp.providers.registry import DEFAULT_SCOPES, SECRET_METHODS, ProviderSpec
from idp.providers.rules import Rule
from idp.users import services as users
from oauth_ext.configuration import paths, secret_references
from oauth_ext.configuration.changes import Change, Difference, Kind, Overtaken
from oauth_ext.configuration.entries import Entry
from oauth_ext.configuration.errors import Problems

SECTION: Final = "providers"
# The file's names, and the columns
FIELDS: Final = {
    "display_name": "display_name",
    "issuer": "issuer",
    "client_id": "client_id",
    "token_endpoint_auth_method": "auth_method",
    "scopes": "scopes",
    "sign_up": "sign_up",
    "roles": "role_rules",
    "trusts_acr": "trusts_acr",
    "enabled": "is_active",
}
NAMES: Final = {column: name for name, column in FIELDS.items()}
MISSING: Final = "It is missing."
ANOTHER_SECRET: Final = "it gets another secret"
SWITCHED_OFF: Final = "it is switched off; who is linked with it is so again when it is switched on"


class ProviderWanted(NamedTuple):
    """A provider as the file has it, its secret fetched."""

    spec: ProviderSpec
    secret: str | None


def read(name: str, entry: Entry, folder: Path, problems: Problems) -> ProviderWanted:
    """Return a provider, and note all that is wrong with it."""
    if not users.is_role_name(name):
        problems.add(entry.path, "Its name must be up to 64 letters, digits, hyphens and underscores.")
    spec = ProviderSpec(
        display_name=_text(entry, "display_name", 100, problems),
        issuer=_text(entry, "issuer", 500, problems),
        client_id=_text(entry, "client_id", 255, problems),
        auth_method=entry.text("token_endpoint_auth_method") or AuthMethod.CLIENT_SECRET_BASIC.value,
        scopes=_scopes(entry, problems),
        sign_up=entry.flag("sign_up") or False,
        role_rules=_rules(entry, problems),
        trusts_acr=entry.flag("trusts_acr") or False,
        is_active=entry.flag("enabled") is not False,
    )
    secret = secret_references.fetch(entry, folder, problems)
    entry.end(secret_references.LITERALS)
    _judge(name, spec, secret, entry, problems)
    return ProviderWanted(spec, secret)


def compare(wanted: Mapping[str, ProviderWanted]) -> list[Change]:
    """Return what is to be made and changed."""
    there = {row.name: row for row in registry.everyone()}
    changes = []
    for name, want in wanted.items():
        change = _change(there[name], want) if name in there else _creation(name, want)
        if change.differences or change.note:
            changes.append(change)
    return changes


def surplus(wanted: Mapping[str, ProviderWanted]) -> list[Change]:
    """Return which are to be switched off; who is linked with them stays linked."""
    return [
        Change(Kind.REMOVE, paths.entry(SECTION, row.name), partial(registry.switch_off, row), note=SWITCHED_OFF)
        for row in registry.everyone().filter(is_active=True).exclude(name__in=wanted)
    ]


def write() -> dict[str, tuple[dict[str, object], bool]]:
    """Return all providers as the file would have them, and whether each has a secret, which isn't told."""
    return {row.name: (_written(row), row.auth_method in SECRET_METHODS) for row in registry.everyone()}


def _written(row: IdentityProvider | ProviderSpec) -> dict[str, object]:
    """Return the fields that don't say the usual."""
    usual = registry.columns(ProviderSpec("", "", ""))
    return {NAMES[name]: value for name, value in registry.columns(row).items() if value != usual[name]}


def _text(entry: Entry, name: str, longest: int, problems: Problems) -> str:
    text = entry.text(name)
    if text is None:
        if name not in entry.misshapen:
            problems.add(entry.place(name), MISSING)
        return ""
    if not 1 <= len(text) <= longest or not text.isprintable():
        problems.add(entry.place(name), f"It must be 1 to {longest} printable characters.")
    return text


def _scopes(entry: Entry, problems: Problems) -> list[str]:
    scopes = entry.texts("scopes")
    if scopes is None:
        return list(DEFAULT_SCOPES)
    if "openid" not in scopes or any(not scope.isprintable() or not scope or " " in scope for scope in scopes):
        problems.add(entry.place("scopes"), "It must hold openid, and no spaces.")
    return scopes


def _rules(entry: Entry, problems: Problems) -> list[Rule]:
    """Return the rules of `roles`, each a mapping of three strings."""
    rules: list[Rule] = []
    for rule in entry.entries("roles"):
        claim, value, role = (rule.text(name) for name in ("claim", "value", "role"))
        rule.end()
        if claim and value and role:
            rules.append(Rule(claim=claim, value=value, role=role))
        elif not rule.misshapen:
            problems.add(rule.path, "It must have claim, value and role.")
    return rules


def _judge(name: str, spec: ProviderSpec, secret: str | None, entry: Entry, problems: Problems) -> None:
    if spec.issuer and ((problem := outbound.problem(spec.issuer)) or "?" in spec.issuer):
        problems.add(entry.place("issuer"), problem or "It has a query.")
    if spec.auth_method not in AuthMethod.values:
        problems.add(entry.place("token_endpoint_auth_method"), f"It must be one of {', '.join(AuthMethod.values)}.")
    row = registry.everyone().filter(name=name).first() if users.is_role_name(name) else None
    has_one = row is not None and row.secret != ""
    needs_one = spec.auth_method in SECRET_METHODS
    if secret is not None and not needs_one:
        problems.add(entry.place("secret"), f"{spec.auth_method} has none.")
    elif secret is None and needs_one and not has_one and "secret" not in entry.misshapen:
        problems.add(entry.place("secret"), "It needs one: write secret: {env: NAME} or secret: {file: PATH}.")


def _creation(name: str, want: ProviderWanted) -> Change:
    differences = [Difference(field, None, value) for field, value in _written(want.spec).items()]
    act = partial(registry.create, name, want.spec, secret=want.secret)
    return Change(Kind.CREATE, paths.entry(SECTION, name), _ignoring(act), differences)


def _change(row: IdentityProvider, want: ProviderWanted) -> Change:
    old, new = registry.columns(row), registry.columns(want.spec)
    differences = [Difference(NAMES[name], old[name], new[name]) for name in new if old[name] != new[name]]
    another = want.secret is not None and not client_authentication.has_secret(row, want.secret)
    notes = {SWITCHED_OFF: row.is_active and not want.spec.is_active, ANOTHER_SECRET: another}

    def act() -> None:
        if not registry.change(row, want.spec, secret=want.secret if another else None):
            raise Overtaken

    note = "; ".join(note for note, holds in notes.items() if holds)
    return Change(Kind.CHANGE, paths.entry(SECTION, row.name), act, differences, note)


def _ignoring(act: Callable[[], object]) -> Callable[[], None]:
    def without_answer() -> None:
        act()

    return without_answer
