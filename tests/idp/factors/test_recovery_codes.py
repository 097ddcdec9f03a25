"""Recovery codes: shown once, hashed, each good once."""

import re

import pytest

from idp.factors import recovery_codes
from idp.factors.models import RecoveryCode
from idp.factors.services import claim_code

pytestmark = pytest.mark.django_db


def test_T73_ten_codes_of_which_the_database_keeps_hashes(alice):
    codes = recovery_codes.make(alice)
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"[B-Z]{5}-[B-Z]{5}", code) for code in codes)
    kept = str(list(RecoveryCode.objects.values_list("selector", "code_hash")))
    assert not [code for code in codes if code.replace("-", "")[2:] in kept]
    assert all(row.code_hash.startswith("argon2$argon2id$") for row in RecoveryCode.objects.all())


def test_T73_each_is_good_once_however_it_is_written(alice):
    first, second, *_ = recovery_codes.make(alice)
    assert claim_code(alice, first.lower().replace("-", " ")) == "recovery_code"
    assert claim_code(alice, first) is None
    assert recovery_codes.left(alice.pk) == 9
    assert claim_code(alice, second) == "recovery_code"


def test_T73_nobody_elses_and_no_older_ones(alice, boss):
    (old, *_), theirs = recovery_codes.make(alice), recovery_codes.make(boss)
    recovery_codes.make(alice)
    assert claim_code(alice, old) is None
    assert claim_code(alice, theirs[0]) is None


def test_trying_one_costs_one_hash(alice, monkeypatch):
    right = recovery_codes.make(alice)[0]
    hashed = []
    check = recovery_codes.check_password
    monkeypatch.setattr(recovery_codes, "check_password", lambda *given: hashed.append(1) or check(*given))
    assert recovery_codes.claim(alice, right[:-1] + ("B" if right[-1] != "B" else "C")) is False
    assert len(hashed) == 1


@pytest.mark.parametrize("typed", ["A", "AEIOU-AEIOU", "\x00BCDF", "ßßßßß-ßßßßß", "B" * 400])
def test_what_is_no_code_is_none(alice, typed):
    recovery_codes.make(alice)
    assert claim_code(alice, typed) is None
