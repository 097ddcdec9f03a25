"""A provider that lies, an answer that is somebody else's: nobody is signed in, and nothing breaks (T76)."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.test import Client
from joserfc.jwk import ECKey

from idp.models import AuditEvent, Identity, Session
from idp.ops import outbound
from idp.providers import documents, identities
from idp.providers.services import Proof
from tests.idp.providers.conftest import AT, there_and_back, url_on
from tests.other_provider import OtherProvider

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def known(request, db):
    """Alice is who somebody is there, so that a lie that is believed signs her in."""
    if "other" in request.fixturenames:
        alice, other = request.getfixturevalue("alice"), request.getfixturevalue("other")
        identities.link(alice, Proof("example", other.issuer, "1001", "aal1", []))


def refused(response):
    """Whether the page says so, and nobody is signed in."""
    assert response.status_code == 400, response.content.decode()
    assert "did not sign you in" in response.content.decode()
    return not Session.objects.exists()


LIES = {
    "wrong issuer": {"iss": "https://accounts.example"},
    "issuer with a slash": {"iss": lambda other: other.issuer + "/"},
    "wrong audience": {"aud": "somebody-else"},
    "no audience": {"aud": None},
    "several audiences, no azp": {"aud": ["gatehouse", "somebody-else"]},
    "another azp": {"azp": "somebody-else"},
    "ended": {"exp": 1},
    "no end": {"exp": None},
    "an end in words": {"exp": "tomorrow"},
    "made long ago": {"iat": 1},
    "made in the future": {"iat": time.time() + 3600},
    "not good yet": {"nbf": time.time() + 3600},
    "wrong nonce": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "a nonce that is no text": {"nonce": ["x"]},
    "no subject": {"sub": None},
    "an empty subject": {"sub": ""},
    "a subject with NUL": {"sub": "10\x0001"},
    "a subject too long": {"sub": "1" * 256},
    "a subject that is a number": {"sub": 1001},
    "another access token": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
}


@pytest.mark.parametrize("lie", LIES)
def test_T76_a_claim_that_is_wrong_signs_nobody_in(client, other, example, lie):
    other.userinfo["sub"] = "1001"
    changes = {name: value(other) if callable(value) else value for name, value in LIES[lie].items()}
    other.claims |= changes
    assert refused(there_and_back(client, other))
    event = AuditEvent.objects.get(event="sign_in_failed")
    assert event.details["provider"] == "example"


def test_T76_what_is_not_signed_by_their_key_signs_nobody_in(client, other, example):
    for header, signer in (
        ({"alg": "none"}, None),
        ({"alg": "ES256", "kid": "one"}, ECKey.generate_key("P-256")),
        ({"alg": "ES256", "kid": "nobody's"}, other.key),
        ({"alg": "ES256", "kid": "one", "jwk": other.key.as_dict(private=False)}, other.key),
        ({"alg": "ES256", "kid": "one", "typ": "at+jwt"}, other.key),
        ({"alg": "PS256", "kid": "two"}, other.rsa),
    ):
        other.header, other.signer = header, signer
        assert refused(there_and_back(client, other)), header
    other.confuse_algorithms()
    assert refused(there_and_back(client, other))
    other.metadata = {"id_token_signing_alg_values_supported": ["none", "HS256"]}
    documents.forget()
    assert refused(there_and_back(client, other))
    other.header = {"alg": "none"}
    assert refused(there_and_back(client, other))


def test_a_key_that_came_since_is_fetched(client, other, example, monkeypatch):
    there_and_back(client, other)
    client.post("/accounts/logout/")
    other.key = other.signer = ECKey.generate_key("P-256", {"kid": "three", "use": "sig"})
    other.header["kid"] = "three"
    monkeypatch.setattr(documents, "PAUSE_SECONDS", 0)
    assert there_and_back(client, other)["Location"] == "/"


def test_T76_a_state_is_good_once_in_the_browser_that_was_sent_and_for_that_provider(client, other, declare, example):
    answer = other.sign_in(url_on(client.post(AT)))
    assert refused(Client().get(f"{AT}callback/", answer))
    assert refused(client.get(f"{AT}callback/", {**answer, "state": "another"}))
    assert refused(client.get(f"{AT}callback/", {**answer, "state": "a\x00b"}))
    assert refused(client.get(f"{AT}callback/"))
    assert refused(client.get(f"{AT}callback/?{'&'.join(['state=' + answer['state']] * 2)}&code=x"))
    assert client.get(f"{AT}callback/", answer)["Location"] == "/"
    other.requests[answer["code"]] = {}
    Session.objects.all().delete()
    assert refused(client.get(f"{AT}callback/", answer))


def test_T76_an_answer_is_taken_from_whom_was_asked_alone(client, other, declare, example):
    """Mix-up (RFC 9700 §4.4): Mallory's provider has the browser bring an honest one's answer, or the other way."""
    with OtherProvider() as mallory:
        declare("mallory", at=mallory)
        url = url_on(client.post("/accounts/providers/mallory/"))
        honest = other.sign_in(url.replace(mallory.issuer, other.issuer))
        assert refused(client.get(f"{AT}callback/", honest))
        assert refused(client.get("/accounts/providers/mallory/callback/", honest))
        assert not [path for path in mallory.asked if path == "/token"]
        answer = other.sign_in(url_on(client.post(AT)))
        del answer["iss"]
        assert refused(client.get(f"{AT}callback/", answer))
        answer = other.sign_in(url_on(client.post(AT)))
        assert refused(client.get(f"{AT}callback/", answer | {"iss": mallory.issuer}))
        mallory.claims |= {"iss": other.issuer, "sub": "1001"}
        assert refused(
            there_and_back(client, mallory, at="/accounts/providers/mallory/", callback="/accounts/providers/mallory/")
        )
        mallory.claims["iss"] = mallory.issuer
        there_and_back(client, mallory, at="/accounts/providers/mallory/", callback="/accounts/providers/mallory/")
        assert not Session.objects.exists(), "the same subject of another issuer is somebody else"


def redirect(to):
    def answer(handler):
        handler.send_response(302)
        handler.send_header("Location", to)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def drip(handler):
    handler.send_response(200)
    handler.end_headers()
    for _ in range(20):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.1)


ANYWHERE = {
    "huge": b"[" * 1_000_000,
    "deep": b"[" * 60_000,
    "a list": [],
    "empty": b"",
    "no JSON": b"<html>",
    "a redirect": redirect("/elsewhere"),
    "slow": drip,
}
KEYS: dict[str, object] = {
    "no keys": {"keys": []},
    "keys of nonsense": {"keys": [{"kty": "EC", "crv": "P-256", "kid": "one", "x": 1, "y": None}, 7, None]},
    "a short key": {"keys": [{"kty": "EC", "crv": "P-256", "kid": "one", "x": "AA", "y": "AA"}]},
}


PATHS = ("/.well-known/openid-configuration", "/token", "/jwks", "/userinfo")


@pytest.mark.full
@pytest.mark.parametrize(
    ("path", "page"), [(path, page) for path in PATHS for page in (ANYWHERE | KEYS if path == "/jwks" else ANYWHERE)]
)
def test_documents_that_nobody_should_send_break_nothing(client, other, example, monkeypatch, path, page):
    monkeypatch.setattr(outbound, "TIMEOUT_SECONDS", 3)
    other.claims["email"] = None
    other.pages[path] = (ANYWHERE | KEYS)[page]
    response = client.post(AT)
    if path.endswith("configuration"):
        assert refused(response)
        return
    assert refused(client.get(f"{AT}callback/", other.sign_in(url_on(response))))
    assert "/elsewhere" not in other.asked


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://accounts.example"},
        {"token_endpoint": None},
        {"token_endpoint": "http://accounts.example/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": ["x"]},
        {"userinfo_endpoint": 7},
    ],
)
def test_metadata_that_lead_elsewhere_are_not_followed(client, other, example, metadata):
    other.metadata = metadata
    assert refused(client.post(AT))


def test_nothing_private_is_asked_unless_the_operator_named_it(client, other, example, settings):
    settings.OUTBOUND_PRIVATE_NETWORKS = []
    assert refused(client.post(AT))
    assert other.asked == []


@pytest.mark.parametrize("tokens", [{"id_token": None}, {"id_token": 7}, {"id_token": "a.b.c"}, {"access_token": "\n"}])
def test_tokens_of_nonsense_sign_nobody_in(client, other, example, tokens):
    other.tokens = tokens
    if "access_token" in tokens:
        other.claims["at_hash"] = "x"
    assert refused(there_and_back(client, other))


def test_what_userinfo_says_of_somebody_else_is_not_taken(client, other, example):
    del other.claims["email"]
    other.userinfo = {"sub": "somebody else"}
    assert refused(there_and_back(client, other))


def test_strangers_cannot_have_us_ask_a_slow_provider_again_and_again(client, other, example):
    other.pages["/.well-known/openid-configuration"] = redirect("/elsewhere")
    for _ in range(5):
        assert refused(client.post(AT))
    assert len(other.asked) == 1


def test_the_way_there_is_counted(client, other, example, settings):
    settings.RATE_LIMIT_FACTOR = 1
    answers = [client.post(AT).status_code for _ in range(61)]
    assert answers == [200] * 60 + [429]


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_comes_twice_at_once_is_taken_once(client, other, example):
    from idp.providers import services
    from idp.providers.errors import Untrusted

    _, _, asked = services.ask(example, anew=False)

    def use() -> bool:
        from django.db import connection

        try:
            services._use_up(asked)
        except Untrusted:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(lambda _: use(), range(8))) == [False] * 7 + [True]


def test_an_identity_is_one_persons(other, alice):
    from idp.providers.errors import IdentityTaken
    from idp.users import services as users

    with pytest.raises(IdentityTaken):
        identities.link(users.create_user("bob", "bobpass"), Proof("example", other.issuer, "1001", "aal1", []))
    assert Identity.objects.get().user == alice
