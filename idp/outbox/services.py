"""Putting down what must happen after a commit, and doing it, at least once.

A message is claimed by pushing its due time past the longest that handling it may take, handled without a transaction,
and marked as done. A worker that dies leaves it to be claimed again.
"""

import json
from collections.abc import Mapping
from datetime import timedelta

import structlog
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from idp.ops import keyring
from idp.outbox.models import OutboxMessage
from idp.outbox.registry import every, handle, register

__all__ = ["claim", "deliver", "every", "put", "register", "run_once"]

PURPOSE = "outbox"
LONGEST_HANDLING = timedelta(minutes=2)
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=6)
# After this many the waits add up to about a day and a half; the message is left where it is, to be looked at.
MOST_ATTEMPTS = 17

log = structlog.get_logger(__name__)


def put(topic: str, payload: Mapping[str, object], *, recipient: str = "") -> None:
    """Write down what shall happen if the caller's transaction commits. The payload (JSON) is kept sealed.

    `recipient` names somebody else's server that handling it waits for: such messages are handled beside the others.
    """
    sealed = keyring.seal(json.dumps(dict(payload)).encode(), purpose=PURPOSE, bound_to=topic)
    OutboxMessage.objects.create(topic=topic, payload=sealed, recipient=recipient)


def run_once(which: Q = Q()) -> int:  # noqa: B008 - a Q is never changed
    """Handle what is due now, one after the other; return how many messages were handled well."""
    done = 0
    while message := claim(which):
        done += deliver(message)
    return done


def claim(which: Q) -> OutboxMessage | None:
    """Take the message that has been due for longest, of those that `which` says, or none."""
    now = timezone.now()
    due = OutboxMessage.objects.filter(which, done_at=None, due_at__lte=now, attempts__lt=MOST_ATTEMPTS)
    with transaction.atomic():
        locked = due.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
        message = locked.order_by("due_at").first()
        if message is None:
            return None
        message.attempts += 1
        message.due_at = now + LONGEST_HANDLING
        message.save(update_fields=["attempts", "due_at"])
    return message


def deliver(message: OutboxMessage) -> bool:
    """Handle a message that was claimed; return whether it is done. What went wrong is tried again, later and later."""
    try:
        payload = keyring.unseal(message.payload, purpose=PURPOSE, bound_to=message.topic)
        handle(message.topic, json.loads(payload))
    except Exception as error:  # noqa: BLE001 - whatever a handler meets, the others' messages go on
        _put_off(message, error)
        return False
    OutboxMessage.objects.filter(pk=message.pk).update(done_at=timezone.now(), last_error="")
    return True


def _put_off(message: OutboxMessage, error: Exception) -> None:
    name = type(error).__name__
    wait = min(FIRST_WAIT * 2 ** (message.attempts - 1), LONGEST_WAIT)
    OutboxMessage.objects.filter(pk=message.pk).update(due_at=timezone.now() + wait, last_error=name)
    log.warning(
        "outbox.failed",
        topic=message.topic,
        message=message.pk,
        attempt=message.attempts,
        last=message.attempts == MOST_ATTEMPTS,
        error=name,
    )
