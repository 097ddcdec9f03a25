"""Where one is signed in: told to oneself, ended from elsewhere after a fresh sign-in."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from idp.models import Session
from tests.factories import make_client, make_user, sign_in
from tests.graph.asking import World, asked, codes, post
from tests.graph.test_step_up import later
from tests.oauth_ext.token_endpoint import signed_in

SESSIONS = "{me{sessions{nodes{id current acr amr userAgent network signedInAt idleEnd absoluteEnd}}}}"
END = "mutation($id:ID!){endSession(id:$id){session{id} errors{code field}}}"
NOT_FOUND = {"endSession": {"session": None, "errors": [{"code": "NOT_FOUND", "field": "id"}]}}


def only_id(token: str) -> str:
    [session] = asked(SESSIONS, token)["me"]["sessions"]["nodes"]
    return str(session["id"])


def test_T55_one_sees_where_one_is_signed_in_and_what_by(world: World):
    phone, laptop = Client(REMOTE_ADDR="203.0.113.9"), Client()
    phone.defaults["HTTP_USER_AGENT"] = "A phone\u00e9"
    mine = signed_in(world.app, world.user, browser=laptop, scope="openid account:read")
    page = phone.get("/accounts/login/").content
    assert page
    phone.post("/accounts/login/", {"login": "alice", "password": "correct horse battery staple"})
    sign_in(Client(), make_user("bob"))
    nodes = asked(SESSIONS, mine.access_token)["me"]["sessions"]["nodes"]
    assert [(node["current"], node["userAgent"], node["network"]) for node in nodes] == [
        (False, "A phone\u00e9", "203.0.113.0/24"),
        (True, "", ""),
    ]
    assert nodes[0]["acr"]


def test_T55_each_says_its_browser_when_it_was_last_seen_and_what_was_opened_by_it(world: World):
    signed_in(make_client("tv", name="Television"), world.user)
    Session.objects.update(user_agent="Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Safari/537.36")
    mine = signed_in(world.app, world.user, scope="openid account:read")
    document = "{me{sessions{nodes{current browser system lastSeenAt clientNames}}}}"
    with CaptureQueriesContext(connection) as asked_for:
        nodes = asked(document, mine.access_token)["me"]["sessions"]["nodes"]
    assert len(asked_for) == 3, "the token, the sessions, and all their clients"
    here, there = sorted(nodes, key=lambda node: not node["current"])
    assert (there["browser"], there["system"]) == ("Chrome", "Android")
    assert there["clientNames"] == ["Television"]
    assert here["clientNames"] == ["app"]
    assert there["lastSeenAt"]


def test_T55_an_ended_session_is_gone_and_its_tokens_with_it(world: World):
    mine = signed_in(world.app, world.user, scope="openid account:read account:write")
    other = signed_in(world.app, world.user, scope="openid account:read")
    newest = asked(SESSIONS, mine.access_token)["me"]["sessions"]["nodes"][0]["id"]
    assert asked(END, mine.access_token, id=newest) == {"endSession": {"session": {"id": newest}, "errors": []}}
    assert not other.is_live()
    assert mine.is_live()
    assert only_id(mine.access_token) != newest
    assert asked(END, mine.access_token, id=newest) == NOT_FOUND


def test_T55_ending_needs_a_fresh_sign_in(world: World):
    mine = signed_in(world.app, world.user, scope="openid account:read account:write")
    session = only_id(mine.access_token)
    with later(301):
        response = post(END, mine.access_token, variables={"id": session})
        assert response.status_code == 401
        assert codes(response) == ["INSUFFICIENT_USER_AUTHENTICATION"]
        assert mine.is_live()


def test_T55_nobody_ends_what_is_not_theirs(world: World):
    bob = signed_in(world.app, make_user("bob"), scope="openid account:read account:write")
    alice = signed_in(world.app, world.user, scope="openid account:read account:write")
    assert asked(END, alice.access_token, id=only_id(bob.access_token)) == NOT_FOUND
    assert bob.is_live()


def test_T55_who_looks_after_others_ends_anybodys_and_a_service_needs_no_sign_in(world: World):
    alice = signed_in(world.app, world.user, scope="openid account:read")
    session = only_id(alice.access_token)
    assert asked(END, world.service_token("sessions:write"), id=session)["endSession"]["errors"] == []
    assert not alice.is_live()
    assert Session.objects.get(pk=alice.session.pk).ended_at is not None


@pytest.mark.parametrize("scopes", [(), ("openid", "profile"), ("account:read",)])
def test_ending_without_the_scope_is_refused_before_anything_else(world: World, scopes):
    response = post(END, world.token(*scopes), variables={"id": "x"})
    assert response.status_code == 403
    assert codes(response) == ["INSUFFICIENT_SCOPE"]
    assert 'scope="account:write"' in response.headers["WWW-Authenticate"]


@pytest.mark.parametrize("id_asked", ["", "x", "\x00", "a" * 5_000, "é" * 40])
def test_what_is_no_id_is_not_found(world: World, id_asked):
    assert asked(END, world.service_token("sessions:write"), id=id_asked) == NOT_FOUND
