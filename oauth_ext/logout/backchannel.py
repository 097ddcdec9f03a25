"""Telling clients that a session has ended, from server to server (OIDC Back-Channel Logout 1.0).

The end of a session is one outbox message; of it the worker makes one for each client that had a part in the session.
Each has its own retries, and none waits for another client's server.
"""

from urllib.parse import urlencode

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef

from idp.models import Session
from idp.ops import outbound
from idp.outbox import services as outbox
from oauth_ext.clients.models import Application
from oauth_ext.families.models import Family
from oauth_ext.logout.logout_token import logout_token

TOPIC = "back-channel logout"
DONE = frozenset({200, 204})  # §2.8; 204 is what some frameworks make of an empty 200

log = structlog.get_logger(__name__)


class NotLoggedOut(Exception):
    """The client was asked and did not say that it did it."""


def announce(payload: dict[str, object]) -> None:
    """Leave a message for each client that got tokens in the session and wants to know (topic `sessions.ENDED`)."""
    session_pk = int(str(payload["session"]))
    took_part = Exists(Family.objects.filter(client_id=OuterRef("pk"), session_id=session_pk))
    clients = Application.objects.filter(took_part, is_active=True).exclude(backchannel_logout_uri="")
    with transaction.atomic():
        for pk in clients.values_list("pk", flat=True):
            outbox.put(TOPIC, {"session": session_pk, "client": pk}, recipient=f"client {pk}")


def tell(payload: dict[str, object]) -> None:
    """Tell one client; raises `Unreachable` or `NotLoggedOut` where it doesn't know, and the outbox tries again."""
    client = Application.objects.filter(pk=str(payload["client"]), is_active=True).first()
    session = Session.objects.filter(pk=str(payload["session"])).values_list("user_id", "user__sub", "sid").first()
    if client is None or session is None or not client.backchannel_logout_uri:
        return
    form = urlencode({"logout_token": logout_token(client, *session)}).encode()
    answered = outbound.post_form(client.backchannel_logout_uri, form)
    if answered.status not in DONE:
        log.warning("logout.refused", client=client.client_id, status=answered.status)
        raise NotLoggedOut
