"""Client authentication by a signed assertion (RFC 7523, OIDC Core §9)."""

import base64
import json
import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, OKPKey

from oauth_ext.clients import services as clients
from oauth_ext.clients.services import authenticate
from oauth_ext.errors import InvalidClient, InvalidRequest
from oauth_ext.parameters import Parameters
from oauth_ext.replay.models import UsedOnce
from tests.oauth_ext.clients.signing import ISSUER, KEYS, LEFT_OUT, assertion, by_assertion, jwks, make_signing_client
from tests.oauth_ext.token_endpoint import basic, get, post, token

pytestmark = pytest.mark.django_db


def ask(text: str | None = None, authorization: str | None = None, **parameters):
    return authenticate(Parameters(by_assertion(text, **parameters).items()), authorization)


def test_T28_a_client_proves_itself_with_its_key():
    make_signing_client()
    assert ask().client_id == "signer"
    assert ask(client_id="signer").client_id == "signer"


@pytest.mark.parametrize("alg", KEYS)
def test_T28_each_algorithm_that_is_advertised_works(alg):
    make_signing_client("signer", KEYS[alg])
    assert ask(assertion(alg=alg)).client_id == "signer"
    supported = get("/.well-known/oauth-authorization-server", None).body
    for endpoint in ("token", "revocation", "introspection"):
        assert alg in supported[f"{endpoint}_endpoint_auth_signing_alg_values_supported"]
        assert "private_key_jwt" in supported[f"{endpoint}_endpoint_auth_methods_supported"]


def test_T28_it_works_at_every_endpoint_where_clients_authenticate():
    make_signing_client()
    bought = token(None, "client_credentials", scope="tokens:introspect", **by_assertion())
    assert bought.status == 200, bought.body
    told = post("/o/introspect/", token=bought.body["access_token"], **by_assertion())
    assert told.body["active"] is True
    assert post("/o/revoke_token/", token=bought.body["access_token"], **by_assertion()).status == 200
    assert post("/o/introspect/", token=bought.body["access_token"], **by_assertion()).body == {"active": False}


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": f"{ISSUER}/o/token/"},
        {"aud": [ISSUER, f"{ISSUER}/o/token/"]},
        {"aud": [ISSUER, ISSUER]},
        {"aud": f"{ISSUER}/"},
        {"aud": []},
        {"aud": {ISSUER: 1}},
        {"aud": LEFT_OUT},
        {"iss": "another"},
        {"iss": ISSUER},
        {"iss": LEFT_OUT},
        {"sub": "another"},
        {"sub": LEFT_OUT},
        {"sub": ["signer"]},
        {"sub": "sig\x00ner"},
        {"exp": LEFT_OUT},
        {"exp": int(time.time()) - 1},
        {"exp": int(time.time()) + 86400},
        {"exp": str(int(time.time()) + 60)},
        {"exp": True},
        {"exp": None},
        {"exp": 10**18},
        {"nbf": int(time.time()) + 300},
        {"nbf": "soon"},
        {"iat": int(time.time()) + 300},
        {"iat": None},
        {"jti": LEFT_OUT},
        {"jti": ""},
        {"jti": 7},
        {"jti": "x" * 256},
    ],
)
def test_T28_a_claim_that_is_missing_or_wrong_refuses(claims):
    make_signing_client()
    make_signing_client("another")
    with pytest.raises(InvalidClient) as refusal:
        ask(assertion(**claims))
    assert refusal.value.description == InvalidClient.default_description
    assert not UsedOnce.objects.exists()


def test_T28_the_issuer_may_stand_in_a_list_of_one():
    make_signing_client()
    assert ask(assertion(aud=[ISSUER])).client_id == "signer"


@pytest.mark.parametrize(
    "header",
    [
        {"jku": "https://evil.example/jwks"},
        {"x5u": "https://evil.example/cert"},
        {"x5c": ["MIIB"]},
        {"jwk": KEYS["ES256"].as_dict(private=False)},
        {"crit": ["exp"], "exp": 1},
        {"b64": False},
        {"typ": "at+jwt"},
        {"typ": "dpop+jwt"},
        {"typ": 7},
        {"kid": 7},
        {"kid": "unknown"},
    ],
)
def test_T45_nothing_in_the_header_names_a_key_or_a_rule(header):
    make_signing_client()
    # joserfc would not sign some of these
    head = {"alg": "ES256", "kid": "es", **header}
    part = base64.urlsafe_b64encode(json.dumps(head).encode()).rstrip(b"=").decode()
    payload = assertion().split(".")[1]
    signer = jws.JWSRegistry.algorithms["ES256"]
    signature = signer.sign(f"{part}.{payload}".encode(), KEYS["ES256"])
    text = f"{part}.{payload}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"
    with pytest.raises(InvalidClient):
        ask(text)
    assert not UsedOnce.objects.exists()


def test_T28_a_header_that_says_nothing_new_is_passed_over():
    make_signing_client()
    for header in ({"typ": "JWT"}, {"typ": "client-authentication+jwt"}, {"typ": LEFT_OUT}, {"x": "y"}):
        assert ask(assertion(header=header)).client_id == "signer"


def test_T44_no_symmetric_algorithm_and_none_without_a_signature():
    make_signing_client()
    public = json.dumps(KEYS["ES256"].as_dict(private=False))
    confused = assertion(key=OctKey.import_key(public), alg="HS256", header={"kid": "es"})
    unsigned = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    for text in (confused, f"{unsigned}.{assertion().split('.')[1]}.", assertion(alg="ES256")[:-4], "a.b", "a.b.c.d"):
        with pytest.raises(InvalidClient):
            ask(text)


def test_T28_only_the_clients_own_keys_count():
    stranger = ECKey.generate_key("P-256", {"kid": "es"})
    make_signing_client()
    make_signing_client("another", stranger)
    with pytest.raises(InvalidClient):
        ask(assertion(key=stranger))
    assert ask(assertion("another", key=stranger)).client_id == "another"


def test_T28_without_a_kid_the_key_must_be_the_only_one_that_fits():
    make_signing_client("one", KEYS["ES256"], KEYS["RS256"])
    assert ask(assertion("one", header={"kid": LEFT_OUT})).client_id == "one"
    make_signing_client("two", KEYS["ES256"], ECKey.generate_key("P-256", {"kid": "other"}))
    with pytest.raises(InvalidClient):
        ask(assertion("two", header={"kid": LEFT_OUT}))
    assert ask(assertion("two")).client_id == "two"


def test_T28_a_key_for_another_use_or_algorithm_is_none():
    for client_id, member in (("a", {"use": "enc"}), ("b", {"key_ops": ["encrypt"]}), ("c", {"alg": "ES384"})):
        keys = jwks(KEYS["ES256"], KEYS["RS256"])
        keys["keys"][0] |= member
        make_signing_client(client_id, jwks=keys)
        with pytest.raises(InvalidClient):
            ask(assertion(client_id))


def test_T28_a_jti_is_used_once_by_each_client():
    make_signing_client()
    make_signing_client("another")
    text = assertion(jti="1")
    assert ask(text).client_id == "signer"
    for repeated in (text, assertion(jti="1")):
        with pytest.raises(InvalidClient) as refusal:
            ask(repeated)
        assert refusal.value.description == InvalidClient.default_description
    assert ask(assertion("another", jti="1")).client_id == "another"


def test_T28_a_stranger_uses_up_no_jti():
    make_signing_client()
    with pytest.raises(InvalidClient):
        ask(assertion(jti="1", key=ECKey.generate_key("P-256", {"kid": "es"})))
    with pytest.raises(InvalidClient):
        ask(assertion(jti="1", exp=int(time.time()) + 86400))
    assert ask(assertion(jti="1")).client_id == "signer"


def test_T28_what_was_used_is_known_until_it_has_ended():
    make_signing_client()
    end = int(time.time()) + 300
    ask(assertion(exp=end))
    assert UsedOnce.objects.get().expires_at.timestamp() >= end


def test_T26_a_client_that_signs_has_no_other_way():
    client = make_signing_client()
    for parameters, authorization in (
        ({"client_id": "signer"}, None),
        ({"client_id": "signer", "client_secret": ""}, None),
        ({"client_id": "signer", "client_secret": "x"}, None),
        ({}, basic("signer", "")),
    ):
        with pytest.raises(InvalidClient):
            authenticate(Parameters(parameters.items()), authorization)
    clients.disable(client)
    with pytest.raises(InvalidClient):
        ask()
    assert not UsedOnce.objects.exists()


def test_T27_two_methods_at_once_are_refused():
    make_signing_client()
    for changes in ({"client_secret": "x"}, {"authorization": basic("signer")}, {"client_id": "another"}):
        with pytest.raises(InvalidRequest):
            ask(**changes)
    for alone in ("client_assertion", "client_assertion_type"):
        with pytest.raises(InvalidRequest) as refusal:
            authenticate(Parameters([(alone, by_assertion()[alone])]), None)
        assert "missing" in refusal.value.description
    with pytest.raises(InvalidClient) as other_type:
        ask(client_assertion_type="urn:ietf:params:oauth:client-assertion-type:saml2-bearer")
    assert "jwt-bearer" in other_type.value.description
    assert ask().client_id == "signer"


def test_T40_an_unknown_client_costs_what_a_wrong_key_costs(monkeypatch):
    make_signing_client()
    make_signing_client("off")
    clients.disable(clients.registered("off"))
    checked = []
    real = jws.deserialize_compact
    monkeypatch.setattr(jws, "deserialize_compact", lambda *a, **k: checked.append(a) or real(*a, **k))
    wrong = ECKey.generate_key("P-256", {"kid": "es"})
    work = set()
    for text in (
        assertion("nobody", key=wrong),
        assertion(key=wrong),
        assertion("off"),
        assertion(header={"kid": "x"}),
    ):
        checked.clear()
        with CaptureQueriesContext(connection) as queries, pytest.raises(InvalidClient) as refusal:
            ask(text)
        work.add((len(checked), len(queries), str(refusal.value)))
    assert work == {(1, 1, str(InvalidClient()))}


def test_T28_a_good_assertion_is_two_statements(django_assert_num_queries):
    make_signing_client()
    ask()
    with django_assert_num_queries(2):
        ask()


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"keys": []},
        {"keys": "x"},
        {"keys": [1]},
        {"keys": [{}]},
        {"keys": [{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}]},
        {"keys": [{"kty": "RSA", "n": "AQAB", "e": "AQAB"}]},
        {"keys": [{"kty": "RSA", "n": "!", "e": "AQAB"}]},
        {"keys": [{"kty": "RSA"}]},
        {"keys": [{"kty": ["RSA"]}]},
        {"keys": [{"kty": "oct", "k": "c2VjcmV0"}]},
        {"keys": [KEYS["ES256"].as_dict(private=True)]},
        {"keys": [KEYS["RS256"].as_dict(private=True), KEYS["ES256"].as_dict(private=False)]},
        {"keys": [OKPKey.generate_key("X25519").as_dict(private=False)]},
        {"keys": [ECKey.generate_key("P-384").as_dict(private=False)]},
        {"keys": [KEYS["ES256"].as_dict(private=False)] * 21},
    ],
)
def test_T28_keys_that_are_none_can_not_be_registered(wrong):
    spec = clients.ClientSpec(
        "x",
        client_type="confidential",
        token_endpoint_auth_method="private_key_jwt",
        jwks=wrong,
        grant_types=["client_credentials"],
    )
    assert [name for name, _ in clients.problems(spec)] == ["jwks"]


def test_T28_it_needs_keys_here_or_there():
    base = {"client_type": "confidential", "token_endpoint_auth_method": "private_key_jwt", "grant_types": []}
    there = "https://app.example/jwks.json"
    for keys in ({}, {"jwks": jwks(KEYS["ES256"]), "jwks_uri": there}, {"jwks_uri": "http://app.example/jwks.json"}):
        assert clients.problems(clients.ClientSpec("x", **base, **keys))
    assert not clients.problems(clients.ClientSpec("x", **base, jwks_uri=there))
