"""The threat model names tests that there are: a threat whose test was renamed or deleted shows."""

import ast
import re

import pytest

from tests.stack.gatehouse import ROOT

PAGE = ROOT / "docs" / "threat-model.md"
ROOMS = {"": "oauth_ext", "attack": "attack", "idp": "idp", "graph": "graph", "e2e": "e2e"}
NAME = re.compile(r"`(?:(?:(?P<room>\w+):)?(?P<file>[\w/]+\.py))?::(?P<test>test_\w+)`")


def named() -> list[tuple[str, str]]:
    """File and name of each test; one without a file is of the file before it."""
    found, path = [], ""
    for match in NAME.finditer(PAGE.read_text()):
        if match["file"]:
            path = f"tests/{ROOMS[match['room'] or '']}/{match['file']}"
        found.append((path, match["test"]))
    return found


@pytest.mark.parametrize(("path", "test"), named())
def test_each_threat_has_its_test(path: str, test: str):
    functions = {
        node.name for node in ast.walk(ast.parse((ROOT / path).read_text())) if isinstance(node, ast.FunctionDef)
    }
    assert test in functions


def test_every_row_names_one():
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| ") and "is stopped by" not in line]
    assert len(rows) > 20
    assert [row for row in rows if not NAME.search(row)] == []
