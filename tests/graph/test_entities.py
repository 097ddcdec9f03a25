"""Federation: references from other subgraphs, and keys that name nothing."""

import base64
import json

import pytest
from django.test import override_settings

from graph import ids
from idp.models import Role
from tests.factories import make_user
from tests.graph.asking import World, codes, post

QUERY = """query($r: [_Any!]!) { _entities(representations: $r) {
    __typename ... on User { id sub username } ... on Role { id name } } }"""


def entities(token: str, *representations: object):
    return post(QUERY, token, variables={"r": representations})


def test_T89_only_oneself_is_resolved(world: World):
    me, bob = ids.seal("User", world.user.pk), ids.seal("User", make_user("bob").pk)
    response = entities(world.token("profile"), {"__typename": "User", "id": me}, {"__typename": "User", "id": bob})
    mine = {"__typename": "User", "id": me, "sub": str(world.user.sub), "username": "alice"}
    assert json.loads(response.content) == {"data": {"_entities": [mine, None]}}


def test_T89_fields_of_an_entity_are_guarded_as_everywhere(world: World):
    response = entities(world.token("email"), {"__typename": "User", "id": ids.seal("User", world.user.pk)})
    assert codes(response) == ["INSUFFICIENT_SCOPE"]
    assert json.loads(response.content)["data"]["_entities"][0]["username"] is None


def test_T89_roles_are_those_the_caller_may_see(world: World):
    held, other = (ids.seal("Role", Role.objects.get(name=name).pk) for name in ("user", "admin"))
    asked = [{"__typename": "Role", "id": held}, {"__typename": "Role", "id": other}]
    as_alice = json.loads(entities(world.token("roles"), *asked).content)["data"]["_entities"]
    as_service = json.loads(entities(world.service_token("roles:read"), *asked).content)["data"]["_entities"]
    assert as_alice == [{"__typename": "Role", "id": held, "name": "user"}, None]
    assert [role["name"] for role in as_service] == ["user", "admin"]
    refused = entities(world.token("openid"), *asked)
    assert codes(refused) == ["INSUFFICIENT_SCOPE"] * 2
    assert json.loads(refused.content)["data"] == {"_entities": [None, None]}


def test_T89_who_may_read_everybody_resolves_everybody(world: World, django_assert_num_queries):
    people = [make_user(f"person{number}") for number in range(5)]
    asked = [{"__typename": "User", "id": ids.seal("User", person.pk)} for person in people]
    asked[2:2] = [{"__typename": "Role", "id": ids.seal("Role", people[0].role_id)}] * 2
    token = world.service_token("users:read", "roles:read")
    post("{__typename}", token)
    with django_assert_num_queries(3):  # the token's row, all people, all roles
        found = json.loads(entities(token, *asked).content)["data"]["_entities"]
    assert [entity.get("username", entity.get("name")) for entity in found] == [
        "person0", "person1", "user", "user", "person2", "person3", "person4",
    ]  # fmt: skip


def test_more_than_a_page_of_references_is_refused(world: World):
    me = {"__typename": "User", "id": ids.seal("User", world.user.pk)}
    assert codes(entities(world.token("profile"), *[me] * 100)) == []
    assert codes(entities(world.token("profile"), *[me] * 101)) == ["BAD_USER_INPUT"]


@pytest.mark.parametrize(
    "key", ["", "x", "\x00", 1, None, [], {}, "a" * 5_000, "é" * 40, "=" * 40], ids=lambda key: repr(key)[:20]
)
@pytest.mark.parametrize("type_name", ["User", "Role"])
def test_an_unknown_key_is_null(world: World, type_name, key):
    response = entities(world.token("openid", "roles"), {"__typename": type_name, "id": key})
    assert json.loads(response.content) == {"data": {"_entities": [None]}}


@pytest.mark.parametrize(
    "representation",
    [{}, {"id": "x"}, {"__typename": "Query", "id": "x"}, {"__typename": 5}, {"__typename": {"a": 1}}, "User", 5, []],
    ids=repr,
)
def test_a_reference_to_no_entity_is_an_error_in_its_place(world: World, representation):
    me = {"__typename": "User", "id": ids.seal("User", world.user.pk)}
    response = entities(world.token("profile"), representation, me)
    assert codes(response) == ["BAD_USER_INPUT"]
    first, second = json.loads(response.content)["data"]["_entities"]
    assert first is None
    assert second["username"] == "alice"


def test_the_contract_is_served_to_routers(world: World):
    sdl = json.loads(post("{_service{sdl}}", world.service_token()).content)["data"]["_service"]["sdl"]
    assert '@link(url: "https://specs.apollo.dev/federation/v2' in sdl
    assert 'type User implements Node @key(fields: "id")' in sdl


def test_an_id_is_the_same_each_time_and_read_by_us_alone():
    sealed = ids.seal("User", 7)
    assert ids.seal("User", 7) == sealed
    assert ids.unseal("User", sealed) == 7
    assert ids.unseal("Role", sealed) is None, "an id is bound to its type"
    assert len({ids.seal(kind, pk) for kind in ("User", "Role") for pk in range(50)}) == 100


def test_an_id_that_was_touched_opens_nothing():
    sealed = ids.seal("User", 7)
    raw = base64.urlsafe_b64decode(sealed[8:])
    for bit in range(len(raw) * 8):
        touched = bytearray(raw)
        touched[bit // 8] ^= 1 << bit % 8
        assert ids.unseal("User", sealed[:8] + base64.urlsafe_b64encode(bytes(touched)).decode()) is None
    for text in (sealed[:-1], sealed + "A", sealed[8:], "A" * 40):
        assert ids.unseal("User", text) is None


def test_an_id_outlives_a_new_key(settings):
    old = settings.ENCRYPTION_KEYS
    sealed = ids.seal("User", 7)
    with override_settings(ENCRYPTION_KEYS=[bytes(range(32)), *old]):
        assert ids.unseal("User", sealed) == 7
        assert ids.seal("User", 7) != sealed
    with override_settings(ENCRYPTION_KEYS=[bytes(range(32))]):
        assert ids.unseal("User", sealed) is None
