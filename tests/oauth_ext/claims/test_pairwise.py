"""Pairwise subjects (OIDC Core §8): what clients of different sectors are told of a person has nothing in common."""

import json
import uuid
from typing import NamedTuple

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from idp.models import User
from oauth_ext.claims.models import PairwiseSubject
from oauth_ext.claims.subjects import sub_for
from oauth_ext.clients.models import Application
from oauth_ext.keys import services as keys
from oauth_ext.tokens import services as tokens
from tests.factories import SECRET, make_client, make_user, sign_in
from tests.graph.asking import bearer
from tests.oauth_ext.authorization.steps import ask, location
from tests.oauth_ext.authorization.tokens import id_token
from tests.oauth_ext.token_endpoint import SignedIn, get, get_code, post, signed_in, token
from tests.side_by_side import waiting

DATABASE = pytest.mark.django_db
ALL = "openid roles offline_access"  # not `profile` and `email`, which are for telling who somebody is
# The same for everybody, or for all who have the role; and times, which are what happened and not a name.
NOT_ABOUT_ONE = {
    *("acr", "amr", "iss", "aud", "iat", "exp", "auth_time", "scope", "token_type", "active", "role", "roles"),
    "nonce",  # the client's own
}


class Sector(NamedTuple):
    """A pairwise client by its host."""

    host: str

    @property
    def sector_identifier(self) -> str:
        return self.host


def pairwise(client_id: str, host: str, **changes: object) -> Application:
    spec: dict[str, object] = {
        "client_type": "confidential",
        "scopes": ["openid", "roles", "profile", "email", "offline_access"],
        "redirect_uris": [f"https://{host}/callback"],
        **changes,
    }
    return make_client(client_id, secret=SECRET, trusted=True, subject_type="pairwise", **spec)


def told(person: SignedIn) -> dict[str, object]:
    """All that a client is told of a person, each value by where it stands."""
    refreshed = person.refresh()
    assert refreshed.status == 200
    query = json.dumps({"query": "{me{id sub role roles{name}} validateToken{sub username email clientId}}"})
    api = Client().post("/graphql", query, content_type="application/json", headers=bearer(person.access_token))
    assert api.status_code == 200, api.content
    answers = {
        "access token": keys.verify(person.access_token, typ="at+jwt").claims,
        "refreshed token": keys.verify(refreshed.body["access_token"], typ="at+jwt").claims,
        "ID token": keys.verify(person.tokens["id_token"], typ="JWT").claims,
        "userinfo": get("/o/userinfo/", person.access_token).body,
        "introspection": post("/o/introspect/", client=person.client, token=person.access_token).body,
        "REST userinfo": get("/api/userinfo/", person.access_token).body,
        "REST validate": get("/api/validate-token/", person.access_token).body,
        **json.loads(api.content)["data"],
    }
    return {f"{where}.{name}": value for where, answer in answers.items() for name, value in answer.items()}


@DATABASE
def test_T49_two_sectors_are_told_nothing_by_which_to_know_one_person():
    alice, browser = make_user(email="alice@example.com"), Client()
    one = signed_in(pairwise("one", "one.example"), alice, browser=browser, scope=ALL)
    other = signed_in(pairwise("other", "other.example"), alice, browser=browser, scope=ALL)
    here, there = told(one), told(other)
    about = {place for place in here if place.rpartition(".")[2] not in NOT_ABOUT_ONE}
    assert {"access token.sub", "ID token.sid", "userinfo.sub", "introspection.sub", "me.id", "me.sub"} <= about
    same = {place for place in about if here[place] == there.get(place) and here[place] is not None}
    assert same == set()
    subs = {str(value) for place, value in here.items() if place.endswith(".sub")}
    assert len(subs) == 1
    public = [str(alice.sub), str(alice.pk), alice.username, alice.email]
    assert not [name for name in public for value in (*here.values(), *there.values()) if value == name]


@DATABASE
def test_T49_clients_of_one_sector_know_a_person_by_one_name_and_again_later():
    alice = make_user()
    first = signed_in(pairwise("one", "shop.example"), alice)
    second = signed_in(pairwise("two", "shop.example"), alice)
    again = signed_in(first.client, alice)
    subs = {keys.verify(person.access_token, typ="at+jwt").claims["sub"] for person in (first, second, again)}
    assert len(subs) == 1
    assert PairwiseSubject.objects.count() == 1


@DATABASE
def test_T49_the_names_of_two_people_differ_and_are_random():
    client = Sector("shop.example")
    alice, bob = make_user("alice"), make_user("bob")
    subs = {sub_for(client, user.pk, user.sub) for user in (alice, bob, alice)}
    assert len(subs) == 2
    assert all(uuid.UUID(sub).version == 4 for sub in subs)
    assert subs.isdisjoint({str(alice.sub), str(bob.sub)})


@DATABASE
def test_what_a_subject_costs(django_assert_num_queries):
    alice, shop = make_user(), Sector("shop.example")
    with django_assert_num_queries(0):
        assert sub_for(Sector(""), alice.pk, alice.sub) == str(alice.sub)
    sub_for(shop, alice.pk, alice.sub)
    with django_assert_num_queries(1):
        sub_for(shop, alice.pk, alice.sub)


@DATABASE
def test_a_token_of_a_pairwise_client_costs_one_statement_more_to_issue_and_none_to_judge(django_assert_num_queries):
    client = pairwise("one", "one.example")
    person = signed_in(client)
    with django_assert_num_queries(3):
        assert person.refresh().status == 200
    with django_assert_num_queries(1):
        assert tokens.judge(person.access_token).sub
    with django_assert_num_queries(1):
        assert get("/o/userinfo/", person.access_token).status == 200
    code = get_code(client, person.user, person.browser)
    with django_assert_num_queries(3):
        assert code.redeem().status == 200


@pytest.mark.django_db(transaction=True)
def test_of_two_first_needs_side_by_side_one_makes_the_name():
    alice, shop = make_user(), Sector("shop.example")
    with waiting(lambda: sub_for(shop, alice.pk, alice.sub)) as second:
        first = sub_for(shop, alice.pk, alice.sub)
    assert second == [first]
    assert PairwiseSubject.objects.count() == 1


@DATABASE
def test_the_database_holds_one_name_a_sector_and_one_person_a_name():
    alice, bob = make_user("alice"), make_user("bob")
    name = PairwiseSubject.objects.create(sector="shop.example", user=alice)
    for other in ({"sector": "shop.example", "user": alice}, {"sector": "x.example", "user": bob, "sub": name.sub}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PairwiseSubject.objects.create(**other)


@pytest.mark.parametrize("hinted", ["its own", "another sector's", "the public one"])
@DATABASE
def test_an_id_token_hint_names_a_person_as_its_client_knows_them(hinted):
    client, alice, browser = pairwise("one", "one.example"), make_user(), Client()
    sign_in(browser, alice)
    subs = {
        "its own": sub_for(client, alice.pk, alice.sub),
        "another sector's": sub_for(Sector("other.example"), alice.pk, alice.sub),
        "the public one": str(alice.sub),
    }
    answer = location(ask(browser, client, prompt="none", id_token_hint=id_token(client, alice, sub=subs[hinted])))
    assert ("code=" in answer) == (hinted == "its own")
    assert ("error=login_required" in answer) == (hinted != "its own")


@DATABASE
def test_an_id_of_another_sector_is_nobodys():
    alice = make_user()
    one, other = (signed_in(pairwise(name, f"{name}.example"), alice) for name in ("one", "other"))
    id_here = ask_id(one)
    query = "query($r:[_Any!]!){_entities(representations:$r){... on User{sub}}}"
    body = {"query": query, "variables": {"r": [{"__typename": "User", "id": id_here}]}}
    found = [
        Client().post("/graphql", body, content_type="application/json", headers=bearer(person.access_token)).json()
        for person in (one, other)
    ]
    assert found[0]["data"]["_entities"][0]["sub"]
    assert found[1]["data"]["_entities"] == [None]


def ask_id(person: SignedIn) -> str:
    answer = Client().post(
        "/graphql", {"query": "{me{id}}"}, content_type="application/json", headers=bearer(person.access_token)
    )
    found: str = answer.json()["data"]["me"]["id"]
    return found


@DATABASE
def test_T49_who_is_deleted_and_made_again_is_somebody_else():
    shop = Sector("shop.example")
    alice = make_user()
    before = sub_for(shop, alice.pk, alice.sub)
    User.objects.filter(pk=alice.pk).delete()
    again = make_user()
    assert sub_for(shop, again.pk, again.sub) != before


@DATABASE
def test_a_clients_own_token_names_the_client():
    client = pairwise("one", "one.example", grant_types=["authorization_code", "client_credentials"])
    issued = token(client, "client_credentials")
    assert keys.verify(issued.body["access_token"], typ="at+jwt").claims["sub"] == "one"
