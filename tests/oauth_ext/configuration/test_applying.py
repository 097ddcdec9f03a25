"""A file is made true by the services, once; what a change ends is told before."""

import dataclasses
import json

import pytest
from django.test import Client

from idp.audit.models import AuditEvent
from idp.models import Role
from oauth_ext.clients.models import Application
from oauth_ext.clients.services import ClientSpec
from oauth_ext.configuration import client_fields
from tests.factories import make_client, make_user
from tests.oauth_ext.clients.signing import KEYS, jwks
from tests.oauth_ext.clients.test_sectors import Documents, documents
from tests.oauth_ext.configuration.calling import MACHINE, apply, plan, refusals
from tests.oauth_ext.token_endpoint import SignedIn, basic, post, signed_in

__all__ = ["documents"]
pytestmark = pytest.mark.django_db

WHOLE = f"""
roles:
  clerk: {{description: Looks people up., scopes: [users:read]}}
resources:
  https://r.example: {{owner: machine}}
clients:
  machine: {MACHINE}
  app:
    client_name: The App
    redirect_uris: [https://app.example/callback]
    scopes: [openid, profile, offline_access]
    enabled: false
"""


@pytest.fixture(autouse=True)
def secret(monkeypatch):
    monkeypatch.setenv("SECRET", "the secret of the machine")


def events() -> list[tuple[str, str]]:
    return [(event.event, event.for_client) for event in AuditEvent.objects.order_by("pk")]


def test_a_plan_tells_all_and_does_nothing():
    assert plan(WHOLE) == [
        "+ roles[clerk]",
        '    scopes: ["users:read"]',
        '    description: "Looks people up."',
        "+ clients[machine]",
        '    token_endpoint_auth_method: "client_secret_basic"',
        '    grant_types: ["client_credentials"]',
        "    scopes: []",
        "+ clients[app]",
        '    client_name: "The App"',
        '    token_endpoint_auth_method: "none"',
        '    grant_types: ["authorization_code", "refresh_token"]',
        '    redirect_uris: ["https://app.example/callback"]',
        '    scopes: ["offline_access", "openid", "profile"]',
        "    enabled: false",
        "+ resources[https://r.example]",
        '    owner: "machine"',
    ]
    assert not Application.objects.exists()
    assert not AuditEvent.objects.exists()


def test_it_is_done_by_the_services_as_nobody_and_once():
    lines = ["+ roles[clerk]", "+ clients[machine]", "+ clients[app]", "+ resources[https://r.example]"]
    assert apply(WHOLE) == lines
    done = [
        ("role_created", ""),
        ("client_registered", "machine"),
        ("client_registered", "app"),
        ("client_disabled", "app"),
        ("resource_set", "machine"),
    ]
    assert events() == done
    assert not AuditEvent.objects.exclude(by_user=None, by_client="").exists()
    assert plan(WHOLE) == apply(WHOLE) == []
    assert events() == done
    answer = post(
        "/o/token/", authorization=basic("machine", "the secret of the machine"), grant_type="client_credentials"
    )
    assert answer.status == 200
    assert not Application.objects.get(client_id="app").is_active


def test_each_field_is_told_old_and_new():
    apply(WHOLE)
    text = WHOLE.replace("The App", "Another").replace("Looks people up.", "''").replace("profile", "email")
    assert plan(text) == [
        "~ roles[clerk]",
        '    description: "Looks people up." → ""',
        "~ clients[app]",
        '    client_name: "The App" → "Another"',
        '    scopes: ["offline_access", "openid", "profile"] → ["email", "offline_access", "openid"]',
    ]
    assert apply(text) == ["~ roles[clerk]", "~ clients[app]"]
    assert plan(text) == []
    assert Role.objects.get(name="clerk").description == ""


def test_order_and_what_is_left_out_are_no_difference():
    apply("clients: {app: {redirect_uris: [https://a.example, https://b.example], scopes: [openid, email]}}")
    other = "redirect_uris: [https://b.example, https://a.example], scopes: [email, openid], default_scopes: [openid]"
    text = f"clients: {{app: {{{other}}}}}"
    assert plan(text) == []
    assert plan("clients: {}") == plan("{}") == []


def test_what_a_role_loses_is_gone_from_tokens_that_are_out():
    apply("roles: {clerk: {scopes: [account:read, users:read]}}")
    client = make_client(trusted=True, scopes=["openid", "account:read"])
    here = signed_in(client, make_user(role="clerk"), scope="openid account:read")
    query = {"query": "{me{sessions{nodes{id}}}}"}
    assert "errors" not in ask(here, query)
    apply("roles: {clerk: {scopes: [users:read]}}")
    assert "errors" in ask(here, query)


def ask(here: SignedIn, query: dict[str, str]) -> dict[str, object]:
    headers = {"authorization": f"Bearer {here.access_token}"}
    answer = Client().post("/graphql", json.dumps(query), content_type="application/json", headers=headers)
    return dict(answer.json())


BEFORE = {"redirect_uris": ["https://app.example/callback"], "trusted": True}


@pytest.mark.parametrize(
    ("change", "ends"),
    [
        ({"client_name": "Another"}, False),
        ({"redirect_uris": ["https://app.example/callback", "https://app.example/other"]}, False),
        ({"post_logout_redirect_uris": ["https://app.example/"]}, False),
        ({"scopes": ["openid", "offline_access", "email"]}, False),
        ({"response_modes": ["query", "form_post"]}, False),
        ({"access_token_expire_seconds": 120}, False),
        ({"redirect_uris": ["https://app.example/other"]}, True),
        ({"grant_types": ["authorization_code"]}, True),
        ({"trusted": False}, True),
        ({"dpop_bound_access_tokens": True}, True),
        ({"subject_type": "pairwise"}, True),
        ({"token_endpoint_auth_method": "client_secret_basic", "secret": {"env": "SECRET"}}, True),
        ({"token_endpoint_auth_method": "private_key_jwt", "jwks": jwks(KEYS["ES256"])}, True),
        ({"enabled": False}, True),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, dict) else "",
)
def test_only_a_change_of_how_it_got_what_it_holds_ends_that_and_the_plan_says_so(change, ends):
    apply(json.dumps({"clients": {"app": BEFORE}}))
    here = signed_in(Application.objects.get(), scope="openid offline_access")
    text = json.dumps({"clients": {"app": BEFORE | change}})
    told = plan(text)
    apply(text)
    assert plan(text) == []
    assert here.is_live() == (not ends)
    assert (told[0] != "~ clients[app]") == ends


def test_another_key_ends_nothing():
    signer = BEFORE | {"token_endpoint_auth_method": "private_key_jwt", "jwks": jwks(KEYS["ES256"])}
    apply(json.dumps({"clients": {"app": signer}}))
    renewed = signer | {"jwks": jwks(KEYS["ES256"], KEYS["RS256"])}
    assert plan(json.dumps({"clients": {"app": renewed}}))[0] == "~ clients[app]"
    there = {name: value for name, value in signer.items() if name != "jwks"} | {"jwks_uri": "https://app.example/keys"}
    assert plan(json.dumps({"clients": {"app": there}}))[0] == "~ clients[app]"


def test_what_ended_stays_ended_when_it_is_switched_on_again():
    text = json.dumps({"clients": {"app": BEFORE}})
    apply(text)
    here = signed_in(Application.objects.get())
    apply(json.dumps({"clients": {"app": BEFORE | {"enabled": False, "client_name": "Off"}}}))
    assert not here.is_live()
    assert plan(text) == ["~ clients[app]", '    client_name: "Off" → ""', "    enabled: false → true"]
    apply(text)
    assert Application.objects.get().is_active
    assert not here.is_live()
    assert signed_in(Application.objects.get(), here.user).is_live()


def test_a_resource_is_handed_over_and_who_had_it_may_ask_no_more():
    both = f"clients: {{machine: {MACHINE}, other: {MACHINE}}}\nresources: {{https://r.example: {{owner: machine}}}}"
    apply(both)
    machine, other = (basic(name, "the secret of the machine") for name in ("machine", "other"))
    asked = {"grant_type": "client_credentials", "resource": "https://r.example"}
    make_client("caller", client_type="confidential", grant_types=["client_credentials"])
    token = post("/o/token/", authorization=basic("caller"), **asked).body["access_token"]

    def may_ask(who: str) -> bool:
        return bool(post("/o/introspect/", authorization=who, token=token).body["active"])

    assert (may_ask(machine), may_ask(other)) == (True, False)
    assert apply(both.replace("owner: machine", "owner: other")) == ["~ resources[https://r.example]"]
    assert (may_ask(machine), may_ask(other)) == (False, True)
    assert events()[-1] == ("resource_set", "other")


def test_a_resource_of_the_same_file_may_be_a_clients_default():
    machine = MACHINE.replace("{", "{default_resources: [https://r.example], ", 1)
    text = f"resources: {{https://r.example: {{owner: machine}}}}\nclients: {{machine: {machine}}}"
    apply(text)
    assert Application.objects.get().default_resources == ["https://r.example"]
    assert plan(text) == []


def test_the_sector_is_settled_before_anything_is_done_and_not_again(documents: Documents):
    documents.body = b'["https://shop.example/cb"]'
    client = {"redirect_uris": ["https://shop.example/cb"], "sector_identifier_uri": documents.uri}
    text = json.dumps({"clients": {"shop": client | {"subject_type": "pairwise"}}})
    apply(text)
    assert Application.objects.get().sector_identifier == "127.0.0.1"
    asked = documents.asked
    assert apply(text) == []
    assert documents.asked == asked
    documents.body = b"[]"
    assert list(refusals(text.replace("/cb", "/other"))) == ["clients[shop].sector_identifier_uri"]


def test_every_column_of_a_client_has_a_field():
    columns = {column.name for column in dataclasses.fields(ClientSpec)} - {"client_id"}
    assert columns == set(client_fields.FIELDS.values()) | client_fields.IMPLIED
