"""What the hot paths ask of PostgreSQL is found by an index, however many rows there are."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from oauth_ext.clients.models import Application
from oauth_ext.consents.models import Consent
from oauth_ext.families.cleaning import clean_families
from tests.factories import make_client, make_user
from tests.graph import asking
from tests.oauth_ext.token_endpoint import get, get_code, post, signed_in, token

pytestmark = pytest.mark.django_db
# What a deployment has a handful of, however many people
FEW = {"oauth_ext_signingkey", "idp_identityprovider"}
TABLES = [model._meta.db_table for model in apps.get_models()]
Act = Callable[[], object]


def code_exchange() -> Act:
    return get_code().redeem


def refresh() -> Act:
    return signed_in().refresh


def machine() -> Application:
    return make_client(
        "machine",
        client_type=Application.CLIENT_CONFIDENTIAL,
        grant_types=["client_credentials"],
        redirect_uris=[],
        scopes=["tokens:introspect"],
    )


def client_credentials() -> Act:
    client = machine()
    return lambda: token(client, "client_credentials")


def introspection() -> Act:
    client, person = machine(), signed_in()
    return lambda: post("/o/introspect/", client=client, token=person.access_token)


def introspection_of_a_machine() -> Act:
    client = machine()
    issued = token(client, "client_credentials").body["access_token"]
    return lambda: post("/o/introspect/", client=client, token=issued)


def revocation() -> Act:
    person = signed_in()
    return lambda: post("/o/revoke_token/", client=person.client, token=person.refresh_token)


def userinfo() -> Act:
    person = signed_in()
    return lambda: get("/o/userinfo/", person.access_token)


def validate_token() -> Act:
    person = signed_in()
    return lambda: get("/api/validate-token/", person.access_token)


def graphql() -> Act:
    person = signed_in(scope="openid profile")
    return lambda: asking.post("{ me { username role } }", person.access_token)


def page_of_somebody_signed_in() -> Act:
    browser = signed_in().browser
    return lambda: browser.get("/")


def sign_in() -> Act:
    signed_in()
    fields = {"login": "alice", "password": "correct horse battery staple"}
    return lambda: Client().post("/accounts/login/", fields)


PATHS = [
    code_exchange,
    refresh,
    client_credentials,
    introspection,
    introspection_of_a_machine,
    revocation,
    userinfo,
    validate_token,
    graphql,
    page_of_somebody_signed_in,
    sign_in,
]


@pytest.mark.parametrize("path", PATHS)
def test_no_statement_of_a_hot_path_looks_at_rows_that_it_does_not_want(path: Callable[[], Act]):
    statements = asked_by(path())
    as_if_there_were_millions()
    for statement in statements:
        assert scans(statement) == [], statement


@pytest.mark.parametrize("path", PATHS)
def test_no_statement_of_a_hot_path_reads_all_rows_where_they_are_few(path: Callable[[], Act]):
    statements = asked_by(path())
    as_if_there_were(300)
    for statement in statements:
        assert "hashed SubPlan" not in json.dumps(plan(statement)), statement


def test_cleaning_families_reads_none_but_those_that_are_past():
    signed_in()
    as_if_there_were_millions()
    with CaptureQueriesContext(connection) as captured:
        clean_families()
    looked = [query["sql"] for query in captured if query["sql"].startswith("SELECT")]
    assert len(looked) == 3
    for statement in looked:
        assert scans(statement) == [], statement


def test_a_statement_without_an_index_is_found():
    signed_in()
    as_if_there_were_millions()
    statement = "SELECT id FROM oauth_ext_family WHERE end_reason = 'x'"
    assert scans(statement) == ["oauth_ext_family"]


def asked_by(act: Act) -> list[str]:
    """The statements by which it looks for rows."""
    with CaptureQueriesContext(connection) as captured:
        act()
    statements = [query["sql"] for query in captured if query["sql"].startswith(("SELECT", "WITH", "UPDATE", "DELETE"))]
    assert statements
    return statements


def as_if_there_were_millions() -> None:
    """Have the planner believe in a million rows a table: of a few it would rather read all."""
    as_if_there_were(1_000_000)


def as_if_there_were(rows: int) -> None:
    """Have the planner believe in so many rows in each table, on the pages that there are."""
    make_client("somebody else's", client_type=Application.CLIENT_CONFIDENTIAL)
    Consent.objects.create(user=make_user("carol"), client=make_client("another"), scopes=[])
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"UPDATE pg_class SET reltuples = {rows}, relpages = 1 WHERE oid = '{table}'::regclass")


def is_empty(table: str) -> bool:
    """Whether nothing was ever in it: the planner knows that, and looks."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_size(%s::regclass) = 0", [table])
        return bool(cursor.fetchone()[0])


def scans(statement: str) -> list[str]:
    """The tables that a statement reads from end to end, though it would rather not."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        explained = plan(statement)
        cursor.execute("SET LOCAL enable_seqscan = on")
    tables = [node["Relation Name"] for node in nodes(explained) if is_scan(node)]
    return [table for table in tables if table not in FEW and not is_empty(table)]


def plan(statement: str) -> dict[str, Any]:
    """What PostgreSQL would do."""
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (FORMAT JSON) " + statement.replace("%", "%%"), [])
        answer = cursor.fetchone()[0]
    [explained] = json.loads(answer) if isinstance(answer, str) else answer
    found: dict[str, Any] = explained["Plan"]
    return found


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", []):
        yield from nodes(below)


def is_scan(node: dict[str, Any]) -> bool:
    """Whether a table is read whole: row by row, or along an index that nothing is looked up in."""
    kind = node["Node Type"]
    return kind == "Seq Scan" or (kind in {"Index Scan", "Index Only Scan"} and "Index Cond" not in node)
