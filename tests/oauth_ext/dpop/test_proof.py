"""RFC 9449 §4.3: the twelve checks of a proof, at the token endpoint."""

import json
import time
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OctKey, RSAKey

from oauth_ext.dpop import nonces
from oauth_ext.dpop.algorithms import ALGORITHMS
from oauth_ext.replay.models import UsedOnce
from oauth_ext.tokens.judging import judge
from tests.dpop import ISSUER, LEFT_OUT, TOKEN_ENDPOINT, Prover, b64, shortly, sign
from tests.factories import FORM, make_client
from tests.oauth_ext.token_endpoint import Answer, basic, token

pytestmark = pytest.mark.django_db


@pytest.fixture
def machine():
    return make_client("machine", client_type="confidential", grant_types=["client_credentials"], redirect_uris=[])


def ask(client, proof: str | None) -> Answer:
    return token(client, "client_credentials", proof=proof)


def assert_refused(answer: Answer, error: str = "invalid_dpop_proof") -> None:
    assert (answer.status, answer.body["error"]) == (400, error), answer.body
    assert answer.response.headers["Cache-Control"] == "no-store"
    assert "WWW-Authenticate" not in answer.response.headers
    assert not UsedOnce.objects.exists()


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_T33_every_algorithm_that_is_advertised_makes_good_proofs(machine, alg):
    prover = Prover(alg)
    answer = ask(machine, prover.proof())
    assert answer.status == 200
    assert answer.body["token_type"] == "DPoP"


def test_check_1_there_is_one_header(machine):
    prover = Prover()
    twice = f"{prover.proof()},{prover.proof()}"  # as WSGI joins two
    assert_refused(ask(machine, twice))
    assert_refused(ask(machine, f"{prover.proof()}, {prover.proof()}"))


@pytest.mark.parametrize(
    "jwt",
    [
        "",
        " ",
        "x",
        "a.b",
        "a.b.c",
        "e30.e30.",
        "e30.e30.e30",
        "bnVsbA.bnVsbA.",
        "W10.W10.x",
        "é.é.é",
        "\x00",
        "a" * 9000,
    ],
    ids=shortly,
)
def test_check_2_it_is_a_well_formed_jwt(machine, jwt):
    assert_refused(ask(machine, jwt))


def test_check_2_a_proof_over_8_kib_is_not_looked_at(machine):
    assert_refused(ask(machine, Prover().proof(padding="x" * 8192)))
    assert ask(machine, Prover().proof(padding="x" * 4000)).status == 200


@pytest.mark.parametrize("claim", ["jti", "htm", "htu", "iat"])
@pytest.mark.parametrize("value", [LEFT_OUT, None, "", [], {}, True, 10**400], ids=shortly)
def test_check_3_every_claim_is_there_and_of_its_kind(machine, claim, value):
    assert_refused(ask(machine, Prover().proof(**{claim: value})))


@pytest.mark.parametrize("typ", [LEFT_OUT, None, "JWT", "at+jwt", "DPOP+JWT", "application/dpop+jwt", 1], ids=shortly)
def test_check_4_it_is_typed(machine, typ):
    assert_refused(ask(machine, Prover().proof(header={"typ": typ})))


@pytest.mark.parametrize("alg", ["HS256", "ES384", "RS512", "ES256K", "Ed448", "es256"])
def test_check_5_other_algorithms_are_not_accepted(machine, alg):
    prover = Prover()
    _, claims, signature = prover.proof().split(".")
    header = {"typ": "dpop+jwt", "alg": alg, "jwk": prover.jwk}
    assert_refused(ask(machine, f"{b64(json.dumps(header).encode())}.{claims}.{signature}"))


@pytest.mark.parametrize("alg", ["none", "None", LEFT_OUT, None, ["ES256"], {}], ids=shortly)
def test_check_5_no_algorithm_is_no_proof(machine, alg):
    prover = Prover()
    claims = prover.proof().split(".")[1]
    header = {"typ": "dpop+jwt", "jwk": prover.jwk} | ({} if alg is LEFT_OUT else {"alg": alg})
    for signature in ("", "AA"):
        assert_refused(ask(machine, f"{b64(json.dumps(header).encode())}.{claims}.{signature}"))


def test_check_5_a_symmetric_key_is_not_accepted(machine):
    key = OctKey.generate_key(256)
    claims = {"jti": "x", "htm": "POST", "htu": TOKEN_ENDPOINT, "iat": int(time.time())}
    claims["nonce"] = nonces.current()
    for jwk in (key.as_dict(), Prover().jwk):
        assert_refused(ask(machine, sign({"typ": "dpop+jwt", "alg": "HS256", "jwk": jwk}, claims, key)))


def test_check_5_rs256_by_an_elliptic_curve_key_is_not_accepted(machine):
    by_rsa, by_ec = Prover("RS256"), Prover("ES256")
    assert_refused(ask(machine, by_rsa.proof(header={"jwk": by_ec.jwk})))
    assert_refused(ask(machine, by_ec.proof(header={"jwk": by_rsa.jwk})))


def test_check_6_the_signature_is_the_keys_in_the_header(machine):
    mine, other = Prover(), Prover()
    assert_refused(ask(machine, mine.proof(header={"jwk": other.jwk})))
    head, claims, signature = mine.proof().split(".")
    assert_refused(ask(machine, f"{head}.{claims}.{signature[:-4]}AAAA"))
    changed = other.proof().split(".")[1]
    assert_refused(ask(machine, f"{head}.{changed}.{signature}"))
    assert_refused(ask(machine, f"{head}.{claims}.{b64(bytes(64))}"))


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_check_7_a_private_key_in_the_header_is_refused(machine, alg):
    prover = Prover(alg)
    private = dict(prover.key.as_dict(private=True))
    assert "d" in private
    answer = ask(machine, prover.proof(header={"jwk": private}))
    assert_refused(answer)
    assert private["d"] not in answer.response.content.decode()


@pytest.mark.parametrize(
    "jwk",
    [
        LEFT_OUT,
        None,
        "x",
        [],
        {},
        {"kty": "EC"},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
        {"kty": "EC", "crv": "P-256", "x": b64(bytes(32)), "y": b64(bytes(32))},
        {"kty": "EC", "crv": "P-256", "x": 1, "y": 2},
        {"kty": "EC", "crv": "P-256", "x": "!" * 43, "y": "!" * 43},
        {"kty": "oct", "k": "c2VjcmV0"},
    ],
    ids=shortly,
)
def test_check_7_what_is_no_key_is_refused(machine, jwk):
    assert_refused(ask(machine, Prover().proof(header={"jwk": jwk})))


def test_a_key_of_another_curve_or_size_is_refused(machine):
    assert_refused(
        ask(machine, Prover("ES256").proof(header={"jwk": ECKey.generate_key("P-384").as_dict(private=False)}))
    )
    with pytest.warns(SecurityWarning):
        small = RSAKey.generate_key(1024)
    assert_refused(ask(machine, Prover("RS256", small).proof()))


def test_a_key_that_is_named_elsewhere_in_the_header_is_not_looked_at(machine):
    mine, other = Prover(), Prover()
    elsewhere = {"kid": "x", "jku": f"{ISSUER}/.well-known/jwks.json", "x5c": ["x"]}
    answer = ask(machine, mine.proof(header=elsewhere, jwk=other.jwk))
    assert answer.status == 200
    assert_that_token_is_bound_to(answer, mine)


def test_a_critical_extension_is_refused(machine):
    assert_refused(ask(machine, Prover().proof(header={"crit": ["b64"], "b64": False})))


@pytest.mark.parametrize("htm", ["GET", "post", "Post", "POST "])
def test_T33_check_8_the_method_is_this_requests(machine, htm):
    assert_refused(ask(machine, Prover().proof(htm=htm)))


@pytest.mark.parametrize(
    "htu",
    [
        "http://localhost:8000/o/token",
        "http://localhost:8000/o/token//",
        "http://localhost:8000/O/token/",
        "http://localhost:8000/o%2Ftoken/",
        "https://localhost:8000/o/token/",
        "http://localhost/o/token/",
        "http://127.0.0.1:8000/o/token/",
        "http://testserver/o/token/",
        "http://evil.example:8000/o/token/",
        "http://user@localhost:8000/o/token/",
        "http://localhost:8000@evil.example/o/token/",
        "http://localhost:8000/o/userinfo/",
        "http://localhost:8000/o/token/\n",
        "http://localhost:8000/\to/token/",
        "http://localhost:99999/o/token/",
        "http://[::1/o/token/",
        "//localhost:8000/o/token/",
        "/o/token/",
        "",
    ],
)
def test_T33_check_9_the_uri_is_this_one(machine, htu):
    assert_refused(ask(machine, Prover().proof(htu)))


@pytest.mark.parametrize(
    "htu",
    [
        "http://localhost:8000/o/token/?query=x#fragment",
        "HTTP://LOCALHOST:8000/o/token/",
        "http://localhost:8000/o/%74oken/",
        "http://localhost:8000/o/token/#",
    ],
)
def test_check_9_query_and_fragment_are_ignored_and_spelling_is_normalised(machine, htu):
    assert ask(machine, Prover().proof(htu)).status == 200


@pytest.mark.parametrize("given", ["https://id.example", "https://id.example:443", "https://ID.example"])
def test_check_9_the_port_of_the_scheme_says_nothing(machine, settings, given):
    settings.ISSUER_URL = "https://id.example"
    assert ask(machine, Prover().proof(f"{given}/o/token/")).status == 200


def test_T33_check_9_a_proof_for_another_deployment_is_refused_whatever_the_host_header_says(machine, settings):
    settings.ALLOWED_HOSTS = ["*"]
    body = urlencode({"grant_type": "client_credentials"})
    headers = {
        "authorization": basic("machine"),
        "host": "evil.example",
        "dpop": Prover().proof("http://evil.example/o/token/"),
    }
    assert Client().post("/o/token/", body, content_type=FORM, headers=headers).status_code == 400
    headers["dpop"] = Prover().proof()
    assert Client().post("/o/token/", body, content_type=FORM, headers=headers).status_code == 200


@pytest.mark.parametrize("off", [-301, 301, -86400, 10**10])
def test_T33_check_11_a_proof_from_another_time_is_refused(machine, off):
    now = int(time.time())
    with time_machine.travel(now, tick=False):  # a slow second would bring it within the bound
        assert_refused(ask(machine, Prover().proof(iat=now + off)))


def test_check_11_clocks_may_differ_by_minutes_for_the_nonce_says_the_time(machine):
    assert ask(machine, Prover().proof(iat=time.time() - 200)).status == 200
    assert ask(machine, Prover().proof(iat=time.time() + 200)).status == 200


def assert_that_token_is_bound_to(answer: Answer, prover: Prover) -> None:
    assert judge(answer.body["access_token"]).jkt == prover.jkt
