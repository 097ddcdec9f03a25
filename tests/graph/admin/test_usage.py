"""How much clients use, for who may see clients: refused first, asked for at once, within bounds."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from graph import ids
from oauth_ext.counts import services as counts
from oauth_ext.counts.models import ClientCount
from tests.factories import make_client
from tests.graph.asking import World, asked, codes, post

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NODE = "query($id:ID!,$d:Int!=30){node(id:$id){... on Client{clientId usage(days:$d){day refreshes checks}}}}"
ALL = "{clients{nodes{clientId usage{day refreshes checks}}}}"


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[None]:
    """Of a known day: tokens are made by the same clock."""
    with time_machine.travel(NOON, tick=False):
        yield


def put(world: World, days_ago: int, kind: str, number: int) -> None:
    day = NOON.date() - timedelta(days=days_ago)
    ClientCount.objects.create(client=world.app, day=day, kind=kind, number=number)


def usage(world: World, **variables: int) -> list[dict[str, object]]:
    node = asked(NODE, world.service_token("clients:read"), id=ids.seal("Client", world.app.pk), **variables)["node"]
    found: list[dict[str, object]] = node["usage"]
    return found


@pytest.mark.parametrize("scopes", [(), ("users:read",), ("clients:write",)])
def test_who_may_not_see_clients_sees_no_usage(world: World, scopes):
    put(world, 0, counts.CHECK, 5)
    answer = post(NODE, world.service_token(*scopes), variables={"id": ids.seal("Client", world.app.pk)})
    assert codes(answer)[0] == "INSUFFICIENT_SCOPE"
    assert b"checks" not in answer.content


def test_who_is_told_a_clients_name_sees_no_usage(world: World):
    put(world, 0, counts.CHECK, 5)
    answer = post("{me{tokenFamilies{nodes{client{clientId usage{checks}}}}}}", world.token("account:read"))
    assert codes(answer) == ["INSUFFICIENT_SCOPE"]
    (family,) = json.loads(answer.content)["data"]["me"]["tokenFamilies"]["nodes"]
    assert family["client"] == {"clientId": "app", "usage": None}


def test_days_come_newest_first_and_those_without_any_are_left_out(world: World):
    put(world, 0, counts.CHECK, 5)
    put(world, 2, counts.REFRESH, 1)
    put(world, 2, counts.CHECK, 2**40)
    put(world, 30, counts.CHECK, 9)
    assert usage(world) == [
        {"day": "2026-03-01", "refreshes": 0, "checks": 5},
        {"day": "2026-02-27", "refreshes": 1, "checks": 2**31 - 1},
    ]
    assert len(usage(world, d=31)) == 3
    assert len(usage(world, d=1)) == 1
    assert len(usage(world, d=400)) == 3


@pytest.mark.parametrize("days", [0, -1, 401, 2**31 - 1])
def test_days_have_bounds(world: World, days):
    asked_for = {"id": ids.seal("Client", world.app.pk), "d": days}
    answer = post(NODE, world.service_token("clients:read"), variables=asked_for)
    assert codes(answer) == ["BAD_USER_INPUT"]


def test_a_list_of_clients_takes_one_statement_for_all(world: World, django_assert_num_queries):
    token = world.service_token("clients:read")
    for number in range(5):
        ClientCount.objects.create(
            client=make_client(f"app{number}"), day=NOON.date(), kind=counts.CHECK, number=number + 1
        )
    post("{clients{nodes{clientId}}}", token)
    with django_assert_num_queries(3):  # the token's client, the clients, their usage
        nodes = asked(ALL, token)["clients"]["nodes"]
    shown = {node["clientId"]: node["usage"] for node in nodes}
    assert shown["service"] == []
    assert [shown[f"app{number}"][0]["checks"] for number in range(5)] == [1, 2, 3, 4, 5]


def test_what_requests_did_is_seen_when_it_is_written(world: World):
    counts._sums.take()
    counts.checked(world.app.pk)
    assert usage(world) == []
    counts.write()
    assert usage(world) == [{"day": "2026-03-01", "refreshes": 0, "checks": 1}]
