"""Userinfo: what the token's scopes allow, as it is now."""

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from idp.users import services as users
from oauth_ext.clients.models import Application
from tests.factories import make_client, make_user
from tests.oauth_ext.token_endpoint import get, signed_in, token

pytestmark = pytest.mark.django_db
ALICE = {
    "openid": {"sub"},
    "profile": {"preferred_username", "name", "given_name", "family_name"},
    "email": {"email", "email_verified"},
    "roles": {"role", "roles"},
}


def alice():
    user = make_user("alice", email="alice@example.com")
    user.first_name, user.last_name = "Alice", "Jones"
    user.save()
    return user


@pytest.mark.parametrize(
    "scope", ["openid", "openid profile", "openid email", "openid roles", "openid profile email roles"]
)
def test_each_scope_tells_its_own(scope):
    real = signed_in(user=alice(), scope=scope)
    answer = get("/o/userinfo/", real.access_token)
    assert answer.status == 200
    assert set(answer.body) == set().union(*(ALICE[name] for name in scope.split()))


def test_what_is_told_is_true():
    user = alice()
    real = signed_in(user=user, scope="openid profile email roles")
    assert get("/o/userinfo/", real.access_token).body == {
        "sub": str(user.sub),
        "preferred_username": "alice",
        "name": "Alice Jones",
        "given_name": "Alice",
        "family_name": "Jones",
        "email": "alice@example.com",
        "email_verified": False,
        "role": "user",
        "roles": ["user"],
    }


def test_what_there_is_nothing_to_say_of_is_left_out():
    real = signed_in(user=make_user("bob"), scope="openid profile email")
    assert set(get("/o/userinfo/", real.access_token).body) == {"sub", "preferred_username"}


def test_it_is_told_as_it_is_now():
    user = alice()
    real = signed_in(user=user, scope="openid email roles")
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    users.set_role(user, "admin")
    told = get("/o/userinfo/", real.access_token).body
    assert told["email_verified"] is True
    assert told["role"] == "admin"


def test_a_scope_taken_from_the_client_is_gone_at_once():
    real = signed_in(user=alice(), scope="openid email")
    Application.objects.filter(pk=real.client.pk).update(scopes=["openid"])
    assert set(get("/o/userinfo/", real.access_token).body) == {"sub"}


def test_without_openid_it_is_refused():
    real = signed_in(user=alice(), scope="profile")
    answer = get("/o/userinfo/", real.access_token)
    assert answer.status == 403
    assert answer.body["error"] == "insufficient_scope"
    assert 'scope="openid"' in answer.response.headers["WWW-Authenticate"]


def test_a_client_is_nobody():
    machine = make_client(
        "machine",
        client_type="confidential",
        grant_types=["client_credentials"],
        scopes=["tokens:introspect"],
        redirect_uris=[],
    )
    issued = token(machine, "client_credentials").body["access_token"]
    assert get("/o/userinfo/", issued).status == 403


def test_it_answers_post_as_it_answers_get():
    real = signed_in(user=alice(), scope="openid")
    response = Client().post("/o/userinfo/", headers={"authorization": f"Bearer {real.access_token}"})
    assert response.json() == get("/o/userinfo/", real.access_token).body
    assert response.headers["Cache-Control"] == "no-store"
