"""A logout request (OIDC RP-Initiated Logout §2): judged once, then carried sealed from page to page."""

from dataclasses import asdict, dataclass
from typing import Self

import orjson

from idp.ops import keyring
from oauth_ext.claims import hints
from oauth_ext.clients import services as clients
from oauth_ext.clients.models import Application
from oauth_ext.errors import InvalidRequest
from oauth_ext.parameters import Parameters

PURPOSE = "logout request"
MAX_STATE_CHARACTERS = 2048


@dataclass(frozen=True)
class LogoutRequest:
    """What was asked, and is known to be right; `sid` is the client's session that the ID token hint names."""

    client_id: str | None = None
    client_name: str | None = None
    sid: str | None = None
    post_logout_redirect_uri: str | None = None
    state: str | None = None

    def seal(self) -> str:
        """Return the request as a value that only we can make and read: the ID token itself stays out of URLs."""
        return keyring.seal(orjson.dumps(asdict(self)), purpose=PURPOSE, bound_to=PURPOSE)

    @classmethod
    def unseal(cls, sealed: str) -> Self:
        """Return what was sealed; raises `InvalidRequest`."""
        try:
            return cls(**orjson.loads(keyring.unseal(sealed, purpose=PURPOSE, bound_to=PURPOSE)))
        except keyring.SealBroken as error:
            raise InvalidRequest("This sign-out can't be gone on with. Start again from the app.") from error


def judge(parameters: Parameters) -> LogoutRequest:
    """Return what is asked; raises `InvalidRequest`. `logout_hint` and `ui_locales` are accepted and change nothing."""
    parameters.refuse_repeated()
    token = parameters.get("id_token_hint")
    hint = hints.read(token) if token else None
    client_id = parameters.get("client_id")
    if hint is not None and client_id not in {None, hint.client_id}:
        raise InvalidRequest("The parameter id_token_hint is another client's ID token.")
    client = _client(hint.client_id if hint else client_id)
    state = parameters.get("state")
    if state is not None and len(state) > MAX_STATE_CHARACTERS:
        raise InvalidRequest(f"The parameter state is longer than {MAX_STATE_CHARACTERS} characters.")
    return LogoutRequest(
        client_id=client.client_id if client else None,
        client_name=(client.name or client.client_id) if client else None,
        sid=hint.sid if hint else None,
        post_logout_redirect_uri=_way_back(parameters.get("post_logout_redirect_uri"), client),
        state=state,
    )


def _client(client_id: str | None) -> Application | None:
    if client_id is None:
        return None
    client = clients.find(client_id)
    if client is None:
        raise InvalidRequest("The app that sent you here is not known.")
    return client


def _way_back(uri: str | None, client: Application | None) -> str | None:
    """Return the address, if the client that asks has registered exactly this one."""
    if uri is not None and (client is None or not client.post_logout_redirect_uri_allowed(uri)):
        raise InvalidRequest("The app that sent you here wants you sent back to an address that it never registered.")
    return uri
