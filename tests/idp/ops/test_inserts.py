"""Rows are written as the ORM would write them, several together, and with what is claimed for them or not at all."""

from typing import NamedTuple

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import CharField, IntegerField
from django.test.utils import CaptureQueriesContext

from idp.audit.models import AuditEvent
from idp.ops.compiled import Update, update_of
from idp.ops.inserts import Insert
from idp.users.models import Role, User
from tests.factories import make_user

pytestmark = pytest.mark.django_db


class Claimed(NamedTuple):
    username: str
    epoch: int


def claiming(asked: Claimed):
    return update_of(User.objects.filter(username=asked.username, epoch=0), epoch=asked.epoch)


def test_a_row_is_written_as_the_orm_would_write_it():
    given = {"event": "granted", "by_client": "app", "details": {"scopes": ["openid"], "none": None}, "network": ""}
    saved = AuditEvent.objects.create(**given)
    row = AuditEvent(**given, at=saved.at)
    compiled = Insert(AuditEvent)
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            compiled.run(row)
        assert len(captured) == 1
    kept = list(AuditEvent.objects.order_by("pk").values())
    assert [{**row, "id": 0} for row in kept] == [{**kept[0], "id": 0}] * 3


def test_the_key_that_the_database_gave_is_told_where_it_is_asked_for():
    def row(name: str) -> AuditEvent:
        return AuditEvent(event="granted", by_client=name, details={})

    for compiled, rows in (
        (Insert(AuditEvent, tells_key=True), [row("alone")]),
        (Insert(AuditEvent, AuditEvent, tells_key=True), [row("first"), row("second")]),
    ):
        with CaptureQueriesContext(connection) as captured:
            compiled.run(*rows)
        assert len(captured) == (1 if connection.vendor == "postgresql" else len(rows))
        assert AuditEvent.objects.get(pk=rows[0].pk).by_client == rows[0].by_client
        assert not rows[0]._state.adding
    assert list(AuditEvent.objects.order_by("by_client").values_list("by_client", flat=True)) == [
        "alone",
        "first",
        "second",
    ]


def test_rows_of_several_models_are_written_together_or_not_at_all():
    role = Role.objects.get(name="user")
    compiled = Insert(User, AuditEvent)

    def write(name: str) -> None:
        user = User(username=name, username_key=name, email=f"{name}@example.com", role=role)
        compiled.run(user, AuditEvent(event="granted", by_client=name))

    for name in ("alice", "bob"):
        with CaptureQueriesContext(connection) as captured:
            write(name)
        assert len(captured) == (1 if connection.vendor == "postgresql" else 2)
    assert list(User.objects.order_by("pk").values_list("username", flat=True)) == ["alice", "bob"]
    assert list(AuditEvent.objects.order_by("pk").values_list("by_client", flat=True)) == ["alice", "bob"]
    with pytest.raises(IntegrityError), transaction.atomic():
        write("alice")
    assert AuditEvent.objects.count() == 2


def test_rows_are_written_if_what_is_claimed_for_them_is_there_once():
    make_user("alice")
    role = Role.objects.get(name="user")
    claim = Update(claiming, Claimed("sample", 987_654), (CharField(), IntegerField()))
    compiled = Insert(User, AuditEvent)

    def claim_for(name, of="alice"):
        user = User(username=name, username_key=name, email=f"{name}@example.com", role=role)
        event = AuditEvent(event="granted", by_client=name, details={"none": None})
        return compiled.run_claiming(claim, Claimed(of, 7), user, event)

    def written():
        users = dict(User.objects.values_list("username", "epoch"))
        granted = AuditEvent.objects.filter(event="granted").order_by("pk")
        return users, list(granted.values_list("by_client", flat=True))

    with pytest.raises(IntegrityError), transaction.atomic():
        claim_for("alice")  # whom there is already: then nothing is claimed
    assert written() == ({"alice": 0}, [])
    with CaptureQueriesContext(connection) as captured:
        assert claim_for("bob") is True
    assert len(captured) == (1 if connection.vendor == "postgresql" else 5)
    assert written() == ({"alice": 7, "bob": 0}, ["bob"])
    assert claim_for("carol") is False
    assert claim_for("carol", of="nobody") is False
    assert written() == ({"alice": 7, "bob": 0}, ["bob"])
    assert AuditEvent.objects.get(event="granted").details == {"none": None}
