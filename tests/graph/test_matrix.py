"""Every field as every kind of viewer: what is answered is what `schema.graphql` declares, and nothing else.

The expectation is read from the printed directives alone: a declaration that enforces something else than it prints, or
a field that is reached by a way that nobody thought of, shows here.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from graphql import FieldDefinitionNode

from graph import ids
from graph.schema import LISTS
from idp.models import User
from oauth_ext.consents import services as consents
from oauth_ext.families.models import EndReason, Family
from oauth_ext.scopes import BUILT_IN
from tests.dpop import Prover
from tests.factories import make_user
from tests.graph.asking import World, asked, codes, post
from tests.graph.test_access import COMPOSITE, OFTEN_NULL, ROOTS, declared, enough_scopes, printed

EVERYTHING = tuple(BUILT_IN)
OWN = ("openid", "profile", "email", "roles", "account:read", "account:write")


@dataclass
class Viewer:
    """Somebody who asks: what their token carries, whose it is, and whether it is any good."""

    token: Callable[[World], str | None]
    scopes: tuple[str, ...] = ()
    user: str = "alice"
    good: bool = True


def revoked(world: World) -> str:
    family = world.family(world.admin, EVERYTHING)
    token = world.token_of(family)
    Family.objects.filter(pk=family.pk).update(ended_at=family.created_at, end_reason=EndReason.REVOKED)
    return token


def other(world: World) -> User:
    return User.objects.filter(username="bob").first() or make_user("bob")


VIEWERS = {
    "nobody": Viewer(lambda _: None, good=False),
    "revoked": Viewer(revoked, EVERYTHING, good=False),
    "bound, without its proof": Viewer(
        lambda world: world.token(*EVERYTHING, user=world.admin, jkt=Prover().jkt), EVERYTHING, good=False
    ),
    "a user": Viewer(lambda world: world.token(*OWN), OWN),
    "a user who asks for more than the role": Viewer(lambda world: world.token(*EVERYTHING), OWN),
    "a user with the wrong scope": Viewer(lambda world: world.token("openid"), ("openid",)),
    "another user": Viewer(lambda world: world.token(*OWN, user=other(world)), OWN, user="bob"),
    "an administrator": Viewer(lambda world: world.token(*EVERYTHING, user=world.admin), EVERYTHING, user="root"),
    "an administrator with the wrong scope": Viewer(
        lambda world: world.token("openid", user=world.admin), ("openid",), user="root"
    ),
    "a client": Viewer(lambda world: world.service_token(*EVERYTHING), EVERYTHING[5:], user=""),
    "a client without scopes": Viewer(lambda world: world.service_token(), user=""),
}


def expected(node: FieldDefinitionNode, viewer: Viewer, *, owner: str = "") -> str:
    """What a field answers a viewer by its directives: a code, or nothing where it answers."""
    rule, unless = printed(node, "access", "rule"), printed(node, "access", "unless")
    if rule == "PUBLIC":
        return ""
    if not viewer.good:
        return "UNAUTHENTICATED"
    if rule == "OWNER" and viewer.user != owner and unless not in viewer.scopes:
        return "FORBIDDEN"
    enough = enough_scopes(node)
    if enough and not enough & set(viewer.scopes):
        return "INSUFFICIENT_SCOPE"
    if unless in viewer.scopes:
        return ""
    return "INSUFFICIENT_SCOPE" if rule == "FRESH" and not viewer.user else ""


@pytest.mark.parametrize("name", VIEWERS)
def test_T89_every_root_field_answers_every_viewer_as_declared(world: World, name):
    """One viewer asks all of them in turn, each with a new token: some of them end it."""
    viewer, answered, wanted = VIEWERS[name], {}, {}
    for root, document in ROOTS.items():
        type_name, field_name = root.split(".")
        for person in (world.user, world.admin):
            person.refresh_from_db()
        response = post(document.replace("validateToken{", 'validateToken(token:"x"){'), viewer.token(world))
        code = expected(declared(type_name)[field_name], viewer)
        wanted[root] = ([code] if code else [], code == "UNAUTHENTICATED")
        answered[root] = (codes(response), response.status_code == 401)
    assert answered == wanted


FIELDS = " ".join(name + COMPOSITE.get(name, "") for name in declared("User"))
ALONE = " ".join(name + COMPOSITE.get(name, "") for name in declared("User") if name not in LISTS)


def refused_fields(response, *path: str | int) -> dict[str, str]:
    """The code of each field of a user that was refused, all of which are null."""
    body = json.loads(response.content)
    user = body["data"]
    for step in path:
        user = user[step]
    told = {error["path"][-1]: error["extensions"]["code"] for error in body.get("errors", [])}
    assert {name for name, value in user.items() if value is None} | OFTEN_NULL == told.keys() | OFTEN_NULL
    return told


def refusals(viewer: Viewer, owner: str) -> dict[str, str]:
    codes_ = {name: expected(node, viewer, owner=owner) for name, node in declared("User").items()}
    return {name: code for name, code in codes_.items() if code}


@pytest.mark.parametrize("name", [name for name, viewer in VIEWERS.items() if viewer.good and viewer.user])
def test_T89_every_field_of_oneself_answers_as_declared(world: World, name):
    viewer = VIEWERS[name]
    response = post(f"{{me{{{FIELDS}}}}}", viewer.token(world))
    assert refused_fields(response, "me") == refusals(viewer, viewer.user)


WAYS = {
    "node": ("query($id:ID!){found:node(id:$id){... on User{FIELDS}}}".replace("FIELDS", FIELDS), ()),
    # without lists, which are refused in a list
    "entities": (
        'query($id:ID!){found:_entities(representations:[{__typename:"User",id:$id}]){... on User{FIELDS}}}'.replace(
            "FIELDS", ALONE
        ),
        (0,),
    ),
}


@pytest.mark.parametrize("name", VIEWERS)
@pytest.mark.parametrize("way", WAYS)
def test_T89_every_field_of_somebody_is_reached_by_no_other_way(world: World, way, name):
    viewer, (document, path) = VIEWERS[name], WAYS[way]
    response = post(document, viewer.token(world), variables={"id": ids.seal("User", world.user.pk)})
    if not viewer.good:
        assert codes(response) == ["UNAUTHENTICATED"]
    elif viewer.user != "alice" and "users:read" not in viewer.scopes:
        assert json.loads(response.content)["data"]["found"] in (None, [None])  # not even that there is somebody
        assert codes(response) == []
    else:
        told, user = refused_fields(response, "found", *path), json.loads(response.content)["data"]["found"]
        asked_for = user[0] if path else user
        assert told == {name: code for name, code in refusals(viewer, "alice").items() if name in asked_for}


def session_of(world: World) -> str:
    return ids.seal("Session", world.session(world.user).pk)


def family_of(world: World) -> str:
    return ids.seal("TokenFamily", world.family(world.user, ["openid"]).pk)


def consent_of(world: World) -> str:
    return ids.seal("Consent", consents.grant(world.user.pk, world.app.pk, ["openid"], []).pk)


THINGS = {
    "sessions": (session_of, "endSession"),
    "tokenFamilies": (family_of, "endTokenFamily"),
    "consents": (consent_of, "revokeConsent"),
}


@pytest.mark.parametrize("name", VIEWERS)
@pytest.mark.parametrize("edge", THINGS)
def test_T89_a_node_is_given_to_whom_its_connection_is(world: World, edge, name):
    viewer, (made, _) = VIEWERS[name], THINGS[edge]
    response = post("query($id:ID!){node(id:$id){id}}", viewer.token(world), variables={"id": made(world)})
    code = expected(declared("User")[edge], viewer, owner="alice")
    node = (json.loads(response.content).get("data") or {}).get("node")
    assert (node is None) is bool(code)
    # of somebody else's it isn't even said that it is there
    assert codes(response) == ([code] if code not in {"", "FORBIDDEN"} else [])


@pytest.mark.parametrize("name", [name for name, viewer in VIEWERS.items() if viewer.good])
@pytest.mark.parametrize("edge", THINGS)
def test_T89_nobody_ends_what_they_may_not(world: World, edge, name):
    viewer, (made, mutation) = VIEWERS[name], THINGS[edge]
    thing = made(world)
    response = post(
        f"mutation($id:ID!){{{mutation}(id:$id){{errors{{code}}}}}}", viewer.token(world), variables={"id": thing}
    )
    may = "sessions:write" in viewer.scopes or (viewer.user == "alice" and "account:write" in viewer.scopes)
    left = asked("query($id:ID!){node(id:$id){id}}", world.service_token("sessions:read"), id=thing)["node"]
    assert (left is None) is may
    if not codes(response):
        errors = json.loads(response.content)["data"][mutation]["errors"]
        assert errors == ([] if may else [{"code": "NOT_FOUND"}])
