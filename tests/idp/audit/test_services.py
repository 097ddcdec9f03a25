"""The trail: written with the act, and never changed, on both databases."""

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory

from idp.audit import services as audit
from idp.audit.acting import ActingMiddleware
from idp.audit.models import AuditEvent
from idp.audit.services import Event, Party
from tests.factories import make_user
from tests.stack.gatehouse import manage

pytestmark = pytest.mark.django_db
ROW = (
    "INSERT INTO idp_auditevent (at, event, by_client, for_client, network, details) "
    "VALUES ('2026-01-01 00:00:00', 'token_exchanged', 'a', '', '', '{}')"
)


def record(**changes):
    return audit.record(Event.TOKEN_EXCHANGED, {"jti": "x"}, **changes)


@pytest.mark.parametrize("act", ["UPDATE idp_auditevent SET by_client = 'x'", "DELETE FROM idp_auditevent"])
def test_nobody_changes_the_trail(act):
    record()
    with pytest.raises(DatabaseError, match="the trail is append-only"), transaction.atomic(), connection.cursor() as c:
        c.execute(act)
    assert AuditEvent.objects.get().by_client == ""


@pytest.mark.full
def test_the_tables_owner_may_take_the_triggers_away(start_gatehouse):
    with start_gatehouse() as gatehouse:
        manage(gatehouse.environment, "migrate", "idp", "0002")
        manage(gatehouse.environment, "migrate")
        with psycopg.connect(gatehouse.database_url) as database:
            database.execute(ROW)
            with pytest.raises(psycopg.Error, match="the trail is append-only"):
                database.execute("DELETE FROM idp_auditevent")


def refused_afterwards():
    record()
    raise RuntimeError


def test_it_goes_with_the_act_or_not_at_all():
    with pytest.raises(RuntimeError), transaction.atomic():
        refused_afterwards()
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.0/24"),
        ("2001:db8:1:2::7", "2001:db8:1::/48"),
        ("nonsense", ""),
    ],
)
def test_of_an_address_only_its_network_is_kept(address, network):
    def answer(_request):
        record()
        return HttpResponse()

    ActingMiddleware(answer)(RequestFactory(REMOTE_ADDR=address).get("/"))
    assert AuditEvent.objects.get().network == network


def test_who_and_for_whom():
    alice = make_user()
    record(by=Party(client="backend"), about=Party(alice.sub))
    event = AuditEvent.objects.get(event=Event.TOKEN_EXCHANGED)
    assert (event.by_user, event.by_client, event.for_user, event.for_client) == (None, "backend", alice.sub, "")
    assert event.details == {"jti": "x"}
