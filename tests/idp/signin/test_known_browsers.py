"""What strangers use up, they use up for strangers: whoever signed in by a browser before goes on there."""

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from idp.ratelimit.limits import SIGN_IN_ACCOUNT, SIGN_IN_KNOWN
from idp.sessions import devices
from idp.users import services as users
from idp.users.hashers import Argon2idHasher

pytestmark = pytest.mark.django_db
PAGE = "/accounts/login/"
COOKIE = settings.DEVICE_COOKIE_NAME


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    """Passwords that cost little to try: hundreds are."""
    monkeypatch.setattr(Argon2idHasher, "memory_cost", 64)
    monkeypatch.setattr(Argon2idHasher, "time_cost", 1)


def try_it(password: str, *, browser: Client | None = None, name: str = "alice", address: str = "127.0.0.1") -> int:
    answer = (browser or Client()).post(PAGE, {"login": name, "password": password}, REMOTE_ADDR=address)
    return answer.status_code


def known_browser() -> Client:
    browser = Client()
    assert try_it("alicepass", browser=browser) == 303
    browser.post("/accounts/logout/")
    return browser


def spend(name: str = "alice", times: int = SIGN_IN_ACCOUNT.rate.burst) -> list[int]:
    return [try_it("wrong", name=name, address=f"203.0.{n // 200}.{n % 200}") for n in range(times)]


def test_T70_five_hundred_guesses_keep_nobody_out_and_go_nowhere(alice, monkeypatch):
    home = known_browser()
    tried = []
    monkeypatch.setattr("idp.users.models.check_password", lambda raw, *_: tried.append(raw) or raw == "alicepass")

    answers = spend(times=500)

    assert answers == [200] * 100 + [429] * 400
    assert len(tried) == 100
    # the right one too is refused untried, from wherever a stranger comes and by whichever of her names
    for name in ("alice", "ALICE", "alice@example.com"):
        assert try_it("alicepass", name=name, address="198.51.100.1") == 429
    assert len(tried) == 100
    assert try_it("alicepass", browser=home) == 303


def test_T70_both_of_her_names_are_one_account(alice):
    half = SIGN_IN_ACCOUNT.rate.burst // 2
    assert spend(times=half) == [200] * half
    assert spend("alice@example.com", times=half) == [200] * half
    assert try_it("alicepass", address="198.51.100.1") == 429


def test_T71_a_name_that_nobody_has_is_refused_as_late(alice):
    known, unknown = spend(times=102), spend("nobody", times=102)
    assert known == unknown == [200] * 100 + [429] * 2


def test_T70_a_known_browser_is_not_slowed_by_its_neighbours_and_guesses_slowly_itself(alice):
    home = known_browser()
    for _ in range(6):
        try_it("wrong")
    assert try_it("alicepass") == 429
    burst = SIGN_IN_KNOWN.rate.burst
    assert [try_it("wrong", browser=home) for _ in range(burst + 1)] == [200] * burst + [429]
    assert try_it("alicepass", browser=home) == 429


def test_T70_a_new_password_begins_anew(alice):
    spend()
    users.set_password(alice, "a new one of alice")
    assert try_it("a new one of alice", address="198.51.100.1") == 303


def test_T70_a_browser_that_knows_bob_is_a_stranger_to_alice(alice):
    users.create_user("bob", "bobpass")
    browser = Client()
    assert try_it("bobpass", browser=browser, name="bob") == 303
    browser.post("/accounts/logout/")
    spend()
    assert try_it("alicepass", browser=browser) == 429


@pytest.mark.parametrize("end", [users.sign_out_everywhere, lambda user: users.set_password(user, "alicepass")])
def test_T70_what_ends_trust_ends_this_too(alice, request_of, end):
    browser = known_browser()
    request = request_of(browser)
    request.COOKIES[COOKIE] = browser.cookies[COOKIE].value
    assert devices.is_known(request, alice)
    end(alice)
    assert not devices.is_known(request, alice)


def test_T70_the_cookie_is_sealed_lasts_and_signs_nobody_in(alice):
    browser = known_browser()
    cookie = browser.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 400 * 24 * 3600)
    assert "alice" not in cookie.value
    assert "You are not signed in" in browser.get("/").text


@pytest.mark.parametrize("value", ["", "x", "e1.x.y", "a.b.c.d"])
def test_T70_a_damaged_cookie_is_none(alice, value):
    browser = Client()
    browser.cookies[COOKIE] = value
    assert try_it("alicepass", browser=browser) == 303


def test_T70_several_people_of_one_browser_are_known_and_the_oldest_forgotten(alice, request_of):
    browser, request = Client(), request_of(Client())
    people = [users.create_user(f"user{number}", "userpass") for number in range(devices.PEOPLE + 1)]
    for user in people:
        devices.remember(request, user)
        response = HttpResponse()
        devices.put_cookie(request, response)
        request = request_of(browser)
        request.COOKIES[COOKIE] = response.cookies[COOKIE].value
    assert [devices.is_known(request, user) for user in people] == [False] + [True] * devices.PEOPLE
