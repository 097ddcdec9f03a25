"""Who is asked for consent, what the page says, and what the answer does."""

import re

import pytest
from django.conf import LazySettings
from django.test import Client

from idp.models import Session, User
from idp.users import services as users
from oauth_ext.authorization.models import AuthorizationCode, AuthorizationRequest
from oauth_ext.clients.models import Application
from oauth_ext.consents import services as consents
from oauth_ext.consents.models import Consent
from oauth_ext.resources.models import Resource
from tests import factories
from tests.factories import Response, answer_of
from tests.oauth_ext.authorization.steps import ask, decide, handle_of, location, post, stays


def consent_page(browser: Client, client: Application, **changes: str) -> Response:
    return browser.get(location(ask(browser, client, **changes)))


def test_T15_an_untrusted_client_is_asked_about(browser: Client, signed_in: Session, app: Application) -> None:
    assert location(ask(browser, app)).startswith("/o/consent/?id=")


def test_T15_the_page_says_who_asks_for_what_and_for_how_long(
    browser: Client, alice: User, signed_in: Session, app: Application
) -> None:
    page = consent_page(browser, app, scope="openid email")

    text = page.content.decode()
    assert page.status_code == 200
    for said in ("The App", "app.example", "alice", "See your e-mail address", "until you sign out"):
        assert said in text
    assert "See your name" not in text
    assert [scope["name"] for scope in page.context["scopes"]] == ["openid", "email"]


def test_T15_offline_access_says_its_own_lifetime(browser: Client, signed_in: Session, app: Application) -> None:
    assert "90 days" in consent_page(browser, app, scope="openid offline_access").content.decode()


def test_T15_resources_are_named_and_consented_to(browser: Client, signed_in: Session, app: Application) -> None:
    Resource.objects.create(uri="https://api.example/")
    decide(browser, ask(browser, app), "allow")

    page = consent_page(browser, app, resource="https://api.example/")

    assert "https://api.example/" in page.content.decode()
    decide(browser, ask(browser, app, resource="https://api.example/"), "allow")
    assert "code" in answer_of(ask(browser, app, resource="https://api.example/"))


def test_T15_what_was_allowed_for_another_resource_is_asked_for_again(browser: Client, alice: User) -> None:
    Resource.objects.create(uri="https://api.example/")
    users.set_role(alice, "admin")
    factories.sign_in(browser, alice)
    app = factories.make_client("app", scopes=["openid", "roles:read"])
    decide(browser, ask(browser, app, scope="openid"), "allow")
    decide(browser, ask(browser, app, scope="openid roles:read", resource="https://api.example/"), "allow")

    assert "code" in answer_of(ask(browser, app, scope="openid"))
    assert "code" in answer_of(ask(browser, app, scope="openid roles:read", resource="https://api.example/"))
    assert location(ask(browser, app, scope="openid roles:read")).startswith("/o/consent/")


def test_a_default_scope_that_left_the_catalogue_harms_nobody(browser: Client, signed_in: Session) -> None:
    client = factories.make_client("app", default_scopes=["openid"], trusted=True)
    Application.objects.update(default_scopes=["openid", "gone"], scopes=["openid", "gone"])

    assert location(ask(Client(), client, scope=None)).startswith("/accounts/login/")
    assert "code" in answer_of(ask(browser, client, scope=None))
    assert AuthorizationCode.objects.get().scopes == ["openid"]


def test_T15_a_name_can_not_write_into_the_page(browser: Client, signed_in: Session) -> None:
    client = factories.make_client("app", name="<script>alert(1)</script>")

    assert b"<script>alert(1)" not in consent_page(browser, client).content


def test_T15_allowing_makes_a_code_under_a_consent(
    browser: Client, alice: User, signed_in: Session, app: Application
) -> None:
    response = decide(browser, ask(browser, app), "allow")

    assert "code" in answer_of(response)
    consent = Consent.objects.get()
    assert (consent.user, consent.client, consent.scopes) == (alice, app, ["openid", "profile"])
    assert AuthorizationCode.objects.get().consent == consent


def test_denying_is_told_to_the_client_and_ends_the_request(
    browser: Client, signed_in: Session, app: Application
) -> None:
    response = ask(browser, app)
    answer = answer_of(decide(browser, response, "deny"))

    assert answer.keys() == {"error", "error_description", "state", "iss"}
    assert answer["error"] == "access_denied"
    assert not Consent.objects.exists()
    assert stays(post(browser, "/o/consent/", {"id": handle_of(response), "decision": "allow"}))


def test_no_is_no_though_the_same_was_allowed_in_another_tab(
    browser: Client, signed_in: Session, app: Application
) -> None:
    first, second = ask(browser, app), ask(browser, app)
    browser.get(location(second))
    decide(browser, first, "allow")

    denied = post(browser, "/o/consent/", {"id": handle_of(second), "decision": "deny"})

    assert answer_of(denied)["error"] == "access_denied"
    assert AuthorizationCode.objects.count() == 1


def test_yes_is_yes_though_it_was_said_in_another_tab_already(
    browser: Client, signed_in: Session, app: Application
) -> None:
    first, second = ask(browser, app), ask(browser, app)
    browser.get(location(second))
    decide(browser, first, "allow")

    allowed = post(browser, "/o/consent/", {"id": handle_of(second), "decision": "allow"})

    assert "code" in answer_of(browser.get(location(allowed)))


def test_T16_a_consent_is_remembered_until_it_is_taken_back(
    browser: Client, signed_in: Session, app: Application
) -> None:
    decide(browser, ask(browser, app), "allow")
    assert "code" in answer_of(ask(browser, app))

    consents.revoke(Consent.objects.get().pk)

    assert location(ask(browser, app)).startswith("/o/consent/")


def test_asking_for_more_widens_the_consent(browser: Client, signed_in: Session, app: Application) -> None:
    decide(browser, ask(browser, app, scope="openid profile"), "allow")

    decide(browser, ask(browser, app, scope="openid email"), "allow")

    assert Consent.objects.get().scopes == ["openid", "profile", "email"]
    assert AuthorizationCode.objects.latest("pk").scopes == ["openid", "email"]


@pytest.mark.parametrize(
    ("redirect_uri", "client_type", "remembered"),
    [
        ("https://app.example/callback", "public", True),
        ("https://app.example/callback", "confidential", True),
        ("http://localhost:3000/callback", "confidential", True),
        ("http://localhost:3000/callback", "public", False),
        ("http://127.0.0.1/callback", "public", False),
        ("com.example.app:/callback", "public", False),
    ],
)
@pytest.mark.parametrize("debug", [True, False])
def test_T15_where_any_program_could_receive_the_answer_consent_is_asked_each_time(
    browser: Client,
    signed_in: Session,
    settings: LazySettings,
    redirect_uri: str,
    client_type: str,
    remembered: bool,
    debug: bool,
) -> None:
    settings.DEBUG = debug
    client = factories.make_client("app", redirect_uris=[redirect_uri], client_type=client_type)
    page = consent_page(browser, client)
    assert page.context["remembered"] is (remembered or debug)
    decide(browser, ask(browser, client), "allow")

    asked_again = location(ask(browser, client)).startswith("/o/consent/")

    assert asked_again is not (remembered or debug)


def test_a_loopback_client_comes_with_a_warning(browser: Client, signed_in: Session) -> None:
    client = factories.make_client("app", redirect_uris=["http://127.0.0.1/callback"])

    assert "program on this device" in consent_page(browser, client).content.decode()


def test_T21_consent_needs_the_forms_token(alice: User, app: Application) -> None:
    browser = Client(enforce_csrf_checks=True)
    factories.sign_in(browser, alice)
    response = ask(browser, app)
    page = browser.get(location(response))
    fields = {"id": handle_of(response), "decision": "allow"}

    assert post(browser, "/o/consent/", fields).status_code == 403
    assert not AuthorizationCode.objects.exists()

    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode())
    assert token is not None
    assert post(browser, "/o/consent/", fields | {"csrfmiddlewaretoken": token[1]}).status_code == 303


def test_T21_choosing_an_account_needs_the_forms_token(alice: User, trusted: Application) -> None:
    browser = Client(enforce_csrf_checks=True)
    session = factories.sign_in(browser, alice)
    page = ask(browser, trusted, prompt="select_account")

    refused = post(browser, "/o/choose-account/", {"id": page.context["request_id"], "choice": "other"})

    assert refused.status_code == 403
    session.refresh_from_db()
    assert session.ended_at is None


def test_T19_the_answer_to_a_form_is_303(browser: Client, signed_in: Session, app: Application) -> None:
    assert decide(browser, ask(browser, app), "allow").status_code == 303
    assert decide(browser, ask(browser, app, scope="openid email"), "deny").status_code == 303


def test_nobody_consents_unasked(browser: Client, signed_in: Session, app: Application) -> None:
    response = ask(browser, app)

    skipped = post(browser, "/o/consent/", {"id": handle_of(response), "decision": "allow"})

    assert location(browser.get(location(skipped))).startswith("/o/consent/")
    assert not AuthorizationCode.objects.exists()


def test_nobody_consents_to_more_than_the_page_said(browser: Client, alice: User, signed_in: Session) -> None:
    client = factories.make_client("app", scopes=["openid", "roles:read"])
    response = ask(browser, client, scope="openid roles:read")
    browser.get(location(response))
    alice.role.scopes = ["roles:read"]
    alice.role.save()

    post(browser, "/o/consent/", {"id": handle_of(response), "decision": "allow"})

    assert AuthorizationCode.objects.get().scopes == ["openid"]
    assert Consent.objects.get().scopes == ["openid"]


def test_another_sign_in_can_not_answer(browser: Client, signed_in: Session, app: Application) -> None:
    response = ask(browser, app)
    browser.get(location(response))
    other = Client()
    factories.sign_in(other, factories.make_user("bob"))

    assert stays(other.get(location(response)))
    assert stays(other.get(f"/o/authorize/?id={handle_of(response)}"))
    assert stays(post(other, "/o/consent/", {"id": handle_of(response), "decision": "allow"}))
    assert stays(post(Client(), "/o/consent/", {"id": handle_of(response), "decision": "allow"}))
    assert not AuthorizationCode.objects.exists()


def test_a_decision_must_be_one(browser: Client, signed_in: Session, app: Application) -> None:
    response = ask(browser, app)
    browser.get(location(response))

    assert stays(post(browser, "/o/consent/", {"id": handle_of(response), "decision": "maybe"}))
    assert AuthorizationRequest.objects.get().claimed_at is None


def test_the_form_may_end_at_this_requests_redirect_uri(browser: Client, signed_in: Session, app: Application) -> None:
    policy = consent_page(browser, app).headers["Content-Security-Policy"]

    assert "form-action 'self' https://app.example;" in policy + ";"


def test_what_is_new_is_told_apart_from_what_was_allowed(browser: Client, signed_in: Session, app: Application) -> None:
    first = consent_page(browser, app, scope="openid").content.decode()
    assert "Allowed before" not in first
    assert "the people who run Gatehouse" in first
    decide(browser, ask(browser, app, scope="openid"), "allow")

    page = consent_page(browser, app, scope="openid email")
    assert [scope["name"] for scope in page.context["new"]] == ["email"]
    assert [scope["name"] for scope in page.context["before"]] == ["openid"]
    text = page.content.decode()
    assert text.index("<h2>New</h2>") < text.index("See your e-mail address") < text.index("<h2>Allowed before</h2>")


def test_what_was_allowed_at_another_resource_is_new_here(
    browser: Client, signed_in: Session, app: Application
) -> None:
    consents.grant(signed_in.user_id, app.pk, ["openid", "email"], ["https://other.example/"])
    page = consent_page(browser, app, scope="openid email")
    assert page.context["before"] == []
    assert "Allowed before" not in page.content.decode()
