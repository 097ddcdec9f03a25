"""What the tests of registration share: requests as a client sends them."""

import json

from django.test import Client

from tests.oauth_ext.token_endpoint import Answer

REGISTER = "/o/register/"
# what a native client says of itself
NATIVE = {
    "client_name": "Notes",
    "redirect_uris": ["http://127.0.0.1/callback"],
    "token_endpoint_auth_method": "none",
    "grant_types": ["authorization_code", "refresh_token"],
}
# what a backend says
BACKEND = {"client_name": "Shop", "redirect_uris": ["https://shop.example/callback"]}


def call(method: str, path: str, body: object = None, token: str | None = None, **more: str) -> Answer:
    headers = {"authorization": f"Bearer {token}"} if token is not None else {}
    content = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
    response = Client(enforce_csrf_checks=True).generic(method, path, **content, headers=headers | more)  # type: ignore[arg-type]
    is_json = response.get("Content-Type") == "application/json"
    return Answer(response.status_code, json.loads(response.content) if is_json else {}, response)


def register(body: object, token: str | None = None) -> Answer:
    return call("POST", REGISTER, body, token)


def manage(method: str, registered: dict[str, str], body: object = None, token: str | None = None) -> Answer:
    """A request of a registered client to its own registration."""
    path = registered["registration_client_uri"].removeprefix("http://localhost:8000")
    return call(method, path, body, token if token is not None else registered["registration_access_token"])
