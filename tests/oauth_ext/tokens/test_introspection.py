"""Introspection (RFC 7662): who is told what of which token, and that all others learn nothing."""

import base64
import json
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext

from idp.users import services as users
from oauth_ext.clients import services as clients
from oauth_ext.families.models import EndReason, Family
from oauth_ext.families.services import end
from oauth_ext.resources import services as resources
from tests.factories import make_client
from tests.oauth_ext.token_endpoint import SignedIn, basic, post, signed_in, token

pytestmark = pytest.mark.django_db
REPORTS = "https://reports.example/api"


def machine(client_id="machine", **spec):
    spec.setdefault("grant_types", ["client_credentials"])
    return make_client(client_id, client_type="confidential", redirect_uris=[], **spec)


def introspect(caller, text, **parameters):
    return post("/o/introspect/", client=caller, token=text, **parameters)


@pytest.fixture
def person() -> SignedIn:
    return signed_in(scope="openid profile email")


@pytest.fixture
def inspector():
    return machine("inspector", scopes=["tokens:introspect"])


def payload(text):
    part = text.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def test_T37_a_client_is_told_of_its_own_token(person):
    answer = introspect(person.client, person.access_token)
    claims = payload(person.access_token)
    assert answer.body == {
        "active": True,
        "token_type": "Bearer",
        "iss": "http://localhost:8000",
        "sub": str(person.user.sub),
        "aud": "http://localhost:8000",
        "client_id": "app",
        "username": "alice",
        "scope": "openid profile email",
        "exp": claims["exp"],
        "iat": claims["iat"],
        "jti": claims["jti"],
        "auth_time": claims["auth_time"],
        "acr": person.session.acr,
    }
    assert claims["exp"] - claims["iat"] == 600


def test_T37_the_username_is_told_where_the_token_has_profile():
    person = signed_in(scope="openid email")
    assert "username" not in introspect(person.client, person.access_token).body


def test_T37_one_who_may_ask_of_any_token_is_told_of_anyones(person, inspector):
    assert introspect(inspector, person.access_token).body["sub"] == str(person.user.sub)


def test_T37_the_owner_of_the_resource_is_told_and_no_other_resource_server(inspector):
    owner, other = machine("reports"), machine("files")
    resources.register(REPORTS, owner.pk)
    resources.register("https://files.example", other.pk)
    person = signed_in(resource=REPORTS)
    assert introspect(owner, person.access_token).body["aud"] == REPORTS
    assert introspect(other, person.access_token).body == {"active": False}
    assert introspect(person.client, person.access_token).body["active"] is True
    assert introspect(inspector, person.access_token).body["active"] is True


def test_T37_whatever_the_caller_may_not_know_looks_the_same(person, inspector):
    stranger = machine("stranger")
    ended = signed_in(person.client, person.user).access_token
    end(Family.objects.latest("created_at").pk, EndReason.REVOKED)
    asked = {
        "foreign": (stranger, person.access_token),
        "foreign refresh token": (stranger, person.refresh_token),
        "ended": (inspector, ended),
        "a refresh token of somebody": (inspector, person.refresh_token),
        "an ID token": (inspector, person.tokens["id_token"]),
        "forged": (inspector, person.access_token[:-8] + "AAAAAAAA"),
        "nonsense": (inspector, "nonsense"),
        "not ASCII": (inspector, "tökén"),
        "three dots": (inspector, "..."),
    }
    answers = {name: introspect(*who) for name, who in asked.items()}
    for name, answer in answers.items():
        assert (answer.status, answer.response.content) == (200, b'{"active":false}'), name
        assert answer.response["Cache-Control"] == "no-store", name
    assert len({tuple(sorted(answer.response.headers.items())) for answer in map(without_id, answers.values())}) == 1


def without_id(answer):
    del answer.response["X-Request-ID"]
    return answer


def test_T37_a_client_that_cannot_prove_who_it_is_gets_nothing_for_having_the_scope(person):
    public = make_client("public", scopes=["openid", "tokens:introspect"])
    assert introspect(public, person.access_token).body == {"active": False}


def test_T37_it_answers_clients_that_authenticate_and_POST_alone(person, inspector):
    assert introspect(None, person.access_token).status == 401
    wrong = post("/o/introspect/", authorization=basic("inspector", "wrong"), token=person.access_token)
    assert (wrong.status, wrong.body["error"]) == (401, "invalid_client")
    assert wrong.response["WWW-Authenticate"].startswith("Basic ")
    as_bearer = post("/o/introspect/", authorization=f"Bearer {person.access_token}", token=person.access_token)
    assert as_bearer.status == 401
    for method in ("GET", "PUT", "DELETE"):
        response = Client().generic(method, f"/o/introspect/?token={person.access_token}")
        assert response.status_code == 405
        assert "POST" in response["Allow"]


def test_T30_a_token_in_the_url_is_refused(person, inspector):
    response = Client().post(
        f"/o/introspect/?token={person.access_token}", headers={"authorization": basic("inspector")}
    )
    assert response.status_code == 400
    assert person.access_token not in response.content.decode()


def test_T37_the_hint_is_only_a_hint(person):
    for hint in ("refresh_token", "access_token", "something"):
        assert introspect(person.client, person.access_token, token_type_hint=hint).body["active"] is True


def test_T37_a_client_is_told_of_its_own_refresh_token_and_asking_is_not_using(person):
    answer = introspect(person.client, person.refresh_token)
    assert answer.body["active"] is True
    assert answer.body["scope"] == "openid profile email"
    successor = person.refresh().body["refresh_token"]
    Family.objects.update(turned_at=F("turned_at") - timedelta(minutes=1))
    assert introspect(person.client, person.refresh_token).body == {"active": False}
    assert introspect(person.client, successor).body["active"] is True
    assert Family.objects.get().ended_at is None


def test_scopes_are_the_effective_ones(inspector):
    admin = users.create_user("root", "correct horse battery staple", role="admin")
    person = signed_in(make_client(trusted=True, scopes=["openid", "roles:read"]), admin, scope="openid roles:read")
    assert introspect(inspector, person.access_token).body["scope"] == "openid roles:read"
    users.set_role(admin, "user")
    assert introspect(inspector, person.access_token).body["scope"] == "openid"


@pytest.mark.parametrize("what", ["user", "client", "owner"])
def test_T38_who_is_switched_off_is_out_at_once(person, inspector, what):
    if what == "user":
        users.deactivate(person.user)
    else:
        clients.disable({"client": person.client, "owner": inspector}[what])
    answer = introspect(inspector, person.access_token)
    assert (answer.status, answer.body.get("active")) == ((401, None) if what == "owner" else (200, False))


def test_a_clients_own_token():
    client = machine(scopes=["roles:read"])
    text = token(client, "client_credentials", scope="roles:read").body["access_token"]
    body = introspect(client, text).body
    assert (body["sub"], body["client_id"], body["scope"]) == ("machine", "machine", "roles:read")
    assert not {"username", "auth_time", "acr"} & body.keys()


def test_caller_and_family_are_read_by_one_statement_other_tokens_by_a_second(person, inspector):
    introspect(inspector, person.access_token)  # what a process reads once, keys for one, is read now
    own = token(machine(), "client_credentials").body["access_token"]
    for text, verbs in (
        (person.access_token, ["WITH"]),
        (person.refresh_token, ["SELECT", "SELECT"]),
        (own, ["SELECT", "SELECT"]),
        ("no token", ["SELECT"]),
    ):
        with CaptureQueriesContext(connection) as queries:
            introspect(inspector, text)
        assert [query["sql"].split()[0] for query in queries] == verbs


@pytest.mark.parametrize("caller", ["owner", "client", "stranger"])
def test_the_owner_costs_no_statement_of_its_own(caller):
    owner = machine("owner")
    resources.register(REPORTS, owner.pk)
    person = signed_in(resource=REPORTS)
    who = {"owner": owner, "client": person.client, "stranger": machine("stranger")}[caller]
    introspect(who, person.access_token)
    with CaptureQueriesContext(connection) as queries:
        assert introspect(who, person.access_token).body["active"] is (caller != "stranger")
    assert len(queries) == 1
