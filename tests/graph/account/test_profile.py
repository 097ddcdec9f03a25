"""Changing what one is called."""

import pytest

from tests.graph.asking import World, asked, codes, post

UPDATE = "mutation($f:String,$l:String){updateProfile(firstName:$f,lastName:$l){user{sub} errors{code field}}}"


def test_only_what_is_given_changes(world: World):
    token = world.token("account:write")
    assert asked(UPDATE, token, f="  Alicia ")["updateProfile"] == {"user": {"sub": str(world.user.sub)}, "errors": []}
    assert asked("{me{firstName lastName name}}", world.token("profile"))["me"] == {
        "firstName": "Alicia",
        "lastName": "Liddell",
        "name": "Alicia Liddell",
    }
    assert asked(UPDATE, token)["updateProfile"]["errors"] == []


@pytest.mark.parametrize("bad", ["a" * 151, "a\x00b", "a\nb"])
def test_all_that_is_wrong_is_told_at_once_and_nothing_changes(world: World, bad):
    refused = asked(UPDATE, world.token("account:write"), f=bad, l=bad)["updateProfile"]
    errors = [{"code": "INVALID", "field": "firstName"}, {"code": "INVALID", "field": "lastName"}]
    assert refused == {"user": None, "errors": errors}
    world.user.refresh_from_db()
    assert world.user.first_name == "Alice"


def test_a_client_by_itself_has_no_profile(world: World):
    refused = asked(UPDATE, world.service_token("account:write"), f="x")["updateProfile"]
    assert refused == {"user": None, "errors": [{"code": "NOT_ALLOWED", "field": None}]}


def test_the_answer_tells_no_more_than_the_scopes(world: World):
    response = post('mutation{updateProfile(firstName:"x"){user{firstName}}}', world.token("account:write"))
    assert codes(response) == ["INSUFFICIENT_SCOPE"]


def test_two_mutations_at_once_are_refused_as_a_whole(world: World):
    token = world.token("account:write")
    response = post('mutation{a:updateProfile(firstName:"x"){user{sub}} b:updateProfile{user{sub}}}', token)
    assert codes(response) == ["OPERATION_TOO_COMPLEX"]
    world.user.refresh_from_db()
    assert world.user.first_name == "Alice"
