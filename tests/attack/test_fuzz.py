"""Every parameter of every endpoint, with what nobody should send: a clear refusal, never a 5xx.

The endpoints are those of the URL resolver and of the metadata: one that this file doesn't know fails it.
"""

import json
from collections.abc import Iterator
from urllib.parse import quote_from_bytes, urlsplit

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from oauth_ext import metadata
from oauth_ext.clients import assertion
from oauth_ext.clients.models import GrantType
from oauth_ext.registration.metadata import FLAGS, LISTS, NOT_SUPPORTED, TEXTS
from tests.dpop import TOKEN_ENDPOINT, b64
from tests.factories import FORM, SECRET, authorization_parameters, make_client, pkce, sign_in
from tests.oauth_ext.token_endpoint import basic, signed_in

pytestmark = pytest.mark.django_db

AUTHORIZE = (
    "acr_values audience authorization_details claims claims_locales client_id code_challenge code_challenge_method "
    "display dpop_jkt id id_token_hint login_hint max_age nonce prompt redirect_uri registration request request_uri "
    "resource response_mode response_type scope state ui_locales unknown"
).split()
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
TOKEN = (
    "actor_token_type requested_token_type subject_token_type "
    "actor_token assertion audience authorization_details client_assertion client_assertion_type client_id "
    "client_secret code code_verifier device_code grant_type redirect_uri refresh_token resource scope subject_token "
    "unknown"
).split()
DEVICE = (
    "authorization_details client_assertion client_assertion_type client_id client_secret claims code_challenge "
    "dpop_jkt resource scope unknown"
).split()
CLIENT = ["client_id", "client_secret", "client_assertion", "client_assertion_type"]
LOGOUT = "client_id confirm id_token_hint logout_hint post_logout_redirect_uri state ui_locales unknown".split()
NOTHING = ["unknown"]

# Each route, and the parameters that it knows.
ROUTES = {
    "": NOTHING,
    "healthz": NOTHING,
    "readyz": NOTHING,
    "theme/<str:name>.css": NOTHING,
    "theme/logo/<str:name>": NOTHING,
    "accounts/login/": ["next", "login", "password", "remember", "credential"],
    "accounts/logout/": ["next"],
    "accounts/signup/": ["next", "username", "email", "password1", "passkey"],
    "accounts/signup/passkey/": ["next", "credential"],
    "accounts/signup/passkey/options/": NOTHING,
    "accounts/verify-email/": ["next", "code"],
    "accounts/switch/": ["next"],
    "accounts/second-factor/": ["next", "code", "credential"],
    "accounts/passkeys/options/": ["anyone"],
    "accounts/factors/": NOTHING,
    "accounts/factors/app/": ["code"],
    "accounts/factors/app/remove/": NOTHING,
    "accounts/factors/passkeys/add/": ["name", "credential"],
    "accounts/factors/passkeys/options/": NOTHING,
    "accounts/factors/passkeys/<int:pk>/": ["name"],
    "accounts/factors/passkeys/<int:pk>/remove/": NOTHING,
    "accounts/factors/recovery-codes/": NOTHING,
    "accounts/sign-out-elsewhere/": NOTHING,
    "accounts/invitation/": ["username", "password1"],
    "accounts/invitation/<str:key>/": NOTHING,
    ".well-known/change-password": NOTHING,
    "accounts/password/change/": ["current", "password1"],
    "accounts/password/change/done/": NOTHING,
    "accounts/identities/": NOTHING,
    "accounts/identities/link/<str:name>/": NOTHING,
    "accounts/identities/<int:pk>/unlink/": NOTHING,
    "accounts/providers/<str:name>/": ["next"],
    "accounts/providers/<str:name>/callback/": ["state", "code", "iss", "error"],
    "accounts/providers/<str:name>/new/": ["next", "username", "email"],
    "accounts/providers/<str:name>/jwks.json": NOTHING,
    "accounts/password/reset/": ["email"],
    "accounts/password/reset/done/": NOTHING,
    "accounts/password/reset/key/done/": NOTHING,
    "accounts/password/reset/key/1-abc/": ["password1", "password2"],
    "o/authorize/": AUTHORIZE,
    "o/par/": [*AUTHORIZE, "client_secret", "client_assertion", "client_assertion_type"],
    "o/choose-account/": ["id", "choice"],
    "o/consent/": ["id", "decision"],
    "o/decline/": ["id"],
    "o/device/": ["user_code", "decision", "unknown"],
    "o/device/done/": NOTHING,
    "o/device-authorization/": DEVICE,
    "o/logout/": LOGOUT,
    "o/logout/confirm/": LOGOUT,
    "o/register/": NOTHING,
    "o/register/<str:client_id>/": NOTHING,
    "o/token/": TOKEN,
    "o/revoke_token/": [*CLIENT, "token", "token_type_hint", "unknown"],
    "o/introspect/": [*CLIENT, "token", "token_type_hint", "unknown"],
    "o/userinfo/": ["access_token", "unknown"],
    ".well-known/jwks.json": NOTHING,
    ".well-known/oauth-authorization-server": NOTHING,
    ".well-known/oauth-protected-resource": NOTHING,
    ".well-known/oauth-protected-resource/graphql": NOTHING,
    ".well-known/openid-configuration": NOTHING,
    "api/openapi.json": NOTHING,
    "api/docs": NOTHING,
    "api/docs/": NOTHING,
    "graphql": ["query", "variables", "operationName", "extensions", "unknown"],
    "graphql/": ["query", "variables", "operationName", "extensions", "unknown"],
    **{
        f"api/{name}{slash}": ["token", "unknown"]
        for name in ("userinfo", "roles", "validate-token", "logout")
        for slash in ("", "/")
    },
}
# Django's own, behind the sign-in of staff.
NOT_OURS = ("admin/",)

NASTY = {
    "NUL": b"\x00",
    "CRLF": b"a\r\nSet-Cookie: x=1",
    "lone surrogate": b"\xed\xa0\x80",
    "not UTF-8": b"\xff\xfe",
    "a megabyte": b"x" * 1_000_000,
    "empty": b"",
    "brackets": b"[]",
    "an object": b'{"$ne": null}',
    "a number too large": b"9" * 400,
    "negative": b"-1",
    "a format": b"%s%n{0}{{7*7}}",
    "quotes": b"'\"><script>alert(1)</script>",
    "unicode": "\u202e\ufeffé😀٠".encode(),
    "a URI": b"https://evil.example:port/%zz",
    "backslashes": b"//\\\\evil.example",
    "a JWT of nothing": b"e30.e30.e30",
    "dots": b"r1....",
}


def routes() -> Iterator[str]:
    def walk(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
        for pattern in resolver.url_patterns:
            path = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from () if path in NOT_OURS else walk(pattern, path)
            elif isinstance(pattern, URLPattern):
                yield path

    return walk(get_resolver())


def test_T43_every_route_is_fuzzed():
    def known(route: str) -> bool:
        return route in ROUTES or (route.startswith("^accounts/password/reset/key/"))

    assert [route for route in routes() if not known(route)] == []


def test_T43_every_advertised_endpoint_is_fuzzed(settings):
    advertised = json.loads(metadata.authorization_server(settings.ISSUER_URL))
    paths = {
        urlsplit(uri).path.removeprefix("/") for name, uri in advertised.items() if name.endswith(("_endpoint", "_uri"))
    }
    assert paths
    assert paths <= ROUTES.keys()


@pytest.fixture
def person(settings):
    settings.SIGN_UP = True
    settings.DYNAMIC_REGISTRATION = "open"
    settings.CLIENT_ID_METADATA_DOCUMENTS = True
    settings.REFRESH_TOKEN_GRACE_SECONDS = 10**6  # a refresh token that is presented over and over
    make_client("tv", grant_types=[GrantType.DEVICE_CODE], redirect_uris=[])
    exchanges = {"grant_types": [GrantType.TOKEN_EXCHANGE], "token_endpoint_auth_method": "client_secret_post"}
    make_client("service", client_type="confidential", redirect_uris=[], **exchanges)
    return signed_in(make_client(trusted=True, grant_types=["authorization_code", "refresh_token"]))


def bases(route: str, person) -> list[dict[str, str]]:
    """Good requests to this route: what is nasty stands in the place of one parameter."""
    if route in {"o/authorize/", "o/par/"}:
        good = authorization_parameters(person.client, pkce().challenge)
        return [good, good | {"response_mode": "form_post"}]
    if route == "o/token/":
        code = {
            "grant_type": "authorization_code",
            "code": "x",
            "code_verifier": "v" * 43,
            "redirect_uri": "https://a.b",
        }
        refresh = {"grant_type": "refresh_token", "refresh_token": person.refresh_token}
        device = {"grant_type": GrantType.DEVICE_CODE, "device_code": "x", "client_id": "tv"}
        exchange = {"grant_type": GrantType.TOKEN_EXCHANGE, "client_id": "service", "client_secret": SECRET}
        exchange |= {"subject_token": person.access_token, "subject_token_type": ACCESS_TOKEN}
        return [{"client_id": "app"} | code, {"client_id": "app"} | refresh, device, exchange]
    if route == "o/device-authorization/":
        return [{"client_id": "tv", "scope": "openid"}]
    if route == "o/device/":
        return [{"user_code": "WDJB-MJHT"}, {"user_code": "WDJB-MJHT", "decision": "allow"}]
    if route in {"o/revoke_token/", "o/introspect/"}:
        return [{"client_id": "app", "token": "x"}, {"client_assertion_type": assertion.TYPE, "token": "x"}]
    if route == "accounts/signup/":
        return [{"username": "carol", "email": "carol@example.com", "password1": "correct horse battery staple"}]
    if route == "accounts/login/":
        return [{"login": "alice", "password": "x", "next": "/o/authorize/?id=x"}]
    return [{}]


def encoded(parameters: dict[str, str], name: str, value: bytes, *, twice: bool = False) -> str:
    pairs = [(key, text.encode()) for key, text in parameters.items() if key != name]
    pairs += [(name, value)] * (2 if twice else 1)
    return "&".join(f"{key}={quote_from_bytes(raw)}" for key, raw in pairs)


@pytest.mark.parametrize("route", ROUTES)
def test_T43_nothing_makes_a_5xx(route, person):
    browser = Client(raise_request_exception=False)
    sign_in(browser, person.user)
    headers = {"authorization": f"Bearer {person.access_token}"} if route.startswith(("api", "graphql")) else {}
    for base in bases(route, person):
        for name in ROUTES[route]:
            for what, value in NASTY.items():
                query = encoded(base, name, value)
                for answer in (
                    browser.generic("GET", f"/{route}", QUERY_STRING=query, headers=headers),
                    browser.post(f"/{route}", query, content_type=FORM, headers=headers),
                ):
                    assert answer.status_code < 500, (what, name, answer.content[:300])
            twice = encoded(base, name, b"1", twice=True)
            assert browser.post(f"/{route}", twice, content_type=FORM, headers=headers).status_code < 500, name


BOUND = ("o/token/", "o/userinfo/", "graphql", "api/userinfo/", "api/validate-token/")


def nasty_proofs() -> Iterator[str]:
    """The header DPoP with what is in NASTY in the place of the whole, of each part, claim and member."""
    yield from (value.decode("latin-1") for value in NASTY.values())
    jwk: dict[str, object] = {"kty": "EC", "crv": "P-256", "x": "a" * 43, "y": "a" * 43}
    good: dict[str, object] = {"jti": "x", "htm": "POST", "htu": TOKEN_ENDPOINT, "iat": 1, "nonce": "x", "ath": "x"}
    wrong: list[object] = [None, 1, True, [], {}, -1, 1e308, "", "\x00", "\udfff", "é" * 5000, {"kty": []}, [[[]]]]
    for value in wrong:
        for name in ("typ", "alg", "jwk", "crit"):
            yield jws({"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk} | {name: value}, good)
        for name in jwk:
            yield jws({"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk | {name: value}}, good)
        for name in good:
            yield jws({"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk}, good | {name: value})


def jws(header: dict[str, object], claims: dict[str, object]) -> str:
    return ".".join(b64(json.dumps(part).encode()) for part in (header, claims, "signature"))


@pytest.mark.parametrize("route", BOUND)
def test_T43_no_proof_makes_a_5xx(route, person):
    browser = Client(raise_request_exception=False)
    form = {"grant_type": "refresh_token", "client_id": "app", "refresh_token": person.refresh_token}
    for proof in nasty_proofs():
        headers = {"DPoP": proof, "Authorization": f"DPoP {person.access_token}"}
        answer = browser.post(f"/{route}", form, headers=headers if route != "o/token/" else {"DPoP": proof})
        assert 400 <= answer.status_code < 500, (proof[:300], answer.content[:300])


def test_T43_no_client_metadata_make_a_5xx(person):
    browser = Client(raise_request_exception=False)
    members = [*TEXTS, *LISTS, *FLAGS, *NOT_SUPPORTED, "scope", "jwks", "response_types", "client_id", "client_secret"]
    texts = [value.decode("latin-1") for value in NASTY.values()]
    wrong: list[object] = [None, 1, True, [], {}, -1, 1e308, [[]], [None], {"keys": [{"kty": []}]}, "\udfff", *texts]
    good = {"redirect_uris": ["https://a.example/cb"], "token_endpoint_auth_method": "none"}
    registered = browser.post("/o/register/", json.dumps(good), content_type="application/json").json()
    headers = {"authorization": f"Bearer {registered['registration_access_token']}"}
    path = urlsplit(registered["registration_client_uri"]).path
    for name in members:
        for value in [*wrong, *([text] for text in texts)]:
            body = json.dumps(good | {"client_id": registered["client_id"], name: value})
            for answer in (
                browser.post("/o/register/", body, content_type="application/json"),
                browser.put(path, body, content_type="application/json", headers=headers),
            ):
                assert answer.status_code < 500, (name, value, answer.content[:300])


@pytest.mark.full
@pytest.mark.parametrize("route", ROUTES)
def test_T43_no_body_and_no_header_makes_a_5xx(route):
    browser = Client(raise_request_exception=False)
    bodies = [b"", b"\x00", b"{", b"[" * 10_000, b'{"a":' * 10_000, b"null", b'"x"', b"[1]", b'{"query": 1}', b"\xff"]
    types = ["application/json", FORM, "multipart/form-data; boundary=x", "text/plain", "", "a/b/c; charset=\xff"]
    for body in bodies:
        for content_type in types:
            answer = browser.generic("POST", f"/{route}", body, content_type=content_type)
            assert answer.status_code < 500, (body[:20], content_type, answer.content[:300])
    for value in ("", "Bearer", "Bearer ", "Bearer a b", "Basic ", "Basic \xff", basic("x", "y"), "DPoP x", "x" * 9000):
        for method in ("GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE"):
            answer = browser.generic(method, f"/{route}", headers={"authorization": value, "accept": value})
            assert answer.status_code < 500, (method, value[:20], answer.content[:300])
