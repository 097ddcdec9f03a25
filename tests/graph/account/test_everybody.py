"""Everybody's sessions, and what a client is allowed: for who looks after accounts, page by page."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from idp.models import Session
from idp.sessions import services as sessions
from oauth_ext.clients.models import Application
from oauth_ext.consents import services as consents
from oauth_ext.families.models import EndReason, Family
from tests.factories import make_client, make_user
from tests.graph.asking import World, asked, codes, post

LISTS = {
    "sessions": "query{sessions{nodes{id user{username}}}}",
    "consents": 'query{consents(clientId:"other"){nodes{id scopes user{username}}}}',
    "tokenFamilies": 'query{tokenFamilies(clientId:"other"){nodes{id kind user{username}}}}',
}


def let_in(world: World, name: str, client: Application) -> None:
    """Somebody who is signed in, allows a client, and has a grant of it."""
    person = make_user(name)
    session = world.session(person)
    consents.grant(person.pk, client.pk, ["openid", "email"], [])
    Family.objects.filter(pk=world.family(person, ["openid"]).pk).update(client=client, session=session)


@pytest.fixture
def live(world: World) -> list[str]:
    """Two whom the client `other` serves, the newest first."""
    client = make_client("other")
    for name in ("carol", "dave"):
        let_in(world, name, client)
    return ["dave", "carol"]


def people(name: str, token: str) -> list[str]:
    return [node["user"]["username"] for node in asked(LISTS[name], token)[name]["nodes"]]


@pytest.mark.parametrize("name", LISTS)
def test_one_person_is_refused_even_what_is_their_own(world: World, live, name):
    for token in (world.token("openid", "account:read"), world.token("sessions:read")):
        assert codes(post(LISTS[name], token)) == ["INSUFFICIENT_SCOPE"]


@pytest.mark.parametrize("name", LISTS)
def test_who_looks_after_accounts_sees_whose_each_is(world: World, live, name):
    token = world.service_token("sessions:read", "users:read")
    assert [found for found in people(name, token) if found in live] == live
    assert codes(post(LISTS[name], world.service_token("sessions:read")))[0] == "FORBIDDEN"


@pytest.mark.parametrize("name", LISTS)
def test_what_has_ended_is_in_no_list(world: World, live, name):
    carol = Session.objects.get(user__username="carol")
    sessions.end(carol.pk)
    Family.objects.filter(user__username="carol").update(ended_at=timezone.now(), end_reason=EndReason.REVOKED)
    consents.revoke(consents.of_client("other").get(user__username="carol").pk)
    token = world.service_token("sessions:read", "users:read")
    assert [found for found in people(name, token) if found in live] == ["dave"]


@pytest.mark.parametrize("name", ["consents", "tokenFamilies"])
def test_of_another_client_and_of_none_there_is_nothing(world: World, live, name):
    token = world.service_token("sessions:read", "users:read")
    for client_id in ("nobody", "", "\u00e9" * 300):
        document = LISTS[name].replace('"other"', f'"{client_id}"')
        assert asked(document, token)[name]["nodes"] == []


@pytest.mark.parametrize("name", LISTS)
def test_a_page_costs_the_same_however_many_people_are_on_it(world: World, live, name):
    token = world.service_token("sessions:read", "users:read")
    counts = []
    for names in (("erin",), ("frank", "grace", "heidi")):
        for other in names:
            let_in(world, other, Application.objects.get(client_id="other"))
        with CaptureQueriesContext(connection) as queries:
            people(name, token)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("name", ["consents", "tokenFamilies"])
def test_a_cursor_is_good_for_the_list_of_its_client_alone(world: World, live, name):
    token = world.service_token("sessions:read")
    document = "query($c:String!,$a:String){LIST(clientId:$c,first:1,after:$a){pageInfo{endCursor}}}"
    document = document.replace("LIST", name)
    cursor = asked(document, token, c="other")[name]["pageInfo"]["endCursor"]
    assert asked(document, token, c="other", a=cursor)[name]["pageInfo"]["endCursor"] != cursor
    assert codes(post(document, token, variables={"c": "spa", "a": cursor})) == ["BAD_USER_INPUT"]
