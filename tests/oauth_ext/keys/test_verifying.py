"""What a JWT must be for us to believe it."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from django.conf import settings
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey

from oauth_ext.keys import jws, ring
from oauth_ext.keys import services as keys
from oauth_ext.keys.models import SigningAlgorithm
from tests.oauth_ext.keys.tokens import active, claims, encode, mac_with, ours, segment, signed, stranger

pytestmark = pytest.mark.django_db
TYPE = "at+jwt"
ALGORITHMS = SigningAlgorithm.values


def genuine(algorithm: str = "ES256", *, typ: str = TYPE, **changes: object) -> str:
    return keys.sign(algorithm, claims(**changes), typ=typ)


def accepts(token: str, *, typ: str = TYPE, allow_expired: bool = False) -> bool:
    try:
        keys.verify(token, typ=typ, allow_expired=allow_expired)
    except keys.InvalidJWT:
        return False
    return True


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_what_we_sign_we_believe(algorithm):
    verified = keys.verify(genuine(algorithm, jti="one"), typ=TYPE)
    assert verified.claims["jti"] == "one"
    assert verified.kid == active(algorithm).kid


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_changed_token_is_refused(algorithm):
    header, body, signature = genuine(algorithm).split(".")
    assert not accepts(f"{header}.{segment(claims(sub='admin'))}.{signature}")
    assert not accepts(f"{header}.{body}.{signature[:-4]}AAAA")
    assert not accepts(f"{header}.{body}.")
    assert not accepts(f"{header}.{body}")
    assert not accepts(f"{header}.{body}.{signature}.{signature}")
    assert not accepts(f"{header}.{body}.{signature}=")


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", "", None])
def test_T44_a_token_without_a_signature_is_refused(algorithm):
    header = {"alg": algorithm, "kid": active("ES256").kid, "typ": TYPE}
    signature = genuine().rpartition(".")[2]
    assert not accepts(f"{segment(header)}.{segment(claims())}.")
    assert not accepts(f"{segment(header)}.{segment(claims())}.{signature}")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_T44_a_public_key_is_no_secret_to_sign_with(algorithm):
    row = active(algorithm)
    public = JWKRegistry.import_key(row.public_jwk)
    assert isinstance(public, RSAKey | ECKey | OKPKey)
    header = {"alg": "HS256", "kid": row.kid, "typ": TYPE}
    for secret in (public.as_pem(), public.as_pem().strip(), public.as_der(), segment(row.public_jwk).encode()):
        assert not accepts(mac_with(secret, header))
        assert not accepts(mac_with(secret, header | {"alg": algorithm}))


def test_T44_a_key_is_good_for_its_own_algorithm_only():
    header = {"alg": "ES256", "kid": active("ES256").kid, "typ": TYPE}
    assert accepts(signed(header, ours()))
    for algorithm in ("RS256", "PS256", "ES384", "Ed25519", "EdDSA", "es256"):
        assert not accepts(signed(header | {"alg": algorithm}, ours()))
    assert not accepts(signed(header | {"kid": active("RS256").kid}, ours()))
    assert not accepts(signed(header | {"kid": active("RS256").kid, "alg": "RS256"}, ours()))


@pytest.mark.parametrize("signing", ALGORITHMS)
@pytest.mark.parametrize("said", [*ALGORITHMS, "EdDSA", "none", "HS256", "ES384", "RS512", "PS384"])
@pytest.mark.parametrize("named", ALGORITHMS)
def test_T44_who_signs_what_is_said_and_which_key_is_named_must_agree(signing, said, named):
    """Each key of ours, under each name, as each key: right only where all three are the same."""
    header = {"alg": said, "kid": active(named).kid, "typ": TYPE}
    key = ring.current().signers[signing].key
    message = f"{segment(header)}.{segment(claims())}"
    token = f"{message}.{encode(jws.ALGORITHMS[signing].sign(key, message.encode()))}"
    assert accepts(token) == (signing == said == named)


def test_T44_one_RSA_key_signs_by_one_padding():
    header = {"alg": "PS256", "kid": active("PS256").kid, "typ": TYPE}
    message = f"{segment(header)}.{segment(claims())}"
    key = ring.current().signers["PS256"].key
    for algorithm in ("RS256", "PS256"):
        signature = encode(jws.ALGORITHMS[algorithm].sign(key, message.encode()))
        assert accepts(f"{message}.{signature}") == (algorithm == "PS256")


def test_T45_only_our_own_keys_are_keys():
    key = stranger()
    header = {"alg": "ES256", "kid": active("ES256").kid, "typ": TYPE}
    assert not accepts(signed(header, key))
    assert not accepts(signed(header | {"kid": thumbprint(key)}, key))
    assert not accepts(signed({"alg": "ES256", "typ": TYPE}, key))
    assert not accepts(signed({"alg": "ES256", "typ": TYPE}, ours()))


@pytest.mark.parametrize(
    "kid", [None, "", 7, ["x"], {"a": 1}, "../../etc/passwd", "' OR 1=1 --", "\x00", "\ud800", "x" * 5000]
)
def test_T45_a_key_id_is_looked_up_and_nothing_else(kid):
    assert not accepts(signed({"alg": "ES256", "kid": kid, "typ": TYPE}, ours()))


@pytest.mark.parametrize("name", ["jwk", "jku", "x5u", "x5c", "crit"])
def test_T45_a_key_that_the_token_brings_is_not_looked_at(name):
    key = stranger()
    brought = {
        "jwk": ECKey.import_key(key.public_key()).as_dict(),
        "jku": "https://attacker.example/jwks.json",
        "x5u": "https://attacker.example/chain.pem",
        "x5c": ["MIIB"],
        "crit": ["exp"],
    }
    for kid in (thumbprint(key), active("ES256").kid):
        assert not accepts(signed({"alg": "ES256", "typ": TYPE, "kid": kid, name: brought[name]}, key))
    assert not accepts(signed({"alg": "ES256", "typ": TYPE, "kid": active("ES256").kid, name: brought[name]}, ours()))


def test_T46_what_has_ended_or_not_begun_is_refused():
    now = int(str(claims()["iat"]))
    assert not accepts(genuine(exp=now))
    assert not accepts(genuine(exp=now - 1))
    assert not accepts(genuine(exp=None))
    assert not accepts(genuine(iat=None))
    assert not accepts(genuine(nbf=now + 60))
    assert not accepts(genuine(iat=now + 60))
    assert accepts(genuine(nbf=now + 2)), "our own machines' clocks may differ by seconds"
    assert accepts(genuine(iat=now + 2))


def test_T46_a_token_believed_once_ends_all_the_same(monkeypatch):
    token = genuine()
    assert accepts(token)
    end = int(str(claims()["exp"]))
    monkeypatch.setattr("oauth_ext.keys.services.time.time", lambda: end + 0.5)
    assert not accepts(token)
    assert accepts(token, allow_expired=True)


def test_T46_times_are_numbers():
    for odd in ("9999999999", 1e308, [9999999999], None, {}):
        assert not accepts(genuine(exp=odd))


def test_T48_a_token_of_another_issuer_is_refused():
    for issuer in (
        "https://issuer.example",
        settings.ISSUER_URL + "/",
        settings.ISSUER_URL.upper(),
        None,
        "",
        [settings.ISSUER_URL],
    ):
        assert not accepts(genuine(iss=issuer))


@pytest.mark.parametrize(
    "token",
    ["", ".", "..", "...", "a.b.c", "é.é.é", "\x00.\x00.\x00", "\ud800", "{}.{}.{}", "e30.e30.e30", "a" * 100_000],
)
def test_T43_what_is_no_JWT_is_refused(token):
    assert not accepts(token)


def test_a_header_or_body_that_is_no_object_is_refused():
    header = {"alg": "ES256", "kid": active("ES256").kid, "typ": TYPE}
    for odd in ([], "x", 1, True, "e30"):
        assert not accepts(signed(odd, ours()))
        assert not accepts(signed(header, ours(), body=odd))


def thumbprint(key: EllipticCurvePrivateKey) -> str:
    return ECKey.import_key(key.public_key()).thumbprint()
