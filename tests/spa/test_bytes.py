"""How much a first visit to the browser client loads, against the budgets of `spa/budgets.json`."""

import json
import re

import pytest

from tests.stack.gatehouse import ROOT

DIST = ROOT / "spa" / "dist"
BUDGETS = json.loads((ROOT / "spa" / "budgets.json").read_text())["bytes"]
PAGE = (DIST / "index.html").read_text()
# what the page names, as the build left it for those who accept brotli
LOADED = {
    "script": re.findall(r'<(?:script|link rel="modulepreload")[^>]* (?:src|href)="/(assets/[^"]+)"', PAGE),
    "style": re.findall(r'<link rel="stylesheet"[^>]* href="/(assets/[^"]+)"', PAGE),
}


@pytest.mark.parametrize("kind", LOADED)
def test_a_first_visit_stays_within_its_budget(kind: str):
    size = sum((DIST / f"{name}.br").stat().st_size for name in LOADED[kind])
    assert 0.9 * BUDGETS[kind] < size <= BUDGETS[kind], f"{size} bytes; a budget that is far off guards nothing"


def test_the_page_itself_is_small():
    assert len(PAGE.encode()) <= BUDGETS["page"]


def test_everything_that_is_loaded_comes_from_here():
    named = re.findall(r'(?:src|href)="([^"]+)"', PAGE)
    assert named
    assert all(name.startswith("/") and not name.startswith("//") for name in named)
