"""How strongly somebody must have signed in: what a client asks, and what it, or a role, demands (RFC 9470, T78)."""

import json
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from idp.factors import passkeys
from idp.models import Role, Session
from idp.users import services as users
from oauth_ext.authorization.models import AuthorizationCode
from oauth_ext.clients.models import Application
from oauth_ext.families.models import Family
from tests import factories
from tests.factories import FORM, answer_of
from tests.oauth_ext.authorization.steps import ask, handle_of, location
from tests.passkey import SoftPasskey

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return factories.make_user("alice")


@pytest.fixture
def client():
    return factories.make_client("app", trusted=True)


@pytest.fixture
def browser(user):
    """Alice's, who signed in by password, and has a passkey."""
    browser = Client()
    factories.sign_in(browser, user)
    return browser


@pytest.fixture
def device(user):
    made = SoftPasskey()
    begun = passkeys.begin_adding(user)
    passkeys.add(user, "Phone", begun.state, made.create(begun.options))
    return made


def demand(kind, acr, user):
    if kind == "role":
        users.change_role(user.role, minimum_acr=acr)
    else:
        Application.objects.update(minimum_acr=acr)


def step_up(browser, device, page):
    options = browser.post("/accounts/passkeys/options/").json()
    device.count += 1
    back = page.partition("next=")[2]
    answer = {"credential": json.dumps(device.get(options))}
    response = browser.post(f"/accounts/second-factor/?next={back}", answer)
    return browser.get(location(response))


@pytest.mark.parametrize(
    ("asked", "enough"),
    [
        ("aal1", True),
        ("aal2", False),
        ("phr", False),
        ("phr aal1", True),
        ("urn:other", True),
        ("urn:other aal2", False),
    ],
)
def test_T78_a_stronger_sign_in_is_asked_for_where_none_of_the_values_is_met(browser, client, asked, enough):
    response = ask(browser, client, acr_values=asked)
    assert ("code" in location(response)) is enough
    assert location(response).startswith("/accounts/login/") is not enough


def test_T78_with_prompt_none_the_client_is_told(browser, client):
    response = ask(browser, client, acr_values="aal2", prompt="none")
    assert answer_of(response)["error"] == "login_required"


def test_T78_it_is_met_and_said(browser, client, device):
    response = ask(browser, client, acr_values="phr")
    assert "code" in answer_of(step_up(browser, device, location(response)))
    code = AuthorizationCode.objects.get()
    assert (code.acr, code.amr) == ("phr", ["pwd", "swk", "user", "mfa"])
    assert timezone.now() - code.auth_time < timedelta(minutes=1)


@pytest.mark.parametrize("kind", ["role", "client"])
def test_T78_what_is_demanded_no_parameter_lowers(browser, client, user, device, kind):
    demand(kind, "phr", user)
    response = ask(browser, client, acr_values="aal1")
    assert location(response).startswith("/accounts/login/")
    assert "code" in answer_of(step_up(browser, device, location(response)))


def test_T78_whoever_cannot_goes_back_and_the_client_is_told_why(browser, client):
    response = ask(browser, client, acr_values="phr", state="x")
    page = browser.get(location(response), follow=True).content.decode()
    assert "your account has none yet" in page
    decline = f"/o/decline/?{urlencode({'id': handle_of(response)})}"
    assert decline.replace("&", "&amp;") in page
    answer = answer_of(browser.post(decline))
    assert (answer["error"], answer["state"]) == ("unmet_authentication_requirements", "x")
    assert browser.post(decline).status_code == 400, "it was answered"


def test_nobody_declines_what_is_not_demanded(browser, client):
    response = ask(browser, client, prompt="consent")
    decline = f"/o/decline/?{urlencode({'id': handle_of(response)})}"
    assert location(browser.post(decline)).startswith("/o/authorize/")
    assert browser.post("/o/decline/").status_code == 400
    assert browser.get(decline).status_code == 405


@pytest.fixture
def tokens(browser, client):
    pair = factories.pkce()
    code = factories.authorize(browser, client, pair, scope="openid roles")
    fields = {
        "grant_type": "authorization_code",
        "client_id": "app",
        "code": code,
        "code_verifier": pair.verifier,
        "redirect_uri": factories.REDIRECT_URI,
    }
    return Client().post("/o/token/", urlencode(fields), FORM).json()


def works(tokens):
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    fields = urlencode({"grant_type": "refresh_token", "client_id": "app", "refresh_token": tokens["refresh_token"]})
    return Client().get("/api/roles/", headers=headers).status_code, Client().post(
        "/o/token/", fields, FORM
    ).status_code


@pytest.mark.parametrize("kind", ["role", "client"])
def test_T78_what_was_got_by_a_weaker_sign_in_is_dead_as_soon_as_more_is_demanded(tokens, user, kind):
    demand(kind, "aal2", user)
    assert works(tokens) == (401, 400)
    assert not Family.objects.exclude(ended_at=None).exists()
    demand(kind, "aal1", user)
    assert works(tokens) == (200, 200)


def test_T78_a_code_of_a_weaker_sign_in_buys_nothing_either(browser, client, user):
    pair = factories.pkce()
    code = factories.authorize(browser, client, pair)
    demand("role", "aal2", user)
    fields = {
        "grant_type": "authorization_code",
        "client_id": "app",
        "code": code,
        "code_verifier": pair.verifier,
        "redirect_uri": factories.REDIRECT_URI,
    }
    assert Client().post("/o/token/", urlencode(fields), FORM).json()["error"] == "invalid_grant"


def test_T78_the_admin_site_is_for_sign_ins_that_are_strong_enough():
    boss = factories.make_user("boss", role="admin")
    boss.is_staff = boss.is_superuser = True
    boss.save()
    browser = Client()
    factories.sign_in(browser, boss)
    assert browser.get("/admin/").status_code == 200
    users.change_role(Role.objects.get(name="admin"), minimum_acr="phr")
    response = browser.get("/admin/", follow=True)
    assert response.redirect_chain[-1][0].startswith("/accounts/second-factor/?next=%2Fadmin%2F")
    Session.objects.update(acr="phr")
    assert browser.get("/admin/").status_code == 200


@pytest.mark.parametrize("kind", ["role", "client"])
def test_T78_a_device_is_let_in_by_a_sign_in_that_is_strong_enough(browser, user, kind):
    factories.make_client("tv", grant_types=["urn:ietf:params:oauth:grant-type:device_code"], redirect_uris=[])
    demand(kind, "phr", user)
    begun = Client().post("/o/device-authorization/", urlencode({"client_id": "tv"}), FORM).json()
    response = browser.get(f"/o/device/?{urlencode({'user_code': begun['user_code']})}", follow=True)
    assert response.redirect_chain[-1][0].startswith("/accounts/second-factor/")
