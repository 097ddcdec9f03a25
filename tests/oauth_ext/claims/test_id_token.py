"""The ID token, checked as a client checks it: with the published keys, by somebody else's library."""

import base64
import hashlib
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from joserfc import jwt
from joserfc.jwk import KeySet

from idp.models import Session, User
from idp.users import services as users
from oauth_ext.keys.models import SigningAlgorithm
from tests.factories import make_client, make_user
from tests.oauth_ext.token_endpoint import SignedIn, get, signed_in

pytestmark = pytest.mark.django_db


def read(tokens, algorithm="RS256"):
    keys = KeySet.import_key_set(Client().get("/.well-known/jwks.json").json())
    token = jwt.decode(tokens["id_token"], keys, algorithms=[algorithm])
    assert token.header["typ"] == "JWT"
    return token.claims


def trusted(**spec) -> SignedIn:
    return signed_in(make_client(trusted=True, **spec), scope="openid")


def test_T50_the_id_token_says_who_signed_in_when_and_how():
    real = signed_in(scope="openid", nonce="n-0S6_WzA2Mj")
    told = read(real.tokens)
    now = int(time.time())
    assert told.pop("iat") == pytest.approx(now, abs=5)
    assert told.pop("exp") == pytest.approx(now + settings.ID_TOKEN_EXPIRE_SECONDS, abs=5)
    assert len(told.pop("sid")) == 22
    half = hashlib.sha256(real.access_token.encode()).digest()[:16]
    assert told == {
        "iss": "http://localhost:8000",
        "sub": str(real.user.sub),
        "aud": real.client.client_id,
        "auth_time": int(real.session.auth_time.timestamp()),
        "acr": real.session.acr,
        "amr": ["pwd"],
        "nonce": "n-0S6_WzA2Mj",
        "at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode(),
    }


def test_T50_without_a_nonce_there_is_none():
    assert "nonce" not in read(signed_in(scope="openid", nonce=None).tokens)


def test_T50_auth_time_is_the_sign_ins_and_not_the_tokens(monkeypatch):
    real = signed_in(scope="openid", max_age="3600")
    assert read(real.tokens)["auth_time"] == int(real.session.auth_time.timestamp())
    earlier = real.session.auth_time - timedelta(minutes=30)
    Session.objects.filter(pk=real.session.pk).update(auth_time=earlier)
    again = real.refresh()
    assert "id_token" not in again.body
    assert read(real.tokens)["auth_time"] == int(real.session.auth_time.timestamp())


def test_without_openid_there_is_no_id_token():
    assert "id_token" not in signed_in(scope="profile").tokens


@pytest.mark.parametrize("algorithm", SigningAlgorithm.values)
def test_it_is_signed_by_what_the_client_registered(algorithm):
    assert read(trusted(algorithm=algorithm).tokens, algorithm)["aud"] == "app"


@pytest.mark.parametrize("algorithm", SigningAlgorithm.values)
def test_T50_at_hash_is_of_the_hash_that_the_algorithm_uses(algorithm):
    real = trusted(algorithm=algorithm)
    digest = (hashlib.sha512 if algorithm == "Ed25519" else hashlib.sha256)(real.access_token.encode()).digest()
    half = base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
    assert read(real.tokens, algorithm)["at_hash"] == half


def test_by_RS256_when_the_client_says_nothing():
    assert read(trusted().tokens, "RS256")["aud"] == "app"


def test_a_session_has_another_name_for_each_client():
    user = make_user()
    one = signed_in(make_client("one", trusted=True), user, scope="openid")
    two = signed_in(make_client("two", trusted=True), user, scope="openid")
    sids = {read(one.tokens)["sid"], read(two.tokens)["sid"]}
    assert len(sids) == 2
    assert not any(str(session.sid) in sids for session in (one.session, two.session))


def test_T49_a_subject_tells_nothing_and_is_never_used_again():
    first = make_user("alice")
    real = signed_in(user=first, scope="openid")
    sub = read(real.tokens)["sub"]
    assert first.sub.version == 4
    assert str(first.pk) != sub
    assert "alice" not in sub
    User.objects.filter(pk=first.pk).delete()
    second = make_user("alice")
    assert str(second.sub) != sub
    assert get("/o/userinfo/", real.access_token).status == 401


def test_T49_a_subject_stays_when_the_name_changes():
    user = make_user("alice")
    before = read(signed_in(make_client("one", trusted=True), user, scope="openid").tokens)["sub"]
    user.username = "alice.jones"
    user.save()
    users.set_role(user, "admin")
    user.refresh_from_db()
    assert read(signed_in(make_client("two", trusted=True), user, scope="openid").tokens)["sub"] == before
