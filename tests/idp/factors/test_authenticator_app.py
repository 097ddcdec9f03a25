"""Six digits: of now, once, and kept so that a copy of the database makes none."""

from urllib.parse import parse_qs, urlsplit

import pytest

from idp.factors import authenticator_app, totp
from idp.factors.errors import FactorThere, NoSuchFactor, WrongCode
from idp.factors.models import AuthenticatorApp
from idp.factors.services import claim_code, has_second_factor
from idp.models import AuditEvent

pytestmark = pytest.mark.django_db
ISSUER = "http://localhost:8000"


def secret_of(setup):
    return parse_qs(urlsplit(setup.uri).query)["secret"][0]


@pytest.fixture
def clock(time_machine):
    time_machine.move_to("2026-11-27T12:00:10Z", tick=False)
    return time_machine


@pytest.fixture
def app(alice, clock):
    """The secret of alice's app, which was set up half a minute ago."""
    setup = authenticator_app.begin(alice, issuer=ISSUER)
    raw = totp.base64.b32decode(secret_of(setup))
    authenticator_app.confirm(alice, totp.code(raw, totp.counter_now()))
    clock.shift(30)
    return raw


def now(raw, off=0):
    return totp.code(raw, totp.counter_now() + off)


@pytest.mark.parametrize(("at", "digits"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")])
def test_T72_the_digits_are_those_of_rfc_6238(at, digits):
    assert totp.code(b"12345678901234567890", at // 30) == digits


def test_T72_a_code_is_taken_once_and_none_before_it_any_more(alice, app, clock):
    clock.shift(60)
    code, before = now(app), now(app, -1)
    assert claim_code(alice, code) == "authenticator_app"
    assert claim_code(alice, code) is None
    assert claim_code(alice, before) is None
    clock.shift(30)
    assert claim_code(alice, f"{now(app)[:3]} {now(app)[3:]}") == "authenticator_app"


@pytest.mark.parametrize(("off", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_T72_a_clock_may_be_off_by_one_step(alice, app, clock, off, taken):
    clock.shift(300)
    assert (claim_code(alice, now(app, off)) is not None) is taken


def test_T72_the_code_that_set_it_up_is_used(alice, clock):
    raw = totp.base64.b32decode(secret_of(authenticator_app.begin(alice, issuer=ISSUER)))
    authenticator_app.confirm(alice, now(raw))
    assert claim_code(alice, now(raw)) is None


def test_T72_the_seed_is_sealed_and_bound_to_its_person(alice, boss, app):
    row = AuthenticatorApp.objects.get()
    assert totp.shown(app) not in row.secret
    AuthenticatorApp.objects.filter(pk=row.pk).update(user=boss)
    with pytest.raises(authenticator_app.keyring.SealBroken):
        claim_code(boss, now(app))


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "000000\x00", "٣٣٣٣٣٣", "x" * 500])
def test_what_is_no_code_is_none(alice, app, typed):
    assert claim_code(alice, typed) is None


def test_an_app_counts_only_once_its_first_code_was_typed(alice, clock):
    raw = totp.base64.b32decode(secret_of(authenticator_app.begin(alice, issuer=ISSUER)))
    assert not has_second_factor(alice.pk)
    assert claim_code(alice, now(raw)) is None
    with pytest.raises(WrongCode):
        authenticator_app.confirm(alice, now(raw, 5))
    assert not has_second_factor(alice.pk)
    authenticator_app.confirm(alice, now(raw))
    assert has_second_factor(alice.pk)
    with pytest.raises(WrongCode):
        authenticator_app.confirm(alice, now(raw, 1))


def test_one_that_counts_is_replaced_by_removing_it_first(alice, app):
    with pytest.raises(FactorThere):
        authenticator_app.begin(alice, issuer=ISSUER)
    authenticator_app.remove(alice)
    assert not has_second_factor(alice.pk)
    with pytest.raises(NoSuchFactor):
        authenticator_app.remove(alice)
    assert [event.event for event in AuditEvent.objects.order_by("pk")][-2:] == ["factor_added", "factor_removed"]
