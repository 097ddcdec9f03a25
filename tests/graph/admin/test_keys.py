"""Signing keys through the API: what the command does, and what it refuses."""

from collections.abc import Iterator

import pytest

from oauth_ext.keys import ring
from oauth_ext.keys.models import KeyState, SigningKey
from tests.graph.asking import World, asked, codes, post

ROTATE = (
    "mutation($f:Boolean!){rotateSigningKeys(force:$f){signingKeys{kid state algorithm} errors{code field message}}}"
)
MARK = "mutation($k:String!){markKeyCompromised(kid:$k){signingKeys{kid state} errors{code field}}}"


@pytest.fixture(autouse=True)
def keys_are_read_again() -> Iterator[None]:
    """What a test does to keys is undone in the database alone."""
    ring.forget()
    yield
    ring.forget()


def states(algorithm: str) -> dict[str, str]:
    return dict(SigningKey.objects.filter(algorithm=algorithm).values_list("kid", "state"))


def test_it_needs_its_scope(world: World):
    for document, variables in ((ROTATE, {"f": True}), (MARK, {"k": "x"})):
        assert codes(post(document, world.service_token("keys:read"), variables=variables)) == ["INSUFFICIENT_SCOPE"]


def test_keys_that_clients_may_not_know_do_not_sign_unless_they_must(world: World):
    token = world.service_token("keys:write")
    before = states("ES256")
    answer = asked(ROTATE, token, f=False)["rotateSigningKeys"]
    (error,) = answer["errors"]
    assert (error["code"], error["field"], answer["signingKeys"]) == ("NOT_ALLOWED", "force", None)
    assert states("ES256") == before
    forced = asked(ROTATE, token, f=True)["rotateSigningKeys"]
    assert forced["errors"] == []
    after = states("ES256")
    assert [after[kid] for kid, state in before.items() if state == KeyState.ACTIVE] == [KeyState.RETIRED]
    assert sorted(after.values()) == [KeyState.ACTIVE, KeyState.NEXT, KeyState.RETIRED]
    assert {key["kid"]: key["state"] for key in forced["signingKeys"] if key["algorithm"] == "ES256"} == {
        kid: state.upper() for kid, state in after.items()
    }


@pytest.mark.parametrize("kid", ["", "x", "\x00", "a" * 3000])
def test_a_key_that_is_none_is_not_found(world: World, kid: str):
    answer = asked(MARK, world.service_token("keys:write"), k=kid)["markKeyCompromised"]
    assert answer == {"signingKeys": None, "errors": [{"code": "NOT_FOUND", "field": "kid"}]}


def test_T51_a_compromised_key_is_trusted_no_more_not_even_for_who_says_so(world: World):
    token, other = world.service_token("keys:write"), world.token("openid")
    kid = next(kid for kid, state in states("ES256").items() if state == KeyState.ACTIVE)
    answer = asked(MARK, token, k=kid)["markKeyCompromised"]
    assert answer["errors"] == []
    assert {key["kid"]: key["state"] for key in answer["signingKeys"]}[kid] == "COMPROMISED"
    for each in (token, other):
        assert codes(post("{me{sub}}", each)) == ["UNAUTHENTICATED"]
    assert codes(post("{me{sub}}", world.token("openid"))) == []
