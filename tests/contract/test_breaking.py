"""What breaks those who use the schema of the last release is said in the changelog."""

import json
import re
from pathlib import Path

import pytest

from tests.interop import packages
from tests.stack.gatehouse import ROOT

# As the last release had it; before the first, as it was first shown. `cp schema.graphql` with each release.
RELEASED = ROOT / "tests" / "contract" / "released.graphql"
UNRELEASED = re.compile(r"^## \[Unreleased\].*?^### Breaking\n(?P<breaking>.*?)^##", re.MULTILINE | re.DOTALL)


def breaking(old: Path, new: Path) -> dict[str, str]:
    """What is broken, by the type and field it is about."""
    changes = json.loads(packages.run("breaking.mjs", str(old), str(new)))
    return {".".join(change["path"].split(".")[:2]): change["message"] for change in changes}


def test_what_breaks_is_in_the_changelog():
    told = UNRELEASED.search((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert told
    broken = breaking(RELEASED, ROOT / "schema.graphql")
    assert not {path: message for path, message in broken.items() if path not in told["breaking"]}


@pytest.mark.parametrize(
    ("released", "now", "path"),
    [
        ("  kid: String!", "  name: String!", "SigningKey.kid"),
        ("  kid: String!", "  kid: String", "SigningKey.kid"),
        ("  SIGNED_IN_AGAIN\n", "  SIGNED_IN_TWICE\n", "AuditEventKind.SIGNED_IN_AGAIN"),
        ("  me: User @authenticated", '  me: User @requiresScopes(scopes: [["openid"]])', "Query.me"),
        ("  me: User @authenticated", "  me: User", "Query.me"),
        ('[["email"], ["users:read"]]', '[["email"]]', "User.email"),
        ('"OWNER", unless: "users:read"', '"OWNER", unless: "users:write"', "User.email"),
        ("maxAge: 300", "maxAge: 60", "Mutation.signOutEverywhere"),
    ],
)
def test_a_change_that_breaks_is_found(tmp_path: Path, released: str, now: str, path: str):
    sdl = (ROOT / "schema.graphql").read_text()
    assert released in sdl
    (tmp_path / "new.graphql").write_text(sdl.replace(released, now))
    assert path in breaking(ROOT / "schema.graphql", tmp_path / "new.graphql")


@pytest.mark.parametrize(
    ("released", "now"),
    [
        ("type SigningKey {\n", 'type SigningKey {\n  """New."""\n  x: Int @access(rule: "PARENT")\n\n'),
        ("  SIGNED_IN_AGAIN\n", '  SIGNED_IN_AGAIN\n\n  """New."""\n  SIGNED_IN_ELSEWHERE\n'),
    ],
)
def test_what_only_adds_is_none(tmp_path: Path, released: str, now: str):
    sdl = (ROOT / "schema.graphql").read_text()
    assert released in sdl
    (tmp_path / "new.graphql").write_text(sdl.replace(released, now, 1))
    assert breaking(ROOT / "schema.graphql", tmp_path / "new.graphql") == {}
