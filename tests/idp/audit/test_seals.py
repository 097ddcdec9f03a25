"""Who changes the trail behind its back is found out, and what it may forget it forgets."""

import hashlib
import json
import sqlite3
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from idp.audit import export, retention, sealing
from idp.audit.models import AuditEvent, AuditSeal, Event
from idp.audit.sealing import seal_closed, wrongs
from tests.factories import make_user
from tests.side_by_side import waiting

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
TABLES = ("idp_auditevent", "idp_auditseal")


def happened(at: datetime, **columns: object) -> AuditEvent:
    return AuditEvent.objects.create(at=at, event=Event.GRANTED, **columns)


@pytest.fixture
def trail() -> list[AuditEvent]:
    """Two events in one minute, one five minutes later, one just now; the first two minutes are sealed."""
    rows = [
        happened(START + timedelta(seconds=1), network="192.0.2.0/24", for_client="app", details={"b": 1, "a": ["é"]}),
        happened(START + timedelta(seconds=59, microseconds=999_999)),
        happened(START + timedelta(minutes=5), network="2001:db8::/48"),
        happened(timezone.now(), network="198.51.100.0/24"),
    ]
    assert seal_closed() == 2
    return rows


@contextmanager
def unguarded():
    """As the owner of the database, who can take the triggers away."""
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


TAMPERING = {
    "a row is taken away": lambda rows: AuditEvent.objects.filter(pk=rows[0].pk).delete(),
    "a row is changed": lambda rows: AuditEvent.objects.filter(pk=rows[1].pk).update(for_client="other"),
    "what a row tells is changed": lambda rows: AuditEvent.objects.filter(pk=rows[0].pk).update(details={"a": ["e"]}),
    "a row is put in": lambda _: happened(START + timedelta(seconds=30)),
    "a row is put between": lambda _: happened(START + timedelta(minutes=3)),
    "a row is moved": lambda rows: AuditEvent.objects.filter(pk=rows[2].pk).update(at=START),
    "the first seal is taken away": lambda _: AuditSeal.objects.earliest("until").delete(),
    "a seal is made to fit": lambda rows: (
        AuditEvent.objects.filter(pk=rows[0].pk).delete(),
        AuditSeal.objects.filter(until=START + timedelta(minutes=1)).update(events=1),
    ),
    "the last seal is cut too early": lambda _: AuditSeal.objects.update(cut_at=START + timedelta(days=399)),
}


@pytest.mark.parametrize("act", TAMPERING)
def test_whatever_is_done_to_what_is_sealed_shows(trail: list[AuditEvent], act: str):
    assert list(wrongs()) == []
    with unguarded():
        TAMPERING[act](trail)
    assert list(wrongs())
    with pytest.raises(CommandError):
        call_command("audit_trail", "verify")


def test_a_minute_is_sealed_when_no_transaction_can_still_write_in_it():
    now = timezone.now()
    happened(now - timedelta(seconds=119))
    assert seal_closed() == 0
    happened(now - timedelta(seconds=181))
    assert seal_closed() == 1
    assert seal_closed() == 0
    assert AuditSeal.objects.get().events == 1


def test_seals_follow_each_other_and_empty_minutes_have_none(trail: list[AuditEvent]):
    first, second = AuditSeal.objects.order_by("until")
    assert (first.until, first.events, first.previous) == (START + timedelta(minutes=1), 2, "0" * 64)
    assert (second.until, second.events, second.previous) == (START + timedelta(minutes=6), 1, first.digest)


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_seals():
    happened(START)
    with waiting(seal_closed) as second:
        assert seal_closed() == 1
    assert second == [0]
    assert AuditSeal.objects.count() == 1


REFUSED = [
    "UPDATE idp_auditevent SET network = '10.0.0.0/24'",
    "UPDATE idp_auditevent SET network = '', event = 'x'",
    "UPDATE idp_auditevent SET network = '', details = '{\"x\": 1}'",
    "UPDATE idp_auditevent SET by_user = NULL, for_client = 'x'",
    "DELETE FROM idp_auditevent",
    "UPDATE idp_auditseal SET events = 0",
    "UPDATE idp_auditseal SET cut_at = '2026-01-01', digest = 'x'",
    "DELETE FROM idp_auditseal",
]


@pytest.mark.parametrize("statement", REFUSED)
def test_the_database_refuses(trail: list[AuditEvent], statement: str):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_seal_is_cut_once(trail: list[AuditEvent]):
    AuditSeal.objects.update(cut_at=START)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditSeal.objects.update(cut_at=None)


@pytest.mark.full
def test_on_sqlite_too(start_gatehouse):
    row = "INSERT INTO idp_auditevent (at, event, by_client, for_client, network, details) "
    seal = "INSERT INTO idp_auditseal (until, events, content, previous, digest, sealed_at) "
    with (
        start_gatehouse(sqlite=True) as gatehouse,
        sqlite3.connect(gatehouse.database_url.removeprefix("sqlite:///")) as database,
    ):
        for at in ("2026-01-01 00:00:59.999999", "2026-01-01 00:01:00"):
            database.execute(row + "VALUES (?, 'granted', 'a', '', 'n', '{}')", [at])
        database.execute(seal + "VALUES ('2026-01-01 00:01:00', 1, 'c', 'p', 'd', '2026-01-01')")
        for statement in REFUSED:
            with pytest.raises(sqlite3.Error, match="append-only"):
                database.execute(statement)
        database.execute("UPDATE idp_auditevent SET network = ''")
        database.execute("UPDATE idp_auditseal SET cut_at = '2026-06-01'")
        with pytest.raises(sqlite3.Error, match="append-only"):
            database.execute("DELETE FROM idp_auditevent")
        database.execute("DELETE FROM idp_auditevent WHERE at < '2026-01-01 00:01:00'")
        assert database.execute("SELECT count(*) FROM idp_auditevent").fetchone() == (1,)


def test_where_it_was_done_is_erased_and_the_seals_hold(trail: list[AuditEvent], settings):
    settings.AUDIT_NETWORK_DAYS = 0
    assert retention.erase_old_networks() == 0
    settings.AUDIT_NETWORK_DAYS = 30
    assert retention.erase_old_networks() == 2
    assert retention.erase_old_networks() == 0
    assert [row.network for row in AuditEvent.objects.order_by("pk")] == ["", "", "", "198.51.100.0/24"]
    assert list(wrongs()) == []


def test_where_one_person_was_is_erased_when_they_ask(trail: list[AuditEvent]):
    alice, bob = make_user("alice"), make_user("bob")
    AuditEvent.objects.filter(for_user__isnull=False).update(network="")
    for columns in ({"by_user": alice.sub}, {"for_user": alice.sub}, {"by_user": bob.sub}):
        happened(timezone.now(), network="192.0.2.0/24", **columns)
    said = StringIO()
    call_command("audit_trail", "erase", "alice", stdout=said)
    assert said.getvalue() == "Erased the networks of 2 events.\n"
    assert AuditEvent.objects.filter(by_user=bob.sub).get().network == "192.0.2.0/24"
    with pytest.raises(CommandError, match="there is no user carol"):
        call_command("audit_trail", "erase", "carol")


def test_retention_cuts_at_a_seal_and_what_is_left_can_be_judged(trail: list[AuditEvent], settings):
    settings.AUDIT_RETENTION_DAYS = 0
    assert retention.cut_old() == 0
    settings.AUDIT_RETENTION_DAYS = (timezone.now() - START).days + 1
    assert retention.cut_old() == 0
    settings.AUDIT_RETENTION_DAYS = 1
    with unguarded():  # the second minute was yesterday
        yesterday = timezone.now() - timedelta(hours=20)
        AuditSeal.objects.all().delete()
        AuditEvent.objects.filter(pk=trail[2].pk).update(at=yesterday)
    assert seal_closed() == 2
    assert retention.cut_old() == 2
    assert list(AuditEvent.objects.order_by("pk").values_list("pk", flat=True)) == [trail[2].pk, trail[3].pk]
    assert AuditSeal.objects.count() == 2
    assert list(wrongs()) == []
    with unguarded():
        AuditEvent.objects.filter(pk=trail[2].pk).delete()
    assert list(wrongs())


def test_what_is_exported_can_be_judged_by_itself(trail: list[AuditEvent]):
    said = StringIO()
    call_command("audit_trail", "export", stdout=said)
    exported = [json.loads(line) for line in said.getvalue().splitlines()]
    previous, content, events = "0" * 64, hashlib.sha256(), 0
    networks = []
    for each in exported:
        if "event" in each:
            content.update(dumped(each["event"]))
            networks.append(each["network"])
            events += 1
            continue
        seal = each["seal"]
        digest, cut = seal.pop("digest"), seal.pop("cut")
        assert (seal["previous"], seal["content"], seal["events"]) == (previous, content.hexdigest(), events)
        assert digest == hashlib.sha256(dumped(seal)).hexdigest()
        assert cut is False
        previous, content, events = digest, hashlib.sha256(), 0
    assert [next(iter(each)) for each in exported] == ["event", "event", "seal", "event", "seal", "event"]
    assert networks == [row.network for row in trail]
    assert exported[0]["event"]["details"] == {"a": ["é"], "b": 1}


def dumped(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def test_an_export_goes_on_behind_a_seal(trail: list[AuditEvent]):
    said = StringIO()
    call_command("audit_trail", "export", "--since", "2026-01-01T12:01:00", stdout=said)
    assert said.getvalue().splitlines() == list(export.lines())[3:]


def test_a_trail_that_is_whole_is_said_to_be(trail: list[AuditEvent]):
    said = StringIO()
    call_command("audit_trail", "verify", stdout=said)
    assert said.getvalue() == "The trail is as it was sealed.\n"


def test_a_long_trail_is_sealed_in_bites(monkeypatch):
    monkeypatch.setattr(sealing, "AT_ONCE", 2)
    for minute in range(3):
        happened(START + timedelta(minutes=minute))
    assert [seal_closed(), seal_closed(), seal_closed()] == [2, 1, 0]
