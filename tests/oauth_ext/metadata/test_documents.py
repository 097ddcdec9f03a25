"""Nothing is advertised that doesn't work, and nothing works that is not advertised."""

import json
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import URLPattern, resolve
from joserfc import jwt
from joserfc.jwk import KeySet

from idp.signin import methods
from idp.users.acr import ACR_VALUES
from oauth_ext import metadata as documents_of
from oauth_ext import scopes, urls
from oauth_ext.clients import services as clients
from oauth_ext.clients.models import GrantType
from oauth_ext.clients.services import ClientSpec
from tests.factories import REDIRECT_URI, make_client, make_user
from tests.oauth_ext.clients.signing import KEYS, assertion, by_assertion, jwks
from tests.oauth_ext.token_endpoint import basic, get, post, signed_in, token

pytestmark = pytest.mark.django_db
ISSUER = "http://localhost:8000"
DOCUMENTS = ("openid-configuration", "oauth-authorization-server", "oauth-protected-resource", "jwks.json")
# for people, who come to them by a redirect
PAGES = {"choose-account", "consent", "decline", "confirm-logout", "device", "device-done"}
TOLD_TO_ONE = {"client-configuration"}  # each client its own, when it registers (RFC 7592 §3)


def metadata(name="openid-configuration"):
    response = Client().get(f"/.well-known/{name}")
    assert response.headers["Content-Type"] == "application/json"
    return response.json()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents_are_public_and_kept_for_minutes(name):
    path = f"/.well-known/{name}"
    response = Client().get(path)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "public, max-age=300"
    assert not response.cookies
    assert Client().head(path).status_code == 200
    for method in ("post", "put", "delete", "patch"):
        refused = getattr(Client(), method)(path)
        assert refused.status_code == 405
        assert refused.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_T48_the_documents_do_not_depend_on_the_host(name, settings):
    path = f"/.well-known/{name}"
    here = Client().get(path).content
    refused = Client().get(path, headers={"host": "evil.example"})
    assert refused.status_code == 400
    assert b"evil.example" not in refused.content
    settings.ALLOWED_HOSTS = ["*"]
    for host in ("evil.example", "127.0.0.1:9000", "localhost"):
        headers = {"host": host, "x-forwarded-host": "evil.example", "forwarded": "host=evil.example"}
        assert Client().get(path, headers=headers).content == here


def test_T48_one_document_under_both_names():
    assert metadata() == metadata("oauth-authorization-server")
    assert metadata()["issuer"] == ISSUER


def test_every_endpoint_is_there_and_every_route_is_advertised(settings):
    settings.DYNAMIC_REGISTRATION = "open"
    documents_of.authorization_server.cache_clear()
    told = {name: uri for name, uri in metadata().items() if name.endswith("_endpoint") or name == "jwks_uri"}
    assert all(uri.startswith(f"{ISSUER}/") for uri in told.values())
    documents_of.authorization_server.cache_clear()
    advertised = {resolve(urlsplit(uri).path).url_name for uri in told.values()}
    routes = {pattern.name for pattern in urls.urlpatterns if isinstance(pattern, URLPattern) and pattern.name}
    documents = {name for name in routes if name.startswith(("openid-", "oauth-"))}
    assert advertised == routes - PAGES - TOLD_TO_ONE - documents


@pytest.mark.parametrize(
    "grant_type",
    [
        "authorization_code",
        "refresh_token",
        "client_credentials",
        "password",
        "implicit",
        "urn:ietf:params:oauth:grant-type:device_code",
        "urn:ietf:params:oauth:grant-type:token-exchange",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "urn:openid:params:grant-type:ciba",
    ],
)
def test_T35_the_grants_that_are_advertised_are_those_that_work(grant_type):
    machine = make_client("machine", client_type="confidential", grant_types=["client_credentials"], redirect_uris=[])
    error = token(machine, grant_type).body.get("error")
    if grant_type == "client_credentials":
        assert error is None
    elif grant_type in metadata()["grant_types_supported"]:
        assert error == "unauthorized_client"
    else:
        assert error in {"unsupported_grant_type", "invalid_request"}


def test_every_way_to_authenticate_works_and_no_other_can_be_registered():
    told = metadata()["token_endpoint_auth_methods_supported"]
    assert sorted(told) == ["client_secret_basic", "client_secret_post", "none", "private_key_jwt"]
    for method in told:
        public = method == "none"
        client = make_client(
            method,
            client_type="public" if public else "confidential",
            token_endpoint_auth_method=method,
            redirect_uris=[REDIRECT_URI],
            jwks=jwks(KEYS["ES256"]),
        )
        secret = "a-secret-of-a-test-client-which-is-long-enough"
        ways = {
            "none": {"client_id": method},
            "client_secret_post": {"client_id": method, "client_secret": secret},
            "client_secret_basic": {"authorization": basic(method, secret)},
            "private_key_jwt": by_assertion(assertion(method)),
        }
        for way, given in ways.items():
            works = post("/o/revoke_token/", token="unknown", **given).status == 200
            assert works == (way == method), (method, way)
        assert client.token_endpoint_auth_method == method
    for method in ("client_secret_jwt", "tls_client_auth"):
        spec = ClientSpec(
            "x", client_type="confidential", token_endpoint_auth_method=method, redirect_uris=[REDIRECT_URI]
        )
        assert clients.problems(spec)


def test_every_claim_that_is_advertised_is_told_and_no_other():
    user = make_user("alice", email="alice@example.com")
    user.first_name, user.last_name = "Alice", "Jones"
    user.save()
    real = signed_in(user=user, scope="openid profile email roles", nonce="n")
    keys = KeySet.import_key_set(metadata("jwks.json"))
    told = set(jwt.decode(real.tokens["id_token"], keys, algorithms=["RS256"]).claims)
    told |= set(get("/o/userinfo/", real.access_token).body)
    assert told == set(metadata()["claims_supported"])


def test_T78_each_class_of_sign_in_that_is_advertised_can_be_reached_and_no_other():
    ways = [methods.PASSWORD, *methods.CODES.values(), *(methods.passkey(synced=synced) for synced in (True, False))]
    assert metadata()["acr_values_supported"] == list(dict.fromkeys(way.acr for way in ways))
    assert list(ACR_VALUES) == sorted(ACR_VALUES), "the database compares them as text"


def test_every_scope_and_algorithm_that_is_advertised_can_be_registered():
    told = metadata()
    assert told["scopes_supported"] == list(scopes.catalogue())
    for algorithm in told["id_token_signing_alg_values_supported"]:
        spec = ClientSpec("x", scopes=told["scopes_supported"], algorithm=algorithm, redirect_uris=[REDIRECT_URI])
        assert not clients.problems(spec)
    assert "RS256" in told["id_token_signing_alg_values_supported"]  # OIDC Discovery §3


def test_what_is_not_supported_is_said_to_be():
    told = metadata()
    assert told["request_parameter_supported"] is False
    assert told["request_uri_parameter_supported"] is False  # left out, it would mean true
    assert told["claims_parameter_supported"] is False
    assert told["authorization_response_iss_parameter_supported"] is True
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert told["response_types_supported"] == ["code"]
    assert told["response_modes_supported"] == ["query", "form_post"]
    assert "registration_endpoint" not in told


@pytest.mark.parametrize("path", ["", "/graphql"])
def test_our_own_api_says_who_issues_its_tokens(path):
    told = metadata(f"oauth-protected-resource{path}")
    assert told["resource"] == f"{ISSUER}{path}"
    assert told["authorization_servers"] == [ISSUER]
    assert told["bearer_methods_supported"] == ["header"]
    real = signed_in(scope="openid", resource=told["resource"])
    assert get("/o/userinfo/", real.access_token).status == 200


def test_a_published_key_is_public():
    for key in metadata("jwks.json")["keys"]:
        assert {"kid", "alg", "use", "kty"} < set(key)
        assert not set(key) & {"d", "p", "q", "dp", "dq", "qi", "k"}
    assert json.dumps(metadata("jwks.json")).isascii()


def test_the_grants_that_are_advertised_are_those_that_clients_may_have():
    assert sorted(metadata()["grant_types_supported"]) == sorted(GrantType.values)


@pytest.mark.parametrize("name", DOCUMENTS[:3])
def test_nothing_that_is_advertised_is_empty(name):
    for value in metadata(name).values():
        assert "" not in (value if isinstance(value, list) else [value])
