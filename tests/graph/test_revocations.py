"""The feed over GraphQL: who may read it, and that it goes on where it was left."""

import pytest

from idp.users import services as users
from oauth_ext.clients import services as clients
from tests.graph.asking import World, asked, codes, post

FEED = "query($after:String){revocations(after:$after){cursor hasMore entries{kind family sub clientId issuedBefore}}}"


@pytest.mark.parametrize("after", ["", "x", "\x00", "a" * 5000])
def test_what_is_no_cursor_of_the_feed_is_refused(world: World, after):
    token = world.service_token("revocations:read")
    assert codes(post(FEED, token, variables={"after": after})) == ["BAD_USER_INPUT"]


def test_a_cursor_of_another_list_is_none(world: World):
    token = world.service_token("revocations:read", "clients:read")
    edges = asked("{clients{edges{cursor}}}", token)["clients"]["edges"]
    assert codes(post(FEED, token, variables={"after": edges[0]["cursor"]})) == ["BAD_USER_INPUT"]


def test_a_person_needs_a_role_for_it(world: World):
    assert codes(post(FEED, world.token("revocations:read"))) == ["INSUFFICIENT_SCOPE"]
    assert codes(post(FEED, world.token("revocations:read", user=world.admin))) == []


def test_it_goes_on_where_it_was_left(world: World, django_assert_num_queries):
    token = world.service_token("revocations:read")
    begun = asked(FEED, token)["revocations"]
    assert begun["hasMore"] is False
    with django_assert_num_queries(2):  # who asks, and the trail
        nothing = asked(FEED, token, after=begun["cursor"])["revocations"]
    assert nothing["entries"] == []
    users.sign_out_everywhere(world.user)
    clients.disable(world.app)
    told = asked(FEED, token, after=nothing["cursor"])["revocations"]
    by_user, by_client = told["entries"]
    assert (by_user["kind"], by_user["sub"], by_user["clientId"]) == ("USER", str(world.user.sub), None)
    assert (by_client["kind"], by_client["clientId"], by_client["sub"]) == ("CLIENT", "app", None)
    assert asked(FEED, token, after=told["cursor"])["revocations"]["entries"] == []
    assert asked(FEED, token, after=nothing["cursor"])["revocations"]["entries"] == told["entries"]
