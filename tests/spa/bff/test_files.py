"""The built application as browsers get it."""

import re

import pytest

from tests.stack.site import Site, Visitor


@pytest.fixture
def script(site: Site, visitor: Visitor) -> str:
    (path,) = re.findall(r'src="(/assets/[^"]+\.js)"', visitor.get(site.url).text)
    return f"{site.bff.address}{path}"


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("BR", "br"),
        ("identity", None),
        ("gzip; q=0", None),
        ("", None),
    ],
)
def test_files_come_in_the_smallest_coding_that_is_accepted(visitor: Visitor, script: str, accepted, coding):
    with visitor.stream("GET", script, headers={"Accept-Encoding": accepted}) as answer:
        body = b"".join(answer.iter_raw())
    assert answer.status_code == 200
    assert answer.headers.get("Content-Encoding") == coding
    assert int(answer.headers["Content-Length"]) == len(body)
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_all_codings_hold_the_same(visitor: Visitor, script: str):
    plain, packed = (visitor.get(script, headers={"Accept-Encoding": coding}) for coding in ("identity", "gzip"))
    assert plain.content == packed.content  # httpx unpacks
    assert plain.headers["ETag"] != packed.headers["ETag"]


def test_what_is_not_there_is_404_in_any_coding(site: Site, visitor: Visitor):
    for coding in ("br", "identity"):
        for path in ("index.js", "../index.html", "%00", "x" * 300, "index.js.br"):
            answer = visitor.get(f"{site.bff.address}/assets/{path}", headers={"Accept-Encoding": coding})
            assert answer.status_code == 404
            assert "immutable" not in answer.headers.get("Cache-Control", "")
