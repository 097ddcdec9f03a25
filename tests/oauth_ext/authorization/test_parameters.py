"""What a request may say, and what it is told where it may not."""

import json

import pytest
from django.test import Client
from django.utils.translation import get_language

from idp.dev.translations import LANGUAGES
from idp.models import Session, User
from oauth_ext.authorization.models import AuthorizationCode, AuthorizationRequest
from oauth_ext.clients.models import Application
from oauth_ext.resources.models import Resource
from tests import factories
from tests.factories import answer_of, authorization_parameters, pkce
from tests.oauth_ext.authorization.steps import ask, get, handle_of, location, post, stays

KNOWN = (
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "response_mode",
    "prompt",
    "max_age",
    "login_hint",
    "acr_values",
    "ui_locales",
    "id_token_hint",
    "made_up",
)
ON_A_PAGE = {"client_id", "redirect_uri"}
VALUES = {"response_mode": "query", "prompt": "consent", "max_age": "10"}


@pytest.mark.parametrize("name", KNOWN)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_T12_no_parameter_stands_twice(
    browser: Client, signed_in: Session, trusted: Application, name: str, method: str
) -> None:
    parameters = authorization_parameters(trusted, pkce().challenge)
    parameters.setdefault(name, VALUES.get(name, "x"))
    twice = [*parameters.items(), (name, parameters[name])]

    response = get(browser, twice) if method == "GET" else post(browser, "/o/authorize/", twice)

    if name in ON_A_PAGE:
        assert stays(response)
    else:
        answer = answer_of(response)
        assert answer["error"] == "invalid_request"
        assert answer.get("state") == (None if name == "state" else "a-state")


@pytest.mark.parametrize("name", ["resource", "audience"])
def test_T12_resource_and_audience_may(browser: Client, signed_in: Session, trusted: Application, name: str) -> None:
    Resource.objects.bulk_create([Resource(uri="https://a.example/"), Resource(uri="https://b.example/")])
    parameters = authorization_parameters(trusted, pkce().challenge)

    response = get(browser, [*parameters.items(), (name, "https://a.example/"), (name, "https://b.example/")])

    assert "code" in answer_of(response)
    if name == "resource":
        assert AuthorizationCode.objects.get().resources == ["https://a.example/", "https://b.example/"]


def test_T12_unknown_parameters_are_ignored(browser: Client, signed_in: Session, trusted: Application) -> None:
    assert "code" in answer_of(ask(browser, trusted, made_up="x", access_type="offline"))


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("request", "request_not_supported"),
        ("request_uri", "request_uri_not_supported"),
        ("registration", "registration_not_supported"),
        ("claims", "invalid_request"),
        ("dpop_jkt", "invalid_request"),
        ("authorization_details", "invalid_request"),
    ],
)
def test_T12_what_we_know_and_do_not_support_is_refused_by_name(
    browser: Client, signed_in: Session, trusted: Application, name: str, error: str
) -> None:
    answer = answer_of(ask(browser, trusted, **{name: "x"}))

    assert answer["error"] == error
    assert name in answer["error_description"]


def test_T04_S256_makes_a_code(browser: Client, signed_in: Session, trusted: Application) -> None:
    assert "code" in answer_of(ask(browser, trusted))


@pytest.mark.parametrize("client_type", ["public", "confidential"])
@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge": None},
        {"code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": "s256"},
        {"code_challenge": "short"},
        {"code_challenge": "a" * 42},
        {"code_challenge": "a" * 44},
        {"code_challenge": "a" * 128},
        {"code_challenge": "=" * 43},
        {"code_challenge": "a" * 42 + "\n"},
    ],
)
def test_T04_every_client_needs_pkce_with_S256(
    browser: Client, signed_in: Session, client_type: str, changes: dict[str, str | None]
) -> None:
    client = factories.make_client("app", client_type=client_type, trusted=True)

    assert answer_of(ask(browser, client, **changes))["error"] == "invalid_request"


@pytest.mark.parametrize(
    "response_type", ["token", "id_token", "id_token token", "code token", "code id_token", "none", "CODE"]
)
def test_T07_nothing_but_a_code_goes_through_the_browser(
    browser: Client, signed_in: Session, trusted: Application, response_type: str
) -> None:
    response = ask(browser, trusted, response_type=response_type)

    assert answer_of(response)["error"] == "unsupported_response_type"
    assert "#" not in location(response)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"scope": "openid unheard_of"}, "invalid_scope"),
        ({"scope": "openid  profile"}, "invalid_scope"),
        ({"scope": 'op"enid'}, "invalid_scope"),
        ({"resource": "https://nobody.example/"}, "invalid_target"),
        ({"resource": "not a uri"}, "invalid_target"),
        ({"resource": "https://a.example/#fragment"}, "invalid_target"),
        ({"prompt": "create"}, "invalid_request"),
        ({"prompt": "login made_up"}, "invalid_request"),
        ({"prompt": "login '\"><script>"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "1.5"}, "invalid_request"),
        ({"max_age": "١"}, "invalid_request"),
        ({"max_age": "9" * 10}, "invalid_request"),
        ({"nonce": "n" * 513}, "invalid_request"),
        ({"state": "s" * 2049}, "invalid_request"),
        ({"state": "😀" * 513}, "invalid_request"),
        ({"resource": "http://localhost:8000/ü"}, "invalid_target"),
        ({"id_token_hint": "not.a.token"}, "invalid_request"),
    ],
)
def test_a_wrong_value_is_told_to_the_client(
    browser: Client, signed_in: Session, trusted: Application, changes: dict[str, str | None], error: str
) -> None:
    Resource.objects.create(uri="https://a.example/")

    answer = answer_of(ask(browser, trusted, **changes))

    assert answer["error"] == error
    assert "code" not in answer


@pytest.mark.parametrize("stranger", [True, False])
def test_a_request_costs_four_kilobytes_at_most(browser: Client, alice: User, app: Application, stranger: bool) -> None:
    if not stranger:
        factories.sign_in(browser, alice)
    parts = [("resource", f"http://localhost:8000/{number}{'x' * 230}") for number in range(10)]
    good = authorization_parameters(app, pkce().challenge, state="s" * 2048, nonce="n" * 512)

    answer = answer_of(get(browser, [*good.items(), *parts]))
    assert (answer["error"], answer["state"]) == ("invalid_request", "s" * 2048)
    assert not AuthorizationRequest.objects.exists()

    get(browser, [*good.items(), *parts[:2]])
    assert len(json.dumps(AuthorizationRequest.objects.get().parameters)) < 4096


def test_what_was_left_out_takes_no_room(browser: Client, signed_in: Session, app: Application) -> None:
    ask(browser, app, nonce=None, state=None, scope=None)

    kept = AuthorizationRequest.objects.get().parameters
    assert kept.keys() == {"redirect_uri", "code_challenge"}


@pytest.mark.parametrize("languages", ["en", "de", "fr-CA en", "x" * 300, "-", "😀"])
def test_ui_locales_is_a_wish_and_never_an_error(
    browser: Client, signed_in: Session, trusted: Application, languages: str
) -> None:
    assert "code" in answer_of(ask(browser, trusted, ui_locales=languages))


@pytest.mark.parametrize(
    ("wished", "prefers", "spoken"),
    [("de", "en", "de"), ("fr-CA de-AT en", "en", "de"), ("fr", "de", "de"), ("en", "de", "en"), (None, "de", "de")],
)
def test_ui_locales_chooses_the_language_of_each_page(
    browser: Client, app: Application, wished: str | None, prefers: str, spoken: str
) -> None:
    browser.defaults["HTTP_ACCEPT_LANGUAGE"] = prefers
    response = ask(browser, app, ui_locales=wished)
    page = browser.get(location(response))
    assert f'<html lang="{spoken}">' in page.content.decode()
    assert page.headers["Content-Language"] == spoken
    assert ("Anmelden" in page.content.decode()) is (spoken == "de")
    factories.sign_in(browser, factories.make_user("carol"))
    consent = browser.get(f"/o/authorize/?id={handle_of(response)}", follow=True).content.decode()
    assert f'<html lang="{spoken}">' in consent
    assert ("Wissen, dass Sie es sind" in consent) is (spoken == "de")


@pytest.mark.django_db
def test_what_programs_are_told_is_in_english_whoever_was_answered_before(browser: Client) -> None:
    assert browser.get("/accounts/login/", headers={"Accept-Language": "de"}).headers["Content-Language"] == "de"
    assert get_language() == "en"


def test_the_languages_that_are_advertised_are_those_of_the_pages(browser: Client) -> None:
    assert browser.get("/.well-known/openid-configuration").json()["ui_locales_supported"] == ["en", *LANGUAGES]


def test_a_client_without_the_code_grant_gets_none(browser: Client, signed_in: Session) -> None:
    client = factories.make_client(
        "machine", client_type="confidential", grant_types=["client_credentials"], trusted=True
    )

    assert answer_of(ask(browser, client))["error"] == "unauthorized_client"


@pytest.mark.parametrize(
    "query",
    [
        b"client_id=%00",
        b"client_id=app&state=%00",
        b"client_id=app&state=%ED%A0%80",
        b"client_id=app&state=%FF",
        b"client_id=app&scope=" + b"x" * 1_000_000,
        b"client_id=" + b"x" * 1_000_000,
        b"client_id[]=app",
        b"client_id=app&" + b"&".join(b"a%d=1" % number for number in range(200)),
        b"id=%00",
        b"id=%ED%A0%80",
        b"id=" + b"x" * 10_000,
        b"id=1&id=2",
        b"",
        b"&&&===",
    ],
)
def test_T43_what_can_not_be_read_is_a_page(browser: Client, app: Application, query: bytes) -> None:
    assert stays(browser.get("/o/authorize/", QUERY_STRING=query.decode()))
    assert stays(browser.generic("POST", "/o/authorize/", query, "application/x-www-form-urlencoded"))
    assert stays(browser.get("/o/consent/", QUERY_STRING=query.decode()))
    assert stays(browser.generic("POST", "/o/consent/", query, "application/x-www-form-urlencoded"))
    assert stays(browser.generic("POST", "/o/choose-account/", query, "application/x-www-form-urlencoded"))


@pytest.mark.parametrize("state", ["line\r\nSet-Cookie: a=b", "ünï→😀", "a b+c&d=e%20#f", "x" * 2048])
def test_state_comes_back_as_it_went(browser: Client, signed_in: Session, trusted: Application, state: str) -> None:
    response = ask(browser, trusted, state=state)

    assert answer_of(response)["state"] == state
    assert "Set-Cookie: a=b" not in response.headers.get("Location", "")


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "OPTIONS"])
def test_other_methods_are_not_allowed(browser: Client, signed_in: Session, trusted: Application, method: str) -> None:
    response = browser.generic(method, "/o/authorize/")

    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, POST"


def test_a_post_from_another_site_is_kept_and_goes_on_with_a_get(
    browser: Client, alice: object, signed_in: Session, trusted: Application
) -> None:
    stranger = Client(enforce_csrf_checks=True, headers={"Origin": "https://app.example"})

    response = post(stranger, "/o/authorize/", authorization_parameters(trusted, pkce().challenge))

    assert response.status_code == 303
    assert location(response) == f"/o/authorize/?id={handle_of(response)}"
    assert "code" in answer_of(browser.get(location(response)))


def test_asking_for_no_scope_asks_for_the_clients_default(browser: Client, signed_in: Session) -> None:
    client = factories.make_client("app", trusted=True, default_scopes=["openid", "email"])

    ask(browser, client, scope=None)

    assert AuthorizationCode.objects.get().scopes == ["openid", "email"]


def test_T30_tokens_in_the_address_are_of_no_use(browser: Client, trusted: Application) -> None:
    assert location(ask(browser, trusted, access_token="anything")).startswith("/accounts/login/")
