"""What the endpoint asks of the database: exactly so many statements, and one transaction that writes a code."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from idp.models import Session
from oauth_ext.clients.models import Application
from tests.oauth_ext.authorization.steps import ask, decide


def statements(captured: CaptureQueriesContext) -> list[str]:
    """The kind of each statement and its table, savepoints of the test's own transaction left out."""
    found = []
    for query in captured.captured_queries:
        sql = query["sql"]
        if "SAVEPOINT" not in sql:
            table = re.search(r'(?:FROM|INTO|UPDATE) "(\w+)"', sql)
            found.append(f"{sql.split(' ', 1)[0]} {table[1] if table else ''}")
    return found


@pytest.mark.django_db
def test_a_trusted_client_costs_seven_statements(browser: Client, signed_in: Session, trusted: Application) -> None:
    with CaptureQueriesContext(connection) as captured:
        ask(browser, trusted)

    assert statements(captured) == [
        "SELECT django_session",
        "SELECT idp_session",
        "SELECT oauth_ext_application",
        "INSERT oauth_ext_authorizationrequest",
        "UPDATE oauth_ext_authorizationrequest",
        "SELECT oauth_ext_family",
        "INSERT oauth_ext_authorizationcode",
    ]


@pytest.mark.django_db
def test_a_remembered_consent_costs_one_more(browser: Client, signed_in: Session, app: Application) -> None:
    decide(browser, ask(browser, app), "allow")

    with CaptureQueriesContext(connection) as captured:
        ask(browser, app)

    assert len(statements(captured)) == 8
    assert "SELECT oauth_ext_consent" in statements(captured)
