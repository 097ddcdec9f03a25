"""Client authentication (RFC 6749 §2.3): one method a request, the one the client is registered with."""

import base64
import binascii
from collections.abc import Callable
from urllib.parse import unquote_plus

from idp.audit import services as audit
from idp.audit.services import Party
from idp.ops.compiled import Deferred
from oauth_ext.clients import assertion, rows, secrets
from oauth_ext.clients.models import AuthMethod
from oauth_ext.clients.rows import ClientRow
from oauth_ext.errors import InvalidClient, InvalidRequest
from oauth_ext.parameters import Parameters

MAX_CLIENT_ID = 255
Ask = Callable[[str], Deferred[object] | None]


def authenticate(parameters: Parameters, authorization: str | None, *, ask: Ask | None = None) -> ClientRow:
    """Return the client that the request proves to come from; a public client only names itself.

    `authorization` is the header as it came. Unknown client, wrong secret or key, wrong method and switched-off client
    raise one `InvalidClient`, after the same work: one statement, and one hash a key of ours or one signature. Two
    methods at once: `InvalidRequest`. Not inside a transaction: an assertion is used up, whatever happens then.

    `ask` may return what is to be read in the statement that reads the client. It is called with the `client_id` that
    was presented, of which nothing is proved yet.
    """
    if "client_assertion" in parameters or "client_assertion_type" in parameters:
        return _by_assertion(parameters, authorization)
    client_id, secret, method = presented(parameters, authorization)
    client, known = rows.load(client_id, ask(client_id) if ask else None)
    proved = secrets.matches(client_id, secret or "", known)
    if client is None or not client.is_active or client.auth_method != method:
        raise InvalidClient
    if method != AuthMethod.NONE and not proved:
        raise InvalidClient
    audit.acts(Party(client=client.client_id))
    return client


def _by_assertion(parameters: Parameters, authorization: str | None) -> ClientRow:
    """Return the client whose key signed the assertion (RFC 7521 §4.2)."""
    if authorization is not None or "client_secret" in parameters:
        raise InvalidRequest("The client authenticates in two ways at once.")
    if parameters.require("client_assertion_type") != assertion.TYPE:
        raise InvalidClient(f"The only client_assertion_type is {assertion.TYPE}.")
    presented = assertion.take_apart(parameters.require("client_assertion"))
    if parameters.get("client_id") not in {None, presented.client_id}:
        raise InvalidRequest("The parameter client_id names another client than the assertion.")
    client, source = rows.load_with_keys(presented.client_id)
    if client is None or not client.is_active or client.auth_method != AuthMethod.PRIVATE_KEY_JWT:
        client, source = None, assertion.NO_KEYS
    assertion.check(presented, source)
    if client is None:  # which has raised by now: nobody has a key that nobody registered
        raise InvalidClient
    audit.acts(Party(client=client.client_id))
    return client


def presented(parameters: Parameters, authorization: str | None) -> tuple[str, str | None, AuthMethod]:
    """Return whom a request names, its secret, and the method, none of it proved; raises as `authenticate`."""
    if "client_assertion" in parameters:
        named = assertion.take_apart(parameters.require("client_assertion"))
        return named.client_id, None, AuthMethod.PRIVATE_KEY_JWT
    client_id, secret = parameters.get("client_id"), parameters.get("client_secret")
    if authorization is not None:
        if secret is not None:
            raise InvalidRequest("The client authenticates in two ways at once.")
        basic_id, basic_secret = _basic(authorization)
        if client_id is not None and client_id != basic_id:
            raise InvalidRequest("The parameter client_id names another client than the header.")
        return basic_id, basic_secret, AuthMethod.CLIENT_SECRET_BASIC
    if client_id is None or len(client_id) > MAX_CLIENT_ID:
        raise InvalidClient
    return client_id, secret, AuthMethod.NONE if secret is None else AuthMethod.CLIENT_SECRET_POST


def _basic(authorization: str) -> tuple[str, str]:
    """Return client id and secret of a Basic header, each form-decoded (RFC 6749 §2.3.1)."""
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() != "basic":
        raise InvalidClient
    try:
        text = base64.b64decode(credentials.strip(), validate=True).decode()
        client_id, colon, secret = text.partition(":")
        client_id, secret = unquote_plus(client_id, errors="strict"), unquote_plus(secret, errors="strict")
    except (binascii.Error, ValueError) as error:
        raise InvalidClient from error
    if not colon or not client_id or len(client_id) > MAX_CLIENT_ID or "\x00" in client_id:
        raise InvalidClient
    return client_id, secret
