"""People, clients and sign-ins for tests, made by the product's own services."""

import base64
import hashlib
import secrets
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs, urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.test import Client

from idp.models import Session, User
from idp.sessions import services as sessions
from idp.signin.methods import PASSWORD_ACR, PASSWORD_AMR
from idp.users import services as users
from oauth_ext.clients import services as clients
from oauth_ext.clients.models import Application

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse

    Response = _MonkeyPatchedWSGIResponse
else:
    Response = HttpResponseBase

PASSWORD = "correct horse battery staple"
REDIRECT_URI = "https://app.example/callback"
FORM = "application/x-www-form-urlencoded"
SECRET = "a-secret-of-a-test-client-which-is-long-enough"


class Pkce(NamedTuple):
    """A verifier and its S256 challenge (RFC 7636)."""

    verifier: str
    challenge: str


def make_user(username: str = "alice", *, password: str = PASSWORD, role: str = "user", email: str = "") -> User:
    return users.create_user(username, password, role=role, email=email)


def make_client(client_id: str = "app", *, secret: str | None = None, **spec: object) -> Application:
    """A public client with an https redirect URI; with `client_type="confidential"` its secret is `SECRET`."""
    spec.setdefault("redirect_uris", [REDIRECT_URI])
    if spec.get("client_type") == Application.CLIENT_CONFIDENTIAL:
        spec.setdefault("token_endpoint_auth_method", "client_secret_basic")
        secret = secret or SECRET
    client, _ = clients.register(clients.ClientSpec(client_id, **spec), secret=secret)  # type: ignore[arg-type]
    return client


def pkce() -> Pkce:
    verifier = secrets.token_urlsafe(32)
    digest = hashlib.sha256(verifier.encode()).digest()
    return Pkce(verifier, base64.urlsafe_b64encode(digest).rstrip(b"=").decode())


def sign_in(browser: Client, user: User) -> Session:
    """Sign the user in, in this browser, as the sign-in page would after the right password."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    cookie = browser.cookies.get(settings.SESSION_COOKIE_NAME)
    request = HttpRequest()
    request.session = store(cookie.value if cookie else None)
    session = sessions.start(request, user, amr=list(PASSWORD_AMR), acr=PASSWORD_ACR)
    request.session.save()
    browser.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key or ""
    return session


def authorization_parameters(client: Application, challenge: str, **changes: str | None) -> dict[str, str]:
    """A good authorization request; `changes` set parameters, or leave one out with None."""
    parameters: dict[str, str | None] = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": client.redirect_uris[0],
        "scope": "openid profile",
        "state": "a-state",
        "nonce": "a-nonce",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **changes,
    }
    return {name: value for name, value in parameters.items() if value is not None}


def answer_of(response: Response) -> dict[str, str]:
    """The parameters in the redirect to a client; each stands once."""
    query = parse_qs(urlsplit(response.headers["Location"]).query, keep_blank_values=True, strict_parsing=True)
    assert all(len(values) == 1 for values in query.values()), query
    return {name: values[0] for name, values in query.items()}


def authorize(browser: Client, client: Application, pair: Pkce, **changes: str | None) -> str:
    """Walk from request to code in a browser that is signed in, allowing what is asked on the way."""
    query = urlencode(authorization_parameters(client, pair.challenge, **changes))
    response = browser.get(f"/o/authorize/?{query}")
    if response.headers.get("Location", "").startswith("/o/consent/"):
        page = response.headers["Location"]
        browser.get(page)
        handle = parse_qs(urlsplit(page).query)["id"][0]
        response = browser.post("/o/consent/", urlencode({"id": handle, "decision": "allow"}), FORM)
    return answer_of(response)["code"]
