"""What a process remembers of empty buckets: for as long as they are empty, and not of everybody."""

import time

import pytest

from idp.ratelimit import known


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch):
    monkeypatch.setattr(known, "_latest", 0.0)
    monkeypatch.setattr(known, "_empty_until", {})


def test_it_remembers_for_so_long():
    assert not known.anything()
    known.remember("x", "here", 0.1)
    assert known.anything()
    assert 0 < known.wait_for("x", "here") <= 0.1
    assert known.wait_for("x", "there") <= 0
    assert known.wait_for("y", "here") <= 0
    time.sleep(0.11)
    assert known.wait_for("x", "here") <= 0
    assert not known.anything()


def test_T41_a_flood_of_addresses_takes_no_more_than_its_place(monkeypatch):
    monkeypatch.setattr(known, "MOST", 100)
    for number in range(1000):
        known.remember("x", f"2001:db8:0:{number:x}::/64", 60)
    assert len(known._empty_until) == 100
    assert known.wait_for("x", "2001:db8:0:3e7::/64") > 0
    assert known.wait_for("x", "2001:db8:0:0::/64") <= 0


def test_what_is_past_makes_place_first(monkeypatch):
    monkeypatch.setattr(known, "MOST", 3)
    known.remember("x", "first", 60)
    for number in range(5):
        known.remember("x", f"soon over {number}", 0.01)
        time.sleep(0.02)
    assert known.wait_for("x", "first") > 0
