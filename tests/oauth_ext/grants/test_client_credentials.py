"""The client credentials grant: a client in its own name has its own list, no person's scopes and no refresh token."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from idp.ops import keyring
from oauth_ext.clients import services as clients
from oauth_ext.errors import InvalidClientMetadata
from oauth_ext.families.models import Family
from tests.factories import SECRET, make_client
from tests.oauth_ext.token_endpoint import basic, get, post, token

pytestmark = pytest.mark.django_db


def machine(client_id="machine", **spec):
    spec.setdefault("grant_types", ["client_credentials"])
    return make_client(client_id, client_type="confidential", redirect_uris=[], **spec)


def ask(client, **parameters):
    return token(client, "client_credentials", **parameters)


def introspect(client, text):
    return post("/o/introspect/", client=client, token=text).body


def test_a_client_gets_a_token_of_its_own():
    client = machine(scopes=["roles:read"])
    answer = ask(client, scope="roles:read")
    assert answer.status == 200
    assert answer.body.keys() == {"access_token", "token_type", "expires_in", "scope"}
    assert (answer.body["token_type"], answer.body["expires_in"]) == ("Bearer", 600)
    assert introspect(client, answer.body["access_token"])["sub"] == "machine"
    assert not Family.objects.exists()


@pytest.mark.parametrize(
    ("spec", "scope", "granted"),
    [
        ({"scopes": ["roles:read"]}, None, ""),
        ({"scopes": ["roles:read"], "default_scopes": ["roles:read"]}, None, "roles:read"),
        ({"scopes": ["roles:read", "tokens:introspect"]}, "roles:read", "roles:read"),
        ({"scopes": ["roles:read"]}, "roles:read tokens:introspect", "roles:read"),
        ({"scopes": ["openid", "roles:read"]}, "openid roles:read", "roles:read"),
        ({"scopes": ["openid", "roles:read"], "default_scopes": ["openid"]}, None, ""),
    ],
)
def test_T34_it_has_what_it_asks_for_of_its_own_list_and_no_persons_scopes(spec, scope, granted):
    client = machine(**spec)
    answer = ask(client, scope=scope)
    assert (answer.status, answer.body["scope"]) == (200, granted)
    assert introspect(client, answer.body["access_token"])["scope"] == granted


@pytest.mark.parametrize("scope", ["openid", "tokens:introspect", "unheard-of", 'qu"ote'])
def test_T34_nothing_of_what_is_asked_is_an_error(scope):
    answer = ask(machine(scopes=["roles:read", "openid"]), scope=scope)
    assert (answer.status, answer.body["error"]) == (400, "invalid_scope")


def test_T34_a_scope_taken_from_the_client_is_gone_at_once():
    client = machine(scopes=["roles:read"])
    text = ask(client, scope="roles:read").body["access_token"]
    client.scopes = []
    client.save()
    assert introspect(client, text)["scope"] == ""


def test_T35_a_client_without_the_grant_is_refused():
    client = machine("app", grant_types=["refresh_token"])
    assert ask(client).body["error"] == "unauthorized_client"


def test_T35_a_public_client_never_has_it():
    with pytest.raises(InvalidClientMetadata):
        make_client("app", grant_types=["client_credentials"])
    public = make_client("app")
    public.grant_types = ["client_credentials"]
    public.save()
    assert ask(public).body["error"] == "unauthorized_client"


def test_T26_a_client_must_prove_who_it_is():
    machine()
    assert post("/o/token/", grant_type="client_credentials", client_id="machine").status == 401
    wrong = post("/o/token/", authorization=basic("machine", "wrong"), grant_type="client_credentials")
    unknown = post("/o/token/", authorization=basic("nobody", "wrong"), grant_type="client_credentials")
    assert (wrong.status, wrong.body) == (unknown.status, unknown.body)
    assert wrong.body["error"] == "invalid_client"


def test_T26_a_client_switched_off_has_nothing_and_its_old_tokens_stay_dead():
    client = machine()
    text = ask(client).body["access_token"]
    asker = machine("inspector", scopes=["tokens:introspect"])
    assert introspect(asker, text)["active"] is True
    clients.disable(client)
    assert ask(client).status == 401
    assert introspect(asker, text) == {"active": False}
    clients.enable(client)
    assert ask(client).status == 200
    assert introspect(asker, text) == {"active": False}


def test_its_token_is_nobodys_at_userinfo():
    assert get("/o/userinfo/", ask(machine()).body["access_token"]).status == 403


def test_T40_an_unknown_client_costs_what_a_wrong_secret_costs(monkeypatch):
    machine()
    hashed = []
    mac = keyring.mac
    monkeypatch.setattr(keyring, "mac", lambda purpose, *rest: hashed.append(purpose) or mac(purpose, *rest))
    work = {}
    for name, secret in {"machine": "wrong", "nobody": SECRET}.items():
        hashed.clear()
        with CaptureQueriesContext(connection) as queries:
            post("/o/token/", authorization=basic(name, secret), grant_type="client_credentials")
        work[name] = (len(queries), list(hashed))
    assert work["machine"] == work["nobody"]
