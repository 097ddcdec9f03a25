"""What the tests of the token endpoint and its neighbours share."""

import base64
import json
from typing import NamedTuple
from urllib.parse import quote_plus, urlencode

from django.http.response import HttpResponseBase
from django.test import Client

from idp.models import Session, User
from oauth_ext.clients.models import Application
from oauth_ext.responses import pointing_to
from tests.factories import FORM, SECRET, authorize, make_client, make_user, pkce, sign_in

# What a resource server says to whoever brings no token
CHALLENGES = 'Bearer realm="gatehouse", DPoP realm="gatehouse", algs="ES256 Ed25519 EdDSA PS256 RS256"'

# The same at `/graphql`, which has metadata of its own (RFC 9728 §5.1)
AT_GRAPHQL = pointing_to(CHALLENGES, "http://localhost:8000/.well-known/oauth-protected-resource/graphql")


class Answer(NamedTuple):
    """Status, JSON body and response of a machine endpoint."""

    status: int
    body: dict[str, str]
    response: HttpResponseBase


def basic(client_id: str, secret: str = SECRET) -> str:
    return "Basic " + base64.b64encode(f"{quote_plus(client_id)}:{quote_plus(secret)}".encode()).decode()


def post(
    path: str,
    *,
    client: Application | None = None,
    authorization: str | None = None,
    proof: str | None = None,
    **parameters,
) -> Answer:
    """Post a form as a client: a public one names itself in the body, a confidential one authenticates by Basic."""
    headers = {} if proof is None else {"dpop": proof}
    if authorization is not None:
        headers["authorization"] = authorization
    elif client is not None and client.is_public:
        parameters.setdefault("client_id", client.client_id)
    elif client is not None:
        headers["authorization"] = basic(client.client_id)
    body = urlencode({name: value for name, value in parameters.items() if value is not None}, doseq=True)
    response = Client().post(path, body, content_type=FORM, headers=headers)
    return Answer(response.status_code, json.loads(response.content or b"null"), response)


def get(path: str, token: str | None, scheme: str = "Bearer", **headers: str) -> Answer:
    if token is not None:
        headers["authorization"] = f"{scheme} {token}"
    response = Client().get(path, headers=headers)
    return Answer(response.status_code, json.loads(response.content or b"null"), response)


def token(client: Application | None, grant_type: str, **parameters) -> Answer:
    return post("/o/token/", client=client, grant_type=grant_type, **parameters)


class SignedIn(NamedTuple):
    """Somebody who signed in at a client, and the client's tokens."""

    user: User
    session: Session
    client: Application
    browser: Client
    tokens: dict[str, str]

    @property
    def access_token(self) -> str:
        return self.tokens["access_token"]

    @property
    def refresh_token(self) -> str:
        return self.tokens["refresh_token"]

    def refresh(self, refresh_token: str | None = None, **parameters) -> Answer:
        return token(self.client, "refresh_token", refresh_token=refresh_token or self.refresh_token, **parameters)

    def is_live(self, access_token: str | None = None) -> bool:
        return get("/o/userinfo/", access_token or self.access_token).status == 200


class Code(NamedTuple):
    """A code that nobody has redeemed yet."""

    code: str
    verifier: str
    client: Application
    user: User
    session: Session
    browser: Client

    def redeem(self, **changes) -> Answer:
        parameters = {
            "code": self.code,
            "code_verifier": self.verifier,
            "redirect_uri": self.client.redirect_uris[0],
            **changes,
        }
        client = parameters.pop("client", self.client)
        return token(client, "authorization_code", **parameters)


def get_code(client: Application | None = None, user=None, browser: Client | None = None, **changes) -> Code:
    client = client or make_client(trusted=True, default_scopes=["openid"])
    user = user or make_user()
    browser = browser or Client()
    session = sign_in(browser, user)
    pair = pkce()
    return Code(authorize(browser, client, pair, **changes), pair.verifier, client, user, session, browser)


def signed_in(client: Application | None = None, user=None, **changes) -> SignedIn:
    code = get_code(client, user, **changes)
    answer = code.redeem()
    assert answer.status == 200, answer.body
    return SignedIn(code.user, code.session, code.client, code.browser, answer.body)
