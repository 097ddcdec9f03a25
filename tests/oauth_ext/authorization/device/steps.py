"""A device that shows a code, and a person who types it."""

from typing import NamedTuple
from urllib.parse import urlencode

from django.test import Client
from django.utils import timezone

from oauth_ext.authorization.device.models import DeviceGrant
from oauth_ext.clients.models import Application, GrantType
from tests.factories import FORM, Response, make_client, make_user, sign_in
from tests.oauth_ext.token_endpoint import Answer, post, token

GRANT = GrantType.DEVICE_CODE.value
TV = "Living-room TV"
SCOPE = "openid profile"


def make_tv(client_id: str = "tv", **spec: object) -> Application:
    """A public client that may ask as a device does."""
    grants = [GRANT, "refresh_token"]
    return make_client(client_id, **{"name": TV, "grant_types": grants, "redirect_uris": [], **spec})  # type: ignore[arg-type]


def ask(client: Application, **changes: object) -> Answer:
    return post("/o/device-authorization/", client=client, **{"scope": SCOPE, **changes})  # type: ignore[arg-type]


class Device(NamedTuple):
    """A device, with its codes."""

    client: Application
    device_code: str
    user_code: str

    def poll(self, *, waited: bool = True, **changes: object) -> Answer:
        """Ask whether somebody has answered, after the interval or at once."""
        if waited:
            DeviceGrant.objects.update(next_poll_at=timezone.now())
        parameters = {"device_code": self.device_code, **changes}
        client = parameters.pop("client", self.client)
        return token(client, GRANT, **parameters)  # type: ignore[arg-type]


def start(client: Application | None = None, **changes: object) -> Device:
    client = client or make_tv()
    answer = ask(client, **changes)
    assert answer.status == 200, answer.body
    return Device(client, answer.body["device_code"], answer.body["user_code"])


def type_code(browser: Client, user_code: str) -> Response:
    """Type a code; the page it leads to."""
    return follow(browser, send(browser, user_code=user_code))


def send(browser: Client, **fields: str) -> Response:
    return browser.post("/o/device/", urlencode(fields), FORM)


def follow(browser: Client, response: Response) -> Response:
    return browser.get(response.headers["Location"]) if response.status_code == 303 else response


def answer(browser: Client, user_code: str, decision: str = "allow") -> Response:
    """Type a code and press a button of the page that it leads to; the page after it."""
    assert type_code(browser, user_code).status_code == 200
    return follow(browser, send(browser, user_code=user_code, decision=decision))


def allowed(client: Application | None = None, browser: Client | None = None, **changes: object) -> Device:
    """A device that alice has let in."""
    device, browser = start(client, **changes), browser or Client()
    sign_in(browser, make_user())
    assert "Your device is connected" in answer(browser, device.user_code).content.decode()
    return device
