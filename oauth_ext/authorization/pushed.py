"""Pushed authorization requests (RFC 9126): judged before a browser is involved, then taken up by one browser, once."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from oauth_ext import handles
from oauth_ext.authorization import services
from oauth_ext.authorization.checks import judge_pushed
from oauth_ext.authorization.checks.client import check_client
from oauth_ext.authorization.errors import Refused
from oauth_ext.authorization.models import AuthorizationRequest
from oauth_ext.clients.models import Application
from oauth_ext.clients.rows import ClientRow
from oauth_ext.errors import InvalidRequest, InvalidRequestUri
from oauth_ext.parameters import Parameters

URN = "urn:ietf:params:oauth:request_uri:"


def push(parameters: Parameters, client: ClientRow) -> dict[str, object]:
    """Judge a request of an authenticated client and keep it; return the answer (§2.2), `expires_in` in seconds.

    Raises what the authorization endpoint would tell the client, and `InvalidRequest` for a `request_uri` (§2.1).
    """
    if "request_uri" in parameters:
        raise InvalidRequest("The parameter request_uri can not be pushed.")
    application = Application.objects.get(pk=client.pk)
    try:
        asked = judge_pushed(parameters, application)
    except Refused as refused:
        raise refused.error from None
    ongoing = services.store(application, asked, pushed=True)
    return {
        "request_uri": URN + ongoing.handle,
        "expires_in": settings.PUSHED_AUTHORIZATION_REQUEST_EXPIRE_SECONDS,
    }


def is_named(parameters: Parameters) -> bool:
    """Whether a browser brings a pushed request, by a URN of ours."""
    return (parameters.get("request_uri") or "").startswith(URN)


def take_up(parameters: Parameters) -> str:
    """Let the request that was pushed begin now, and return its handle; raises for a page `InvalidRequest(Uri)`.

    Only `client_id` and `request_uri` count, whatever stands beside them (§4, RFC 9101 §6.3). The new handle takes the
    place of the pushed one in one conditional UPDATE: whoever comes second finds nothing.
    """
    client = check_client(parameters)
    if "request_uri" in parameters.repeated() or "request" in parameters:
        raise InvalidRequest("There must be one request_uri, and no request beside it.")
    pushed = handles.digest(parameters.require("request_uri").removeprefix(URN))
    handle, now = handles.new(), timezone.now()
    waiting = AuthorizationRequest.objects.filter(id_hash=pushed, client=client, pushed=True, expires_at__gt=now)
    taken = waiting.update(
        id_hash=handles.digest(handle),
        pushed=False,
        created_at=now,  # from which on a sign-in is fresh: not before anybody was asked
        expires_at=now + timedelta(seconds=settings.AUTHORIZATION_REQUEST_EXPIRE_SECONDS),
    )
    if not taken:
        raise InvalidRequestUri
    return handle
