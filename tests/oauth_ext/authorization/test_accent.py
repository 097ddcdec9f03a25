"""A client's colour is on the pages on which people are for it, where an operator gave it one, and on no others."""

import re
from urllib.parse import urlencode

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from idp.theme import stylesheet
from oauth_ext.authorization.device.models import DeviceGrant
from oauth_ext.clients.models import Application
from oauth_ext.clients.spec import ClientSpec, problems
from tests import factories
from tests.factories import FORM
from tests.oauth_ext.authorization.steps import ask, location

pytestmark = pytest.mark.django_db
GREEN, PINK = "#0a6b3d", "#b0005e"
SOURCES = Application.RegistrationSource


@pytest.fixture
def client():
    return factories.make_client("shop", name="Shop", accent=GREEN)


@pytest.fixture
def browser():
    return Client()


@pytest.fixture
def alice():
    return factories.make_user("alice")


def colours(page) -> str:
    """Where the colours of a page lie, or nothing."""
    assert page.status_code == 200
    assert 'style="' not in page.content.decode()
    found = re.search(r'href="(/theme/[^"]+)"', page.content.decode())
    return found[1] if found else ""


def test_somebody_who_signs_in_for_a_client_sees_its_colour(client, browser):
    sign_in = browser.get(location(ask(browser, client)))
    assert colours(sign_in) == stylesheet.url(GREEN)
    sheet = browser.get(colours(sign_in)).content.decode()
    assert f"--accent: {GREEN}; " in sheet
    wrong = browser.post(location(ask(browser, client)), {"login": "alice", "password": "wrong"})
    assert colours(wrong) == stylesheet.url(GREEN)
    assert colours(browser.get("/accounts/password/reset/")) == stylesheet.url(GREEN), "it still waits"


def test_it_is_on_the_pages_to_sign_up_to_consent_to_choose_and_to_prove_more(client, browser, alice, settings):
    settings.SIGN_UP = True
    assert colours(browser.get(location(ask(browser, client, prompt="create")))) == stylesheet.url(GREEN)
    factories.sign_in(browser, alice)
    for changes in ({}, {"prompt": "select_account"}, {"prompt": "login"}, {"acr_values": "aal2"}):
        answer = ask(browser, client, **changes)
        page = browser.get(location(answer), follow=True) if location(answer) else answer
        assert colours(page) == stylesheet.url(GREEN), changes


def test_a_device_has_it_once_its_code_is_known(browser, alice):
    factories.make_client(
        "tv", grant_types=["urn:ietf:params:oauth:grant-type:device_code"], redirect_uris=[], accent=GREEN
    )
    begun = Client().post("/o/device-authorization/", urlencode({"client_id": "tv"}), FORM).json()
    complete = f"/o/device/?{urlencode({'user_code': begun['user_code']})}"
    assert colours(browser.get(complete, follow=True)) == "", "of a code nothing is looked up for strangers"
    factories.sign_in(browser, alice)
    Application.objects.update(minimum_acr="aal2")
    assert colours(browser.get(complete, follow=True)) == stylesheet.url(GREEN)
    Application.objects.update(minimum_acr="")
    assert colours(browser.get(complete, follow=True)) == stylesheet.url(GREEN)
    sent = urlencode({"user_code": begun["user_code"], "decision": "allow"})
    assert colours(browser.get(location(browser.post("/o/device/", sent, FORM)))) == stylesheet.url(GREEN)
    assert DeviceGrant.objects.get().allowed_at is not None


def test_without_one_it_is_the_deployments(browser, settings):
    settings.THEME_ACCENT, settings.THEME_ACCENT_DARK = PINK, ""
    plain = factories.make_client("plain", name="Plain")
    assert colours(browser.get(location(ask(browser, plain)))) == stylesheet.url(PINK)
    Application.objects.update(accent=GREEN.upper())
    assert colours(browser.get(location(ask(browser, plain)))) == stylesheet.url(GREEN)


def test_whoever_is_here_for_nobody_or_for_another_does_not_see_it(client, browser):
    sign_in = location(ask(browser, client))
    plain = factories.make_client("plain", name="Plain")
    assert colours(browser.get(location(ask(browser, plain)))) == ""
    assert colours(browser.get(sign_in)) == stylesheet.url(GREEN), "each tab has its own"
    begin_a_device = browser.get("/o/device/", follow=True)
    assert colours(begin_a_device) == "", "that page says itself what it is for"
    assert colours(Client().get("/accounts/login/")) == ""


def test_whoever_describes_itself_has_none():
    dressed = ClientSpec("x", redirect_uris=["https://x.example/"], accent=GREEN)
    assert problems(dressed) == []
    for source in (SOURCES.DCR, SOURCES.CIMD):
        spec = ClientSpec("x", redirect_uris=["https://x.example/"], accent=GREEN, registration_source=source)
        assert problems(spec) == [("accent", "It is for clients that an operator registered.")]
        row = factories.make_client(f"{source}-client", registration_source=source)
        with pytest.raises(IntegrityError), transaction.atomic():
            Application.objects.filter(pk=row.pk).update(accent=GREEN)


@pytest.mark.parametrize(
    ("accent", "why"),
    [
        ("#ffcc00", "#ffcc00 on #eef1fc of the light pages has a contrast of 1.34:1, less than 4.5:1."),
        ("red", "It is not a colour as #rrggbb, in hexadecimal digits."),
        ("#0a6b3d;}", "It is not a colour as #rrggbb, in hexadecimal digits."),
        ("#0a6b3d\x00", "It is not a colour as #rrggbb, in hexadecimal digits."),
        ("#" + "0" * 5000, "It is not a colour as #rrggbb, in hexadecimal digits."),
    ],
)
def test_a_colour_that_can_not_be_read_is_refused(accent, why):
    assert problems(ClientSpec("x", redirect_uris=["https://x.example/"], accent=accent)) == [("accent", why)]
