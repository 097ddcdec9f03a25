"""What a browser does on the way from a request to its answer."""

from urllib.parse import parse_qs, urlencode, urlsplit

from django.test import Client

from oauth_ext.clients.models import Application
from tests.factories import FORM, Response, authorization_parameters, pkce


def ask(browser: Client, client: Application, **changes: str | None) -> Response:
    """Send a good request, but for `changes`."""
    return get(browser, authorization_parameters(client, pkce().challenge, **changes))


def get(browser: Client, parameters: dict[str, str] | list[tuple[str, str]]) -> Response:
    return browser.get(f"/o/authorize/?{urlencode(parameters)}")


def post(browser: Client, path: str, parameters: dict[str, str] | list[tuple[str, str]]) -> Response:
    return browser.post(path, urlencode(parameters), FORM)


def location(response: Response) -> str:
    return response.headers.get("Location", "")


def handle_of(response: Response) -> str:
    """The id of the request, wherever the browser was sent: to a page of it, or to sign-in and back."""
    query = parse_qs(urlsplit(location(response)).query)
    if "next" in query:
        query = parse_qs(urlsplit(query["next"][0]).query)
    return query["id"][0]


def decide(browser: Client, response: Response, decision: str) -> Response:
    """Go to the consent page that a response leads to, and press a button there."""
    page = browser.get(location(response))
    assert page.status_code == 200, page
    return post(browser, "/o/consent/", {"id": handle_of(response), "decision": decision})


def stays(response: Response) -> bool:
    """Whether the answer is a page that tells of an error and leads nowhere."""
    return response.status_code == 400 and "Location" not in response.headers
