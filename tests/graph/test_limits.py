"""What is too much is refused before it costs anything."""

import json
import time

import pytest
from django.test import Client
from graphql import get_introspection_query, parse

from graph import connections, execution, limits, viewer, views
from graph.account import types
from graph.operations import TEXTS
from graph.schema import LISTS
from tests.graph.asking import World, bearer, codes, post
from tests.stack.gatehouse import ROOT


@pytest.mark.parametrize(
    "document",
    [
        "{me" + "{roles" * 20 + "{name}" + "}" * 21,
        "{" + " ".join(f"a{n}:__typename" for n in range(limits.MAX_ALIASES + 1)) + "}",
        "{...F ...F} fragment F on Query{" + " ".join(f"a{n}:__typename" for n in range(11)) + "}",
        "{" + "me{id} " * (limits.MAX_FIELDS // 2 + 1) + "}",
        "{...F ...F} fragment F on Query{" + "__typename " * (limits.MAX_FIELDS // 2 + 1) + "}",
        "{me" * 200,
        "{validateToken(token:" + "[" * 499 + "]" * 499 + "){active}}",
        "{" + "__typename @skip(if: false) " * (limits.MAX_DIRECTIVES + 1) + "}",
        "{__typename " + "@skip(if: false) " * 100 + "}",
        "query " + "@x " * (limits.MAX_DIRECTIVES + 1) + "{__typename}",
    ],
    ids=[
        *("depth", "aliases", "aliases in fragments", "fields", "fields in fragments", "not closed", "nested lists"),
        *("directives", "directives of a field", "directives of an operation"),
    ],
)
def test_T82_T83_too_much_is_refused(world: World, document):
    response = post(document)
    assert response.status_code == 400
    assert codes(response)[0] in {"OPERATION_TOO_COMPLEX", "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"}


def test_T83_a_document_of_too_many_tokens_is_not_parsed_to_its_end(world: World):
    response = post("{" + "__typename " * (limits.MAX_TOKENS + 1) + "}")
    assert codes(response) == ["GRAPHQL_PARSE_FAILED"]
    assert str(limits.MAX_TOKENS) in response.content.decode()


@pytest.mark.parametrize("field", ["__typename", "a:__typename"])
def test_T83_fragments_that_double_each_other_cost_no_more_than_their_text(world: World, field):
    doubling = " ".join(f"fragment F{n} on User{{...F{n + 1} ...F{n + 1}}}" for n in range(60))
    started = time.monotonic()
    execution.prepare(f"{{me{{...F0}}}} {doubling} fragment F60 on User{{{field}}}")
    assert time.monotonic() - started < 1


def test_T83_fragment_cycles_are_named(world: World):
    response = post("{me{...A}} fragment A on User{...B} fragment B on User{...A}")
    assert codes(response) == ["GRAPHQL_VALIDATION_FAILED"]


NODES = "nodes{" + "id " * 40 + "}"


@pytest.mark.parametrize(
    ("document", "fits"),
    [
        (f"{{me{{sessions(first:50){{{NODES}}}}}}}", True),
        (f"{{me{{sessions(first:100){{{NODES}}}}}}}", False),
        (f"query($n:Int!){{me{{sessions(first:$n){{{NODES}}}}}}}", False),
        (f"{{me{{sessions(first:{'9' * 5000}){{{NODES}}}}}}}", False),
        (f"{{me{{sessions(first:-9){{{NODES}}}}}}}", False),
        (f"{{me{{sessions{{{NODES}}} consents{{{NODES}}}}}}}", True),
        (f"{{me{{sessions(first:50){{...F}} consents(first:50){{...F}}}}}} fragment F on X{{{NODES}}}", False),
        ("{me{securityEvents{events{" + "id " * 28 + "}}}}", True),
        ("{me{securityEvents{events{" + "id " * 29 + "}}}}", False),
        ("{users{nodes{securityEvents{cursor}}}}", False),
        ("{me{sessions{nodes{sessions{nodes{id}}}}}}", False),
        ("{_entities(representations:[]){... on User{sessions{nodes{id}}}}}", False),
        ("{_entities(representations:[]){... on User{" + "id " * 40 + "}}}", False),
        # days are loaded for all clients at once
        ("{clients{nodes{usage{day refreshes checks}}}}", True),
        ("{clients(first:100){nodes{usage{day refreshes checks}}}}", False),
        ("{clients(first:100){nodes{usage(days:7){day refreshes checks}}}}", True),
        ("{clients(first:2){nodes{usage(days:400){day refreshes checks}}}}", True),
        ("{clients(first:3){nodes{usage(days:400){day refreshes checks}}}}", False),
        ("query($d:Int!){clients(first:3){nodes{usage(days:$d){day refreshes checks}}}}", False),
        (f"{{clients(first:3){{nodes{{usage(days:{'9' * 5000}){{day refreshes checks}}}}}}}}", False),
    ],
)  # fmt: skip
def test_T82_a_list_costs_what_its_page_may_hold(document, fits):
    said = limits.excess(parse(document), LISTS)
    assert (said == "") is fits


def test_introspection_fits(world: World):
    assert not limits.excess(parse(get_introspection_query()), LISTS)
    assert post(get_introspection_query(), world.service_token()).status_code == 200


def test_documents_are_remembered_within_bounds():
    for n in range(execution.CACHED_DOCUMENTS + 10):
        execution.prepare(f"query Q{n}{{__typename}}")
    assert execution._remembered.cache_info().currsize == execution.CACHED_DOCUMENTS
    before = execution._remembered.cache_info()
    execution.prepare("{__typename}" + "#" * execution.CACHED_DOCUMENT_CHARACTERS)
    assert execution._remembered.cache_info() == before


ALONE = "signOutEverywhere{signedOut}"


@pytest.mark.parametrize(
    "document",
    [
        f"mutation{{logout{{loggedOut}} {ALONE}}}",
        f"mutation{{{ALONE} again: {ALONE}}}",
        f"mutation{{{ALONE} __typename}}",
        f"mutation{{...F}} fragment F on Mutation{{{ALONE} ... on Mutation{{logout{{loggedOut}}}}}}",
        f"mutation{{...F ...F}} fragment F on Mutation{{{ALONE}}}",
        f"query A{{me{{sub}}}} mutation B{{logout{{loggedOut}} {ALONE}}}",
    ],
)
def test_T91_what_must_be_done_alone_is_refused_beside_others_before_anything_is_done(world: World, document):
    token = world.token("openid")
    response = post(document, token, operationName="B" if "mutation B" in document else None)
    assert (response.status_code, codes(response)) == (400, ["OPERATION_TOO_COMPLEX"])
    assert post("{me{sub}}", token).status_code == 200


def test_T91_alone_it_is_done(world: World):
    assert post(f"mutation{{...F}} fragment F on Mutation{{{ALONE}}}", world.token("openid")).status_code == 200


def test_T93_no_field_is_begun_after_the_time_is_up(world: World, monkeypatch):
    token = world.token("openid")
    monkeypatch.setattr(viewer, "MAX_SECONDS", -1)
    assert codes(post("{me{sub}}", token)) == ["TIMEOUT"]
    rest = Client().get("/api/userinfo/", headers=bearer(token))
    assert rest.status_code == 503
    assert json.loads(rest.content)["error"] == "temporarily_unavailable"


def test_T93_a_mutation_that_comes_too_late_does_nothing(world: World, monkeypatch):
    token = world.token("account:write")
    monkeypatch.setattr(viewer, "MAX_SECONDS", -1)
    assert codes(post('mutation{updateProfile(firstName:"x"){user{sub}}}', token)) == ["TIMEOUT"]
    world.user.refresh_from_db()
    assert world.user.first_name == "Alice"


def test_T93_a_database_that_is_slow_is_waited_for_once(world: World, monkeypatch):
    """What one statement takes is the database's to limit; what hangs on it is not begun any more."""
    token = world.token("account:read")
    held, now = [0.0], time.monotonic

    def slow(rows, asked, **order):
        held[0] = viewer.MAX_SECONDS + 1
        return connections.page(rows, asked, **order)

    monkeypatch.setattr(time, "monotonic", lambda: now() + held[0])
    monkeypatch.setattr(types, "page", slow)
    response = post("{me{sessions{nodes{id}} consents{nodes{id}}}}", token)
    assert set(codes(response)) == {"TIMEOUT"}


@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
def test_T93_an_answer_has_a_largest_size(world: World, monkeypatch, accept):
    token = world.token("openid")
    monkeypatch.setattr(views, "MAX_ANSWER_BYTES", 500)
    assert codes(post("{me{sub}}", token)) == []
    response = post("{" + "".join(f"a{n}:me{{sub id}}" for n in range(8)) + "}", token, accept=accept)
    assert response.status_code == 400
    assert codes(response) == ["ANSWER_TOO_LARGE"]


# depth, aliases, fields, directives, values, lists in lists: a stored operation that grows is seen here
COSTS = {
    "logout": (2, 1, 2, 0, 2, 0),
    "me": (3, 3, 13, 0, 13, 0),
    "roles": (2, 0, 4, 0, 4, 0),
    "validate_token": (3, 3, 18, 0, 18, 0),
    "account": (3, 0, 17, 0, 17, 0),
    "sign_out": (3, 0, 4, 0, 4, 0),
    "add_email": (3, 0, 5, 0, 5, 0),
    "begin_authenticator_app": (3, 0, 7, 0, 7, 0),
    "change_password": (3, 0, 5, 0, 5, 0),
    "confirm_authenticator_app": (3, 0, 5, 0, 5, 0),
    "consents": (5, 0, 13, 0, 454, 1),
    "create_personal_access_token": (3, 0, 6, 0, 6, 0),
    "create_recovery_codes": (3, 0, 6, 0, 6, 0),
    "end_session": (3, 0, 5, 0, 5, 0),
    "end_token_family": (3, 0, 5, 0, 5, 0),
    "events": (4, 0, 8, 0, 182, 1),
    "factors": (4, 0, 19, 0, 55, 1),
    "make_email_primary": (3, 0, 5, 0, 5, 0),
    "profile": (3, 0, 8, 0, 38, 1),
    "delete_account": (3, 0, 6, 0, 6, 0),
    "remove_authenticator_app": (3, 0, 5, 0, 5, 0),
    "remove_email": (3, 0, 5, 0, 5, 0),
    "remove_passkey": (3, 0, 5, 0, 5, 0),
    "rename_passkey": (3, 0, 5, 0, 5, 0),
    "revoke_consent": (3, 0, 5, 0, 5, 0),
    "sessions": (4, 0, 11, 0, 452, 1),
    "sign_out_everywhere": (3, 0, 6, 0, 6, 0),
    "tokens": (4, 0, 9, 0, 702, 1),
    "unlink_identity": (3, 0, 5, 0, 5, 0),
    "update_profile": (3, 0, 5, 0, 5, 0),
    "verify_email": (3, 0, 5, 0, 5, 0),
}


def test_T82_what_each_trusted_document_costs():
    ours = {path.stem: path.read_text() for path in (ROOT / "spa" / "src").rglob("*.graphql")}
    sizes = {name: tuple(*limits.sizes(parse(text), LISTS)) for name, text in (TEXTS | ours).items()}
    assert sizes == COSTS
