"""The code that people type (RFC 8628 §6.1)."""

import base64
import math
from collections import Counter

import pytest

from oauth_ext.authorization.device import user_codes


def test_T42_a_code_has_more_than_thirty_bits_of_an_alphabet_that_people_can_type():
    codes = [user_codes.new() for _ in range(2000)]
    assert math.log2(len(user_codes.ALPHABET)) * user_codes.LENGTH > 34
    assert set("".join(codes)) == set(user_codes.ALPHABET)
    assert not set("AEIOUY0123456789") & set(user_codes.ALPHABET)
    assert {len(code) for code in codes} == {8}
    assert len(set(codes)) == len(codes)
    counts = Counter("".join(codes))
    assert max(counts.values()) < 1.25 * min(counts.values())


@pytest.mark.parametrize(
    "typed",
    ["WDJB-MJHT", "wdjbmjht", "wdjb mjht", " WDJB - MJHT\n", "w-d-j-b.m_j/h t", "ＷＤＪＢ－ＭＪＨＴ", "WDJB–MJHT"],
)
def test_a_code_is_read_however_it_is_typed(typed):
    assert user_codes.read(typed) == "WDJBMJHT"


@pytest.mark.parametrize(
    "typed", [None, "", "WDJB", "WDJB-MJHTX", "WDJB-MJHA", "WDJB-MJH7", "ẞẞẞẞẞẞẞẞ", "W" * 9, "\u202e", "WDJBMJH\u0301"]
)
def test_what_is_no_code_is_none(typed):
    assert user_codes.read(typed) is None


def test_a_code_is_shown_in_two_halves():
    assert user_codes.shown("WDJBMJHT") == "WDJB-MJHT"


def test_T31_what_is_kept_needs_the_key_and_names_it(settings):
    old = user_codes.keep("WDJBMJHT")
    assert "WDJB" not in old
    new = base64.urlsafe_b64encode(b"n" * 32).decode()
    from idp.setting import parse_keys

    settings.ENCRYPTION_KEYS = [*parse_keys(new), *settings.ENCRYPTION_KEYS]
    assert user_codes.keep("WDJBMJHT") != old
    assert user_codes.keep("WDJBMJHT").partition(".")[0] != old.partition(".")[0]
    assert old in user_codes.kept_as("WDJBMJHT")
