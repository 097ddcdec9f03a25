"""Changing a client: all that is wrong at once, nothing lost between two, and what it holds ends where it must."""

from typing import Any

import pytest
from django.db import transaction

from graph import ids
from idp.audit.models import AuditEvent, Event
from oauth_ext.clients.models import Application
from oauth_ext.registration import services as registration
from tests.factories import make_client
from tests.graph.asking import World, asked, codes, post
from tests.oauth_ext.token_endpoint import signed_in
from tests.side_by_side import WAIT_SECONDS, other_connection

UPDATE = """mutation($id:ID!,$c:ClientChanges!){updateClient(id:$id,changes:$c){
    client{clientId name redirectUris scopes trusted} errors{code field}}}"""
HERE, THERE = "https://app.example/callback", "https://app.example/there"


def update(world: World, client: Application, **changes: object) -> dict[str, Any]:
    token = world.service_token("clients:write", "clients:read")
    answer: dict[str, Any] = asked(UPDATE, token, id=ids.seal("Client", client.pk), c=changes)["updateClient"]
    return answer


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"name": "a\x00"}, [("INVALID", "name")]),
        ({"redirectUris": ["http://app.example/"]}, [("INVALID", "redirectUris")]),
        ({"redirectUris": []}, [("INVALID", "redirectUris")]),
        ({"grantTypes": ["password"]}, [("INVALID", "grantTypes")]),
        ({"scopes": ["nonsense"]}, [("INVALID", "scopes")]),
        ({"scopes": ["users:write"]}, [("NOT_ALLOWED", "scopes")]),
        ({"defaultScopes": ["users:read"]}, [("INVALID", "defaultScopes")]),
        ({"accent": "#ffcc00"}, [("INVALID", "accent")]),
        ({"accent": "red"}, [("INVALID", "accent")]),
        ({"name": "a\x00", "scopes": ["nonsense"]}, [("INVALID", "name"), ("INVALID", "scopes")]),
    ],
)
def test_what_does_not_do_changes_nothing(world: World, changes, errors):
    client = make_client("shop", name="Shop")
    answer = update(world, client, **changes)
    assert [(error["code"], error["field"]) for error in answer["errors"]] == errors
    assert answer["client"] is None
    client.refresh_from_db()
    assert (client.name, client.redirect_uris, client.epoch) == ("Shop", [HERE], 0)


def test_it_needs_its_scope(world: World):
    response = post(UPDATE, world.service_token("clients:read"), variables={"id": "x", "c": {}})
    assert codes(response) == ["INSUFFICIENT_SCOPE"]


def test_nobody_changes_a_client_that_may_do_more_or_that_registered_itself(world: World):
    operator = make_client("operator", client_type="confidential", scopes=["users:write"])
    stranger = make_client("stranger", registration_source=Application.RegistrationSource.DCR)
    for client in (operator, stranger):
        assert update(world, client, name="x")["errors"] == [{"code": "NOT_ALLOWED", "field": "id"}]


@pytest.mark.parametrize(
    ("changes", "lives"),
    [
        ({}, True),
        ({"name": "Another"}, True),
        ({"accent": "#0a6b3d"}, True),
        ({"redirectUris": [HERE, THERE]}, True),
        ({"postLogoutRedirectUris": [THERE]}, True),
        ({"scopes": ["openid"]}, True),
        ({"redirectUris": [THERE]}, False),
        ({"grantTypes": ["authorization_code"]}, False),
        ({"trusted": False}, False),
    ],
)
def test_what_it_holds_ends_where_it_loses_a_way_to_get_it(world: World, changes, lives):
    client = make_client("shop", trusted=True, scopes=["openid", "profile"], default_scopes=["openid"])
    person = signed_in(client)
    assert update(world, client, **changes)["errors"] == []
    assert person.is_live() is lives
    assert AuditEvent.objects.filter(event=Event.CLIENT_CHANGED).latest("pk").details == {"ended": not lives}


def test_what_is_left_out_stays(world: World):
    client = make_client("shop", name="Shop", scopes=["openid", "profile"])
    answer = update(world, client, redirectUris=[THERE], name=None)
    assert answer["client"] == {
        "clientId": "shop",
        "name": "Shop",
        "redirectUris": [THERE],
        "scopes": ["openid", "profile"],
        "trusted": False,
    }


def test_a_sector_that_is_anothers_word_is_not_asked_for_here(world: World):
    client = make_client("shop")
    uri = "https://sector.example/uris.json"
    Application.objects.filter(pk=client.pk).update(
        subject_type="pairwise", sector_identifier="sector.example", sector_identifier_uri=uri
    )
    assert update(world, client, name="Shop")["errors"] == []
    assert update(world, client, redirectUris=[THERE])["errors"] == [{"code": "INVALID", "field": "redirectUris"}]
    client.refresh_from_db()
    assert client.sector_identifier == "sector.example"


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_at_once_neither_undoes_the_other():
    client = make_client("shop")
    with transaction.atomic():
        registration.change(client.pk, name="Shop")
        thread, outcome = other_connection(lambda: registration.change(client.pk, trusted=True))
    thread.join(WAIT_SECONDS)
    assert isinstance(outcome[0], Application)
    client.refresh_from_db()
    assert (client.name, client.trusted) == ("Shop", True)
