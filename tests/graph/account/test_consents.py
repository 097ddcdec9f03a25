"""What one allowed whom: told, taken back, and narrowed."""

import pytest
from django.test import Client

from oauth_ext.consents.models import Consent
from tests.factories import answer_of, make_client, make_user
from tests.graph.asking import World, asked, codes, post
from tests.oauth_ext.authorization.steps import ask, location
from tests.oauth_ext.token_endpoint import SignedIn, signed_in

CONSENTS = "{me{consents{nodes{id scopes resources{resource scopes} client{clientId name selfDescribed}}}}}"
REVOKE = "mutation($id:ID!){revokeConsent(id:$id){consent{id} errors{code field}}}"
NARROW = """mutation($id:ID!,$s:[String!]!){
    narrowConsent(id:$id,scopes:$s){consent{id scopes resources{scopes}} errors{code field}}}"""


@pytest.fixture
def shop(world: World) -> SignedIn:
    """A client that asked for consent, and got it."""
    return signed_in(make_client("shop", name="The Shop"), world.user, scope="openid profile email")


def consents(token: str) -> list[dict[str, object]]:
    nodes: list[dict[str, object]] = asked(CONSENTS, token)["me"]["consents"]["nodes"]
    return nodes


def test_T16_one_sees_what_one_allowed_whom(world: World, shop: SignedIn):
    signed_in(make_client("other"), make_user("bob"), scope="openid")
    [consent] = consents(world.token("account:read"))
    assert consent["client"] == {"clientId": "shop", "name": "The Shop", "selfDescribed": False}
    assert consent["scopes"] == ["openid", "profile", "email"]
    at_ours = {"resource": "http://localhost:8000", "scopes": ["openid", "profile", "email"]}
    assert consent["resources"] == [at_ours]


def test_T16_taking_it_back_ends_all_it_bought_and_the_question_comes_again(world: World, shop: SignedIn):
    token = world.token("account:read", "account:write")
    assert "code" in answer_of(ask(shop.browser, shop.client, scope="openid"))
    [consent] = consents(token)
    assert asked(REVOKE, token, id=consent["id"])["revokeConsent"] == {"consent": {"id": consent["id"]}, "errors": []}
    assert not shop.is_live()
    assert shop.refresh().body["error"] == "invalid_grant"
    assert consents(token) == []
    assert location(ask(shop.browser, shop.client, scope="openid")).startswith("/o/consent/")
    again = asked(REVOKE, token, id=consent["id"])["revokeConsent"]
    assert again == {"consent": None, "errors": [{"code": "NOT_FOUND", "field": "id"}]}


def test_T16_allowing_less_ends_what_it_bought_and_only_what_was_taken_is_asked_again(world: World, shop: SignedIn):
    token = world.token("account:read", "account:write")
    [consent] = consents(token)
    narrowed = asked(NARROW, token, id=consent["id"], s=["openid", "profile"])["narrowConsent"]
    assert narrowed["errors"] == []
    assert narrowed["consent"]["scopes"] == ["openid", "profile"]
    assert narrowed["consent"]["resources"] == [{"scopes": ["openid", "profile"]}]
    assert narrowed["consent"]["id"] != consent["id"]
    assert not shop.is_live()
    assert "code" in answer_of(ask(shop.browser, shop.client, scope="openid profile"))
    assert location(ask(shop.browser, shop.client, scope="openid email")).startswith("/o/consent/")


@pytest.mark.parametrize("scopes", [[], ["openid", "roles"], ["nonsense"], ["\x00"]])
def test_T16_narrowing_never_widens(world: World, shop: SignedIn, scopes):
    token = world.token("account:read", "account:write")
    [consent] = consents(token)
    narrowed = asked(NARROW, token, id=consent["id"], s=scopes)["narrowConsent"]
    assert narrowed == {"consent": None, "errors": [{"code": "INVALID", "field": "scopes"}]}
    assert shop.is_live()


@pytest.mark.parametrize("document", [REVOKE, NARROW])
def test_T16_nobody_takes_back_what_somebody_else_allowed(world: World, shop: SignedIn, document):
    [consent] = consents(world.token("account:read"))
    name = "revokeConsent" if document == REVOKE else "narrowConsent"
    stranger = world.token("account:read", "account:write", user=make_user("bob"))
    refused = asked(document, stranger, id=consent["id"], s=["openid"])[name]
    assert refused == {"consent": None, "errors": [{"code": "NOT_FOUND", "field": "id"}]}
    assert shop.is_live()
    assert Consent.objects.get().revoked_at is None


def test_T16_who_looks_after_others_may(world: World, shop: SignedIn):
    [consent] = consents(world.token("account:read"))
    assert asked(REVOKE, world.service_token("sessions:write"), id=consent["id"])["revokeConsent"]["errors"] == []
    assert not shop.is_live()


def test_a_grant_is_ended_alone(world: World, shop: SignedIn):
    token = world.token("account:read", "account:write")
    families = asked("{me{tokenFamilies{nodes{id current kind offline client{clientId}}}}}", token)["me"]
    [theirs] = [node for node in families["tokenFamilies"]["nodes"] if node["client"]["clientId"] == "shop"]
    assert (theirs["kind"], theirs["current"], theirs["offline"]) == ("AUTHORIZATION_CODE", False, False)
    end = "mutation($id:ID!){endTokenFamily(id:$id){tokenFamily{id} errors{code}}}"
    stranger = world.token("account:write", user=make_user("bob"))
    assert asked(end, stranger, id=theirs["id"])["endTokenFamily"]["errors"] == [{"code": "NOT_FOUND"}]
    assert shop.is_live()
    assert asked(end, token, id=theirs["id"])["endTokenFamily"]["errors"] == []
    assert not shop.is_live()
    assert "code" in answer_of(ask(shop.browser, shop.client, scope="openid"))
    assert asked(end, token, id=theirs["id"])["endTokenFamily"]["errors"] == [{"code": "NOT_FOUND"}]


def test_a_pairwise_client_gets_ids_of_its_own(world: World, shop: SignedIn):
    pairwise = make_client("pairwise", subject_type="pairwise", scopes=["openid", "account:read"], trusted=True)
    theirs = signed_in(pairwise, world.user, browser=Client(), scope="openid account:read").access_token
    [one], [other] = consents(world.token("account:read")), consents(theirs)
    assert one["id"] != other["id"]
    assert codes(post("query($id:ID!){node(id:$id){id}}", theirs, variables={"id": one["id"]})) == []
    assert asked("query($id:ID!){node(id:$id){id}}", theirs, id=one["id"]) == {"node": None}
    assert asked("query($id:ID!){node(id:$id){id}}", theirs, id=other["id"]) == {"node": {"id": other["id"]}}
