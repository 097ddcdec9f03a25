"""What must happen after a commit does, at least once."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections, transaction
from django.utils import timezone

from idp.ops.bites import Deleted
from idp.outbox import registry
from idp.outbox.cleaning import clean_messages
from idp.outbox.models import OutboxMessage
from idp.outbox.services import MOST_ATTEMPTS, put, register, run_once
from idp.outbox.worker import Worker

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def own_registry(monkeypatch):
    monkeypatch.setattr(registry, "_handlers", {})
    monkeypatch.setattr(registry, "_periodic", {})


@pytest.mark.django_db
def test_a_message_is_handled_once_with_what_it_says():
    handled = []
    register("greet", handled.append)
    put("greet", {"name": "alice"})
    assert run_once() == 1
    assert run_once() == 0
    assert handled == [{"name": "alice"}]


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_never_happens():
    handled = []
    register("greet", handled.append)
    with transaction.atomic():
        put("greet", {"name": "alice"})
        transaction.set_rollback(True)
    assert run_once() == 0
    assert handled == []


@pytest.mark.django_db
def test_the_payload_is_sealed_and_bound_to_its_topic():
    handled = []
    register("other", handled.append)
    put("reset", {"link": "https://id.example.org/secret"})
    message = OutboxMessage.objects.get()
    assert "secret" not in message.payload
    OutboxMessage.objects.update(topic="other")
    assert run_once() == 0
    assert handled == []
    assert OutboxMessage.objects.get().last_error == "SealBroken"


@pytest.mark.django_db
def test_a_failure_is_tried_again_later_and_later_and_stops_nobody_else():
    def fail(_payload):
        raise ConnectionError("smtp://user:password@host")

    handled = []
    register("fails", fail)
    register("works", handled.append)
    put("fails", {})
    put("works", {})
    assert run_once() == 1
    waits = []
    for _ in range(3):
        message = OutboxMessage.objects.get(topic="fails")
        waits.append((message.due_at - timezone.now()).total_seconds())
        OutboxMessage.objects.filter(pk=message.pk).update(due_at=timezone.now())
        run_once()
    assert waits == pytest.approx([10, 20, 40], abs=2)
    assert message.last_error == "ConnectionError"
    assert len(handled) == 1


@pytest.mark.django_db
def test_in_the_end_it_is_left_alone():
    register("fails", lambda _payload: 1 / 0)
    put("fails", {})
    OutboxMessage.objects.update(attempts=MOST_ATTEMPTS)
    assert run_once() == 0
    assert OutboxMessage.objects.get().attempts == MOST_ATTEMPTS


@pytest.mark.django_db
def test_what_a_dead_worker_had_claimed_is_due_again():
    def die(_payload):
        raise KeyboardInterrupt

    register("greet", die)
    put("greet", {})
    with pytest.raises(KeyboardInterrupt):
        run_once()
    handled = []
    register("greet", handled.append)
    assert run_once() == 0
    OutboxMessage.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert run_once() == 1
    assert handled == [{}]


@pytest.mark.django_db(transaction=True)
def test_many_workers_handle_each_message_once():
    handled = []
    register("count", lambda payload: handled.append(payload["number"]))
    for number in range(40):
        put("count", {"number": number})

    def work(_worker):
        try:
            return run_once()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(work, range(8))) == 40
    assert sorted(handled) == list(range(40))


@pytest.mark.django_db
def test_what_is_periodic_runs_at_the_start_and_when_its_time_has_come(monkeypatch):
    runs = []
    registry.every(60, "broken", lambda: 1 / 0)
    registry.every(60, "tick", lambda: runs.append(1))
    worker = Worker()
    worker.work()
    worker.work()
    assert len(runs) == 1
    later = time.monotonic() + 61
    monkeypatch.setattr(time, "monotonic", lambda: later)
    worker.work()
    assert len(runs) == 2


@pytest.mark.django_db
def test_cleaning_takes_what_is_done_and_what_nobody_could_handle():
    old = timezone.now() - timedelta(days=31)
    for done_at, created_at in ((old, old), (None, old), (None, timezone.now()), (timezone.now(), old)):
        OutboxMessage.objects.create(topic="x", payload="", done_at=done_at, created_at=created_at)
    assert clean_messages() == 2
    assert OutboxMessage.objects.count() == 2


@pytest.mark.django_db
def test_what_is_not_finished_goes_on_at_the_next_turn_and_messages_between():
    runs, handled = [], []
    registry.every(60, "clean", lambda: runs.append(1) or Deleted(1, more=len(runs) < 3) + Deleted(1, more=False))
    register("greet", handled.append)
    worker = Worker()
    worker.work()
    put("greet", {})
    for _ in range(4):
        worker.work()
    assert len(runs) == 3
    assert handled == [{}]


@pytest.mark.parametrize("number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.full)])
def test_the_worker_ends_when_it_is_told_to(tmp_path, number):
    env = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3", "REDIS_URL": ""}
    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "migrate", "-v0"], cwd=ROOT, env=env, check=True)
    with subprocess.Popen([*manage, "work"], cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True) as worker:
        assert "worker.started" in worker.stderr.readline()
        worker.send_signal(number)
        rest = worker.stderr.read()
    assert "worker.stopped" in rest
    assert worker.returncode == 0


def test_the_worker_does_what_is_due_and_ends_when_asked_to(tmp_path):
    env = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3", "REDIS_URL": ""}
    for command in (["migrate", "-v0"], ["work", "--once"]):
        assert subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=env).returncode == 0
