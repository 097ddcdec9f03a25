"""Codes can't be guessed (RFC 8628 §5.1, T41, T42)."""

from dataclasses import replace

from django.test import Client

from idp.ratelimit.limits import Rate
from oauth_ext.authorization.device import limits
from oauth_ext.authorization.device.models import DeviceGrant
from tests import factories
from tests.oauth_ext.authorization.device.steps import TV, answer, ask, follow, make_tv, send, start, type_code

WRONG = "BBBB-BBBB"


def at(address: str, user) -> Client:
    browser = Client(REMOTE_ADDR=address)
    factories.sign_in(browser, user)
    return browser


def test_T42_after_five_wrong_codes_an_account_has_to_wait_wherever_it_is(alice):
    device = start()
    browser = at("198.51.100.7", alice)
    assert [type_code(browser, WRONG).status_code for _ in range(5)] == [200] * 5
    page = type_code(browser, WRONG)
    assert page.status_code == 429
    assert 0 < int(page.headers["Retry-After"]) <= 120
    assert "Too many wrong codes" in page.content.decode()
    assert type_code(browser, device.user_code).status_code == 429, "the right one too, or it would be told"
    assert type_code(at("203.0.113.9", alice), device.user_code).status_code == 429
    bob = at("203.0.113.9", factories.make_user("bob"))
    assert TV in type_code(bob, device.user_code).content.decode()


def test_T42_accounts_by_the_dozen_are_slowed_at_their_address(db, monkeypatch):
    few = replace(limits.DEVICE_CODE_ADDRESS, rate=Rate(3, 60), scales=False)
    monkeypatch.setattr(limits, "DEVICE_CODE_ADDRESS", few)
    people = [factories.make_user(f"person{number}") for number in range(5)]
    answers = [type_code(at("198.51.100.7", user), WRONG).status_code for user in people]
    assert answers == [200, 200, 200, 429, 429]
    assert type_code(at("203.0.113.9", people[-1]), WRONG).status_code == 200, "nobody's account paid for that"


def test_T42_the_code_of_an_address_is_counted_like_one_that_was_typed(alice):
    browser = at("198.51.100.7", alice)
    answers = [follow(browser, browser.get(f"/o/device/?user_code={WRONG}")).status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]


def test_right_codes_count_for_nothing(alice):
    browser = at("198.51.100.7", alice)
    device = start()
    for _ in range(12):
        assert TV in type_code(browser, device.user_code).content.decode()
    assert "connected" in answer(browser, device.user_code).content.decode()


def test_what_can_be_no_code_counts_for_nothing(alice):
    browser = at("198.51.100.7", alice)
    assert {type_code(browser, "HELLO").status_code for _ in range(12)} == {200}


def test_T42_answering_tells_nothing_of_codes_that_others_were_shown(alice):
    device = start()
    type_code(at("203.0.113.9", factories.make_user("bob")), device.user_code)
    browser = at("198.51.100.7", alice)
    pages = [
        follow(browser, send(browser, user_code=code, decision="allow")).content.decode().replace(code, "")
        for code in (device.user_code, WRONG)
    ]
    masked = [page.partition("csrfmiddlewaretoken")[0] for page in pages]
    assert masked[0] == masked[1]


def test_strangers_learn_nothing(db):
    device = start()
    browser = Client()
    pages = [
        [follow(browser, browser.get(f"/o/device/?user_code={code}")).headers["Location"] for code in (code, code)]
        for code in (device.user_code, WRONG)
    ]
    assert pages[0] == pages[1]


def test_T41_requests_of_one_client_and_address_are_stored_so_many(db, monkeypatch):
    few = replace(limits.DEVICE_REQUESTS, rate=Rate(3, 3600), scales=False)
    monkeypatch.setattr(limits, "DEVICE_REQUESTS", few)
    tv = make_tv()
    assert [ask(tv).status for _ in range(4)] == [200, 200, 200, 429]
    assert DeviceGrant.objects.count() == 3
