"""Pages: each row once, in order, whatever page size; cursors that nobody can make up; the price of a page."""

import pytest

from idp.models import Session
from tests.factories import make_client, make_user
from tests.graph.asking import World, asked, codes, post

PAGE = """query($f:Int!,$a:String){me{sessions(first:$f,after:$a){
    nodes{id} edges{cursor} pageInfo{hasNextPage hasPreviousPage startCursor endCursor}}}}"""


def pages(token: str, first: int, document: str = PAGE, name: str = "sessions") -> list[str]:
    seen: list[str] = []
    after = None
    while True:
        found = asked(document, token, f=first, a=after)["me"][name]
        assert len(found["nodes"]) <= first
        seen += [node["id"] for node in found["nodes"]]
        info = found["pageInfo"]
        assert info["hasPreviousPage"] is False
        cursors = [edge["cursor"] for edge in found["edges"]]
        assert [info["startCursor"], info["endCursor"]] == ([cursors[0], cursors[-1]] if cursors else [None, None])
        if not info["hasNextPage"]:
            return seen
        after = info["endCursor"]


@pytest.mark.parametrize("first", [1, 2, 3, 7, 8, 100])
def test_each_row_comes_once_in_order(world: World, first):
    for _ in range(7):
        world.session(world.user)
    world.session(make_user("bob"))
    token = world.token("account:read")
    seen = pages(token, first)
    assert len(seen) == len(set(seen)) == 7
    assert seen == pages(token, 100)


@pytest.mark.parametrize("first", [1, 2, 100])
def test_rows_of_one_moment_come_once_too(world: World, first):
    families = [world.family(world.user, ["openid"]) for _ in range(6)]
    for family in families[:4]:
        family.created_at = families[0].created_at
        family.save(update_fields=["created_at"])
    document = PAGE.replace("sessions", "tokenFamilies")
    seen = pages(world.token("account:read"), first, document, "tokenFamilies")
    assert len(seen) == len(set(seen)) == 7


@pytest.mark.parametrize("first", [0, -1, 101, 2**31 - 1])
def test_a_page_has_a_hard_cap(world: World, first):
    response = post(PAGE, world.token("account:read"), variables={"f": first})
    assert codes(response) == ["BAD_USER_INPUT"]


@pytest.mark.parametrize("after", ["", "x", "\x00", "é" * 40, "a" * 3_000])
def test_what_is_no_cursor_is_refused(world: World, after):
    response = post(PAGE, world.token("account:read"), variables={"f": 1, "a": after})
    assert codes(response) == ["BAD_USER_INPUT"]


def test_a_cursor_of_another_list_is_refused(world: World):
    world.session(world.user)
    token = world.token("account:read")
    cursor = asked(PAGE, token, f=1)["me"]["sessions"]["pageInfo"]["endCursor"]
    response = post(PAGE.replace("sessions", "tokenFamilies"), token, variables={"f": 1, "a": cursor})
    assert codes(response) == ["BAD_USER_INPUT"]


@pytest.mark.parametrize("name", ["sessions", "consents", "tokenFamilies"])
def test_a_page_costs_one_statement_however_long_it_is(world: World, django_assert_num_queries, name):
    token = world.token("account:read")
    for _ in range(5):
        world.session(world.user)
        world.family(world.user, ["openid"])
    fields = "nodes{id client{clientId}}" if name != "sessions" else "nodes{id}"
    asked("{me{sub}}", token)
    with django_assert_num_queries(2):  # the token's row, and the page
        asked(f"{{me{{{name}(first:100){{{fields}}}}}}}", token)


def test_who_lost_trust_is_signed_in_nowhere(world: World):
    world.session(world.user)
    Session.objects.update(user_epoch=99)
    assert pages(world.token("account:read"), 5) == []


ORDERED = {
    "users": ("username", "NEWEST", "OLDEST", "USERNAME"),
    "clients": ("clientId", "NEWEST", "OLDEST", "CLIENT_ID"),
}


@pytest.mark.parametrize("listed", ORDERED)
@pytest.mark.parametrize("first", [1, 2, 100])
def test_a_list_comes_in_the_order_that_is_asked_for(world: World, listed: str, first: int):
    name, newest, oldest, by_name = ORDERED[listed]
    made = ["carol", "alice", "Bob"]
    for each in made:
        (make_user if listed == "users" else make_client)(each)
    token = world.service_token("users:read", "clients:read")
    document = (
        f"query($f:Int!,$a:String,$o:{listed[:-1].title()}Order!){{{listed}(first:$f,after:$a,order:$o)"
        f"{{nodes{{{name}}} pageInfo{{hasNextPage endCursor}}}}}}"
    )

    def told(order: str) -> list[str]:
        seen: list[str] = []
        after = None
        while True:
            found = asked(document, token, f=first, a=after, o=order)[listed]
            seen += [node[name] for node in found["nodes"] if node[name] in made]
            after = found["pageInfo"]["endCursor"]
            if not found["pageInfo"]["hasNextPage"]:
                return seen

    assert told(oldest) == made
    assert told(newest) == made[::-1]
    assert told(by_name) == sorted(made, key=str.casefold if listed == "users" else str)


def test_a_cursor_of_another_order_is_none(world: World):
    make_user("alice")
    make_user("bob")
    token = world.service_token("users:read")
    cursor = asked("{users(first:1,order:OLDEST){pageInfo{endCursor}}}", token)["users"]["pageInfo"]["endCursor"]
    for order in ("NEWEST", "USERNAME"):
        document = "query($a:String,$o:UserOrder!){users(after:$a,order:$o){nodes{id}}}"
        assert codes(post(document, token, variables={"a": cursor, "o": order})) == ["BAD_USER_INPUT"]


def test_the_trail_is_read_from_either_end(world: World):
    token = world.service_token("audit:read")
    make_user("alice")
    document = "query($o:AuditEventOrder!){auditEvents(order:$o){nodes{at}}}"
    newest, oldest = (
        [node["at"] for node in asked(document, token, o=order)["auditEvents"]["nodes"]]
        for order in ("NEWEST", "OLDEST")
    )
    assert newest == oldest[::-1]
    assert newest == sorted(newest, reverse=True)
