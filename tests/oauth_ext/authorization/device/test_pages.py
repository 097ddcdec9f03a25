"""The pages where a person types the code and answers (RFC 8628 §3.3, §5.4)."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from idp.models import Session, User
from idp.users import services as users
from oauth_ext.authorization.device.models import DeviceGrant
from oauth_ext.clients import services as clients
from oauth_ext.consents.models import Consent
from oauth_ext.resources.models import Resource
from tests import factories
from tests.factories import FORM, PASSWORD
from tests.oauth_ext.authorization.device.steps import TV, answer, follow, make_tv, send, start, type_code

PAGE = "/o/device/"
SIGN_IN = "/accounts/login/?next=%2Fo%2Fdevice%2F"


def words(response) -> str:
    return " ".join(response.content.decode().split())


def waits() -> bool:
    grant = DeviceGrant.objects.get()
    return grant.allowed_at is None and grant.denied_at is None


@pytest.mark.django_db
@pytest.mark.parametrize("address", [PAGE, f"{PAGE}?user_code=WDJB-MJHT"])
def test_nobody_gets_anywhere_without_signing_in(address):
    browser = Client()
    response = follow(browser, browser.get(address)) if "?" in address else browser.get(address)
    assert response.status_code == 303
    assert response.headers["Location"] == SIGN_IN
    assert "You want to connect a device" in words(browser.get(response.headers["Location"]))


def test_T42_the_code_of_the_complete_address_survives_signing_in_and_stands_in_no_address(browser, alice):
    device = start()
    addresses = [f"{PAGE}?user_code={device.user_code}"]
    for _ in range(2):
        response = browser.get(addresses[-1])
        assert response.status_code == 303
        addresses.append(response.headers["Location"])
    login = browser.get(addresses[-1])
    assert device.user_code not in words(login)
    signed_in = browser.post(addresses[-1], {"login": "alice", "password": PASSWORD, "next": PAGE})
    addresses.append(signed_in.headers["Location"])
    page = browser.get(addresses[-1])

    assert f"Connect {TV}?" in words(page)
    assert device.user_code in words(page)
    assert not any("WDJB" in address or device.user_code in address for address in addresses[1:])
    assert waits(), "it saves typing, never the answer (§5.4)"


def test_a_code_typed_as_the_session_ended_is_not_lost(browser, alice, signed_in):
    device = start()
    browser.get(PAGE)
    Session.objects.update(ended_at=timezone.now())
    response = follow(browser, send(browser, user_code=device.user_code))
    assert response.headers["Location"].startswith("/accounts/login/")
    factories.sign_in(browser, alice)
    assert f"Connect {TV}?" in words(browser.get(PAGE))


def test_T42_the_page_says_which_client_which_code_and_what_it_asks(browser, signed_in):
    Resource.objects.create(uri="https://films.example/")
    device = start(scope="openid email offline_access", resource="https://films.example/")
    DeviceGrant.objects.update(created_at=timezone.now() - timedelta(minutes=3), origin="203.0.113.0/24")

    page = type_code(browser, device.user_code.lower().replace("-", " "))

    assert page.status_code == 200
    assert page.headers["Cache-Control"].startswith("max-age=0")
    text = words(page)
    for said in (
        TV,
        device.user_code,
        "alice",
        "See your e-mail address",
        "https://films.example/",
        "for up to 90 days",
        "3 minutes ago",
        "203.0.113.0/24, not the network that you are in",
        "Only go on if you started this yourself, on a device in front of you.",
    ):
        assert said in text, said
    assert "See your name" not in text
    assert "See your roles" not in text


def test_it_says_when_the_device_is_near(browser, signed_in):
    device = start()
    text = words(type_code(browser, device.user_code))
    assert "127.0.0.0/24, the network that you are in" in text
    assert "less than a minute ago" in text


def test_it_says_how_short_access_is_that_can_not_be_refreshed(browser, signed_in):
    device = start(make_tv(grant_types=["urn:ietf:params:oauth:grant-type:device_code"]))
    assert "for 10 minutes" in words(type_code(browser, device.user_code))


def test_a_name_can_not_write_into_the_page(browser, signed_in):
    device = start(make_tv(name="<script>alert(1)</script>"))
    assert "<script>alert(1)" not in words(type_code(browser, device.user_code))
    assert "<script>alert(1)" not in words(answer(browser, device.user_code))


def test_allowing_is_said_and_kept_with_what_it_was_decided_under(browser, alice, signed_in):
    device = start(scope="openid email")
    page = answer(browser, device.user_code)

    assert f"<strong>{TV}</strong> goes on as <strong>alice</strong>" in words(page)
    grant, consent = DeviceGrant.objects.get(), Consent.objects.get()
    assert (grant.user, grant.session, grant.scopes, grant.consent) == (alice, signed_in, ["openid", "email"], consent)
    assert (grant.auth_time, grant.acr, grant.amr) == (signed_in.auth_time, signed_in.acr, signed_in.amr)
    assert (consent.user, consent.client, consent.scopes) == (alice, device.client, ["openid", "email"])
    assert grant.user_code_mac is None


def test_denying_is_said_and_keeps_nothing(browser, signed_in):
    device = start()
    assert "You said no" in words(answer(browser, device.user_code, "deny"))
    assert DeviceGrant.objects.get().denied_at
    assert not Consent.objects.exists()
    assert "No device waits" in words(follow(browser, send(browser, user_code=device.user_code, decision="allow")))


def test_a_trusted_client_is_asked_about_too_but_needs_no_consent(browser, signed_in):
    device = start(make_tv(trusted=True))
    assert "Only go on if you started this yourself" in words(type_code(browser, device.user_code))
    assert waits()
    answer(browser, device.user_code)
    assert not waits()
    assert not Consent.objects.exists()


def test_what_was_allowed_before_is_asked_again(browser, signed_in):
    answer(browser, start().user_code)
    again = start(clients.find("tv"))
    assert f"Connect {TV}?" in words(type_code(browser, again.user_code))
    assert DeviceGrant.objects.latest("pk").allowed_at is None


def test_T42_nobody_answers_what_they_were_not_shown(browser, signed_in):
    device = start()
    page = follow(browser, send(browser, user_code=device.user_code, decision="allow"))
    assert "No device waits under this code" in words(page)
    assert waits()


def test_T42_only_the_sign_in_that_was_shown_it_last_may_answer(browser, signed_in):
    device, other = start(), Client()
    bob = factories.make_user("bob")
    factories.sign_in(other, bob)
    type_code(browser, device.user_code)
    type_code(other, device.user_code)

    assert "No device waits" in words(follow(browser, send(browser, user_code=device.user_code, decision="allow")))
    assert "No device waits" in words(follow(browser, send(browser, user_code=device.user_code, decision="deny")))
    assert waits()
    assert "connected" in words(follow(other, send(other, user_code=device.user_code, decision="allow")))
    assert DeviceGrant.objects.get().user == bob


def test_nobody_allows_more_than_the_page_said(browser, alice, signed_in):
    device = start(make_tv(scopes=["openid", "roles:read"]), scope="openid roles:read")
    type_code(browser, device.user_code)
    alice.role.scopes = ["roles:read"]
    alice.role.save()
    send(browser, user_code=device.user_code, decision="allow")
    assert DeviceGrant.objects.get().scopes == ["openid"]


def test_who_can_give_nothing_of_it_is_told_and_others_may_still(browser, signed_in):
    device = start(make_tv(scopes=["roles:read"]), scope="roles:read")
    page = type_code(browser, device.user_code)
    assert page.status_code == 400
    assert "Your account can give this device nothing of what it asks for." in words(page)
    other = Client()
    factories.sign_in(other, factories.make_user("root", role="admin"))
    assert "connected" in words(answer(other, device.user_code))


def test_another_account_can_be_used_without_typing_the_code_again(browser, alice, signed_in):
    device = start()
    type_code(browser, device.user_code)
    response = send(browser, user_code=device.user_code, decision="other")
    assert response.headers["Location"] == SIGN_IN
    signed_in.refresh_from_db()
    assert signed_in.ended_at
    bob = factories.make_user("bob")
    factories.sign_in(browser, bob)
    assert "You are signed in as <strong>bob</strong>" in words(browser.get(PAGE))


@pytest.mark.parametrize("typed", ["WDJB-MJH", "HELLO WORLD", "12345678", "<script>alert(1)</script>"])
def test_what_is_no_code_is_said_and_shown_back(browser, signed_in, typed):
    page = type_code(browser, typed)
    assert page.status_code == 200
    assert "A code has 8 letters" in words(page)
    assert "<title>Error: Connect a device" in words(page)
    assert "<script>alert(1)" not in words(page)
    assert page.context["typed"] == typed[:16]


@pytest.mark.parametrize("why", ["unknown", "expired", "answered", "client off"])
def test_T42_a_code_under_which_nobody_waits_is_refused_in_the_same_words(browser, signed_in, why):
    device = start()
    page = follow(browser, send(browser, user_code=device.user_code))
    code = device.user_code
    if why == "unknown":
        code = "BBBB-BBBB"
    elif why == "expired":
        DeviceGrant.objects.update(expires_at=timezone.now())
    elif why == "answered":
        answer(browser, code)
    else:
        clients.disable(device.client)
    page = type_code(browser, code)
    assert page.status_code == 200
    assert "No device waits under this code." in words(page)
    assert TV not in words(page)
    assert page.context["typed"] == code
    assert "No device waits" not in words(browser.get(PAGE)), "said once"


def test_an_answer_that_comes_too_late_changes_nothing(browser, signed_in):
    device = start()
    type_code(browser, device.user_code)
    DeviceGrant.objects.update(expires_at=timezone.now())
    assert "No device waits" in words(follow(browser, send(browser, user_code=device.user_code, decision="allow")))
    assert waits()
    assert not Consent.objects.exists()


def test_a_decision_must_be_one(browser, signed_in):
    device = start()
    type_code(browser, device.user_code)
    assert send(browser, user_code=device.user_code, decision="maybe").status_code == 400
    assert waits()


@pytest.mark.parametrize("body", ["user_code=a&user_code=b", "user_code=WDJBMJHT&decision=allow&decision=deny"])
def test_T12_nothing_stands_twice(browser, signed_in, body):
    assert browser.post(PAGE, body, FORM).status_code == 400
    assert browser.get(f"{PAGE}?{body}").status_code == 400


def test_T21_both_forms_need_their_token(alice):
    browser = Client(enforce_csrf_checks=True)
    factories.sign_in(browser, alice)
    device = start()
    browser.get(f"{PAGE}?user_code={device.user_code}")
    page = browser.get(PAGE)
    for fields in ({"user_code": device.user_code}, {"user_code": device.user_code, "decision": "allow"}):
        assert send(browser, **fields).status_code == 403
    assert waits()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode())
    assert token
    response = send(browser, user_code=device.user_code, decision="allow", csrfmiddlewaretoken=token[1])
    assert response.status_code == 303
    assert not waits()


def test_T18_T20_the_pages_stand_in_no_frame_and_tell_nobody_where_they_were(browser, signed_in):
    for page in (browser.get(PAGE), type_code(browser, start().user_code)):
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
        assert "form-action 'self';" in page.headers["Content-Security-Policy"] + ";"
        assert page.headers["X-Frame-Options"] == "DENY"
        assert page.headers["Referrer-Policy"] == "no-referrer"


def test_looking_is_not_answering(browser, signed_in):
    device = start()
    assert browser.head(f"{PAGE}?user_code={device.user_code}").status_code == 405
    browser.get(f"{PAGE}?user_code={device.user_code}&decision=allow")
    browser.get(PAGE)
    assert waits()


def test_the_page_that_says_it_is_this_browsers(browser, signed_in):
    assert browser.get("/o/device/done/").headers["Location"] == PAGE
    answer(browser, start().user_code)
    assert "connected" in words(browser.get("/o/device/done/"))
    assert Client().get("/o/device/done/").headers["Location"] == PAGE


def test_a_role_that_was_taken_away_meanwhile_counts(browser, signed_in, alice: User):
    users.set_role(alice, "admin")
    device = start(make_tv(scopes=["openid", "roles:read"]), scope="openid roles:read")
    type_code(browser, device.user_code)
    users.set_role(alice, "user")
    send(browser, user_code=device.user_code, decision="allow")
    assert DeviceGrant.objects.get().scopes == ["openid"]
