"""Dynamic client registration (RFC 7591): who may, what is refused, what is answered."""

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from idp.ratelimit.limits import REGISTRATIONS
from oauth_ext import metadata, scopes
from oauth_ext.clients import services as clients
from oauth_ext.clients.models import Application
from oauth_ext.registration import tokens
from oauth_ext.registration.models import InitialAccessToken
from tests.factories import FORM, authorization_parameters, make_client, make_user, pkce, sign_in
from tests.oauth_ext.clients.signing import KEYS, jwks
from tests.oauth_ext.registration.calls import BACKEND, NATIVE, REGISTER, register
from tests.oauth_ext.token_endpoint import get_code, token

pytestmark = pytest.mark.django_db


def advertised() -> dict[str, object]:
    document: dict[str, object] = json.loads(metadata.authorization_server("http://localhost:8000"))
    return document


def initial_access_token(uses: int = 1) -> str:
    return tokens.issue("for the test", uses=uses, lifetime=timedelta(hours=1))


# Off unless switched on


def test_nothing_is_there_unless_it_is_switched_on():
    assert register(NATIVE).status == 404
    assert Client().get(f"{REGISTER}x/").status_code == 404
    assert "registration_endpoint" not in advertised()
    assert not Application.objects.exists()


def test_it_is_advertised_where_it_works(with_token):
    assert advertised()["registration_endpoint"] == "http://localhost:8000/o/register/"


# Initial access tokens


@pytest.mark.parametrize(
    "presented", [None, "", "wrong", "x" * 43, "expired", "used", "ended"], ids=lambda value: value or "none"
)
def test_RFC7591_3_nobody_registers_without_a_live_token(with_token, presented):
    if presented in {"expired", "used", "ended"}:
        kind, presented = presented, initial_access_token()
        row = InitialAccessToken.objects.filter()
        match kind:
            case "expired":
                row.update(expires_at=timezone.now())
            case "used":
                assert register(NATIVE, presented).status == 201
            case "ended":
                assert tokens.end([row.get().pk]) == 1
    before = Application.objects.count()
    answer = register(NATIVE, presented)
    assert (answer.status, answer.body["error"]) == (401, "invalid_token")
    assert answer.response["WWW-Authenticate"].startswith('Bearer realm="gatehouse"')
    assert "DPoP" not in answer.response["WWW-Authenticate"]
    assert Application.objects.count() == before


def test_a_wrong_token_is_not_made_good_by_an_open_door(anybody):
    assert register(NATIVE, "wrong").status == 401
    assert register(NATIVE).status == 201


def test_a_token_with_another_scheme_is_refused(anybody):
    answer = Client().post(
        REGISTER, json.dumps(NATIVE), content_type="application/json", headers={"authorization": "DPoP x"}
    )
    assert answer.status_code == 401


def test_a_refused_registration_leaves_the_token_as_it_was(with_token):
    presented = initial_access_token()
    assert register({"redirect_uris": ["http://evil.example/cb"]}, presented).status == 400
    assert register(NATIVE, presented).status == 201
    assert register(NATIVE, presented).status == 401


def test_the_command_makes_a_token_and_only_its_hash_is_kept(with_token, capsys):
    call_command("create_initial_access_token", "for the wiki team", "--uses=2", "--json")
    made = json.loads(capsys.readouterr().out)
    assert made["expires_in"] == 7 * 86400
    row = InitialAccessToken.objects.get()
    assert made["initial_access_token"] not in (row.token_hash, row.note)
    assert [register(NATIVE, made["initial_access_token"]).status for _ in range(3)] == [201, 201, 401]


def test_dead_tokens_are_cleaned_and_live_ones_stay():
    live, _, _ = initial_access_token(), initial_access_token(), initial_access_token()
    used, expired = InitialAccessToken.objects.order_by("-pk")[:2]
    InitialAccessToken.objects.filter(pk=used.pk).update(uses_left=0)
    InitialAccessToken.objects.filter(pk=expired.pk).update(expires_at=timezone.now())
    assert tokens.clean() == 2
    tokens.check(live)


# What is refused


@pytest.mark.parametrize(
    ("changes", "error", "named"),
    [
        ({"redirect_uris": ["http://app.example/cb"]}, "invalid_redirect_uri", "redirect_uris"),
        ({"redirect_uris": ["https://app.example/cb#x"]}, "invalid_redirect_uri", "redirect_uris"),
        ({"redirect_uris": ["https://*.example/cb"]}, "invalid_redirect_uri", "redirect_uris"),
        ({"redirect_uris": ["javascript:alert(1)"]}, "invalid_redirect_uri", "redirect_uris"),
        ({"redirect_uris": ["https://ü.example/cb"] * 20}, "invalid_redirect_uri", "redirect_uris"),
        ({"redirect_uris": []}, "invalid_redirect_uri", "redirect_uris"),
        ({"redirect_uris": None}, "invalid_redirect_uri", "redirect_uris"),
        ({"redirect_uris": "https://app.example/cb"}, "invalid_redirect_uri", "redirect_uris"),
        ({"redirect_uris": [["https://app.example/cb"]]}, "invalid_redirect_uri", "redirect_uris"),
        ({"redirect_uris": [f"https://a{n}.example/" for n in range(21)]}, "invalid_redirect_uri", "redirect_uris"),
        ({"client_name": 7}, "invalid_client_metadata", "client_name"),
        ({"client_name": "A\u202ebank"}, "invalid_client_metadata", "client_name"),
        ({"client_name": "A\x00"}, "invalid_client_metadata", "client_name"),
        ({"client_name": "x" * 256}, "invalid_client_metadata", "client_name"),
        ({"grant_types": ["client_credentials"]}, "invalid_client_metadata", "grant_types"),
        ({"grant_types": ["implicit"]}, "invalid_client_metadata", "grant_types"),
        (
            {"grant_types": ["urn:ietf:params:oauth:grant-type:token-exchange"]},
            "invalid_client_metadata",
            "grant_types",
        ),
        ({"response_types": ["token"]}, "invalid_client_metadata", "response_types"),
        ({"response_types": ["code", "id_token"]}, "invalid_client_metadata", "response_types"),
        ({"token_endpoint_auth_method": "client_secret_jwt"}, "invalid_client_metadata", "token_endpoint_auth_method"),
        ({"token_endpoint_auth_method": "private_key_jwt"}, "invalid_client_metadata", "jwks"),
        ({"jwks": {"keys": [{"kty": "oct", "k": "x"}]}}, "invalid_client_metadata", "jwks"),
        ({"jwks": []}, "invalid_client_metadata", "jwks"),
        ({"jwks": jwks(KEYS["ES256"]) | {"note": "a\x00b"}}, "invalid_client_metadata", "jwks"),
        ({"jwks_uri": "http://169.254.169.254/"}, "invalid_client_metadata", "jwks_uri"),
        ({"backchannel_logout_uri": "https://10.0.0.1/"}, "invalid_client_metadata", "backchannel_logout_uri"),
        ({"sector_identifier_uri": "https://10.0.0.1/"}, "invalid_client_metadata", "sector_identifier_uri"),
        ({"id_token_signed_response_alg": "none"}, "invalid_client_metadata", "id_token_signed_response_alg"),
        ({"subject_type": "secret"}, "invalid_client_metadata", "subject_type"),
        ({"dpop_bound_access_tokens": "yes"}, "invalid_client_metadata", "dpop_bound_access_tokens"),
        ({"scope": ["openid"]}, "invalid_client_metadata", "scope"),
        ({"userinfo_signed_response_alg": "ES256"}, "invalid_client_metadata", "userinfo_signed_response_alg"),
        (
            {"tls_client_certificate_bound_access_tokens": True},
            "invalid_client_metadata",
            "tls_client_certificate_bound_access_tokens",
        ),
        ({"default_max_age": 60}, "invalid_client_metadata", "default_max_age"),
        ({"software_statement": "e30.e30.x"}, "unapproved_software_statement", "Software statements"),
    ],
)
def test_T2_RFC7591_3_2_2_what_is_wrong_is_refused_by_name(anybody, changes, error, named):
    answer = register(NATIVE | changes)
    assert (answer.status, answer.body["error"]) == (400, error)
    assert named in answer.body["error_description"]
    assert answer.body["error_description"].isascii()
    assert not Application.objects.exists()


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("", "application/json"),
        ("[]", "application/json"),
        ("{", "application/json"),
        ('{"redirect_uris":["https://a.example/\\ud800"]}', "application/json"),
        (json.dumps(NATIVE), "text/plain"),
        ("redirect_uris=https://a.example/", "application/x-www-form-urlencoded"),
        (json.dumps({"client_name": "x" * 70_000}), "application/json"),
        ("[" * 3000, "application/json"),
    ],
)
def test_what_is_no_json_object_is_refused(anybody, body, content_type):
    answer = Client().post(REGISTER, body, content_type=content_type)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_T41_one_address_registers_so_many_and_no_more(anybody, settings):
    settings.RATE_LIMIT_FACTOR = 1
    answers = [register(NATIVE) for _ in range(REGISTRATIONS.rate.burst + 1)]
    assert [answer.status for answer in answers] == [201] * REGISTRATIONS.rate.burst + [429]
    assert int(answers[-1].response["Retry-After"]) > 0


# What is answered


def test_RFC7591_3_2_1_a_native_client_gets_a_name_and_can_sign_people_in(anybody):
    dress = {"logo_uri": "https://evil.example/logo.png", "accent": "#0a6b3d"}
    answer = register(NATIVE | dress | {"scope": "openid profile", "x": 1})
    assert (answer.status, answer.response["Cache-Control"]) == (201, "no-store")
    body = answer.body
    assert {name: body[name] for name in NATIVE} == NATIVE
    assert (body["scope"], body["response_types"]) == ("openid profile", ["code"])
    assert body["registration_client_uri"] == f"http://localhost:8000/o/register/{body['client_id']}/"
    assert abs(int(body["client_id_issued_at"]) - timezone.now().timestamp()) < 60
    assert not {"client_secret", "client_secret_expires_at", "logo_uri", "accent", "x"} & body.keys()
    client = Application.objects.get()
    assert client.accent == "", "a stranger doesn't dress the page on which people sign in"
    assert (client.trusted, client.registration_source, client.user) == (False, "dcr", None)
    code = get_code(client)
    assert code.redeem().status == 200


def test_RFC7591_2_a_client_that_says_no_more_than_where_it_answers_gets_a_secret(anybody):
    body = register(BACKEND).body
    assert body["token_endpoint_auth_method"] == "client_secret_basic"
    assert (body["grant_types"], body["client_secret_expires_at"]) == (["authorization_code"], 0)
    assert body["scope"] == "openid profile email roles offline_access"
    client = Application.objects.get()
    secret = body["client_secret"]
    held = [client.registration_token_hash, *client.secrets.values_list("digest", flat=True)]
    assert secret not in held
    assert body["registration_access_token"] not in held
    wrong = token(client, "authorization_code", code="x", code_verifier="v" * 43, redirect_uri=client.redirect_uris[0])
    assert (wrong.status, wrong.body["error"]) == (401, "invalid_client")


def test_a_client_that_signs_registers_its_keys(anybody):
    keys = jwks(KEYS["ES256"])
    body = register(BACKEND | {"token_endpoint_auth_method": "private_key_jwt", "jwks": keys}).body
    assert body["jwks"] == keys
    assert "client_secret" not in body


@pytest.fixture
def notes(settings):
    """A scope of a resource server."""
    settings.EXTRA_SCOPES = {"notes:write": "Write notes"}
    scopes.catalogue.cache_clear()
    yield
    scopes.catalogue.cache_clear()


def test_of_scopes_it_gets_those_that_need_no_word_of_the_operator(anybody, notes):
    body = register(NATIVE | {"scope": "openid tokens:introspect roles:read notes:write no:such"}).body
    assert body["scope"] == "openid notes:write"


@pytest.mark.parametrize("depth", [200, 300, 1000])
def test_what_is_nested_deeply_is_no_error_of_ours(anybody, depth):
    nested = '{"keys": [], "note": ' + "[" * depth + "]" * depth + "}"
    answer = Client().post(
        REGISTER, json.dumps(BACKEND)[:-1] + f', "jwks": {nested}}}', content_type="application/json"
    )
    assert answer.status_code == 400


def test_a_number_that_no_database_keeps_is_none(anybody):
    key = json.dumps(KEYS["ES256"].as_dict(private=False))[:-1] + ', "note": 1e999}'
    body = json.dumps(BACKEND)[:-1] + f', "jwks": {{"keys": [{key}]}}}}'
    answer = Client().post(REGISTER, body, content_type="application/json")
    assert answer.status_code in {201, 400}


# What people see


def test_T15_people_are_told_that_nobody_has_checked_the_name(anybody, browser):
    register(NATIVE | {"client_name": "Your Bank"})
    client = Application.objects.get()
    sign_in(browser, make_user())
    parameters = authorization_parameters(client, pkce().challenge)
    page = browser.get("/o/authorize/", parameters, follow=True)
    assert "This app registered itself." in page.content.decode()


def test_T15_of_a_client_that_the_operator_registered_nothing_is_said(browser):
    sign_in(browser, make_user())
    page = browser.get("/o/authorize/", authorization_parameters(make_client(), pkce().challenge), follow=True)
    assert page.status_code == 200
    assert "registered itself" not in page.content.decode()


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"prompt": "none"}, "login_required"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "no:such"}, "invalid_scope"),
        ({"code_challenge": None}, "invalid_request"),
    ],
)
def test_T03_RFC9700_4_11_2_no_error_leads_to_a_client_that_nobody_knows_by_itself(anybody, browser, changes, error):
    register(BACKEND | {"token_endpoint_auth_method": "none"})
    client = Application.objects.get()
    page = browser.get("/o/authorize/", authorization_parameters(client, pkce().challenge, **changes))
    assert page.status_code == 400
    text = page.content.decode()
    assert error in text
    assert "This app registered itself." in text
    assert f'href="https://shop.example/callback?error={error}' in text


def test_a_person_who_says_no_is_sent_back(anybody, browser):
    register(BACKEND | {"token_endpoint_auth_method": "none"})
    client = Application.objects.get()
    sign_in(browser, make_user())
    page = browser.get("/o/authorize/", authorization_parameters(client, pkce().challenge), follow=True)
    handle = page.request["QUERY_STRING"].removeprefix("id=")
    answer = browser.post("/o/consent/", f"id={handle}&decision=deny", FORM)
    assert answer.headers["Location"].startswith("https://shop.example/callback?error=access_denied")


def test_nobody_can_trust_a_client_that_describes_itself(anybody, admin_browser):
    register(NATIVE)
    client = Application.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        clients.set_trusted(client, trusted=True)
    page = f"/admin/oauth_ext/application/{client.pk}/change/"
    assert admin_browser.post(page, {"trusted": "on", "is_active": "on"}).status_code == 302
    client.refresh_from_db()
    assert client.trusted is False
