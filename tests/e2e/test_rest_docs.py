"""The page of the REST paths: read by anybody, and requests sent from it with a token that stays where it is pasted."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.pages import button, places_of
from tests.http_flow import Deployment
from tests.stack.gatehouse import Gatehouse

pytestmark = pytest.mark.full  # long

Check = Callable[[Page], None]
USERINFO, VALIDATE = "GET /api/userinfo/", "POST /api/validate-token/"


class Server(NamedTuple):
    """A deployment, and somebody's access token there."""

    gatehouse: Gatehouse
    token: str

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"{self.gatehouse.issuer}/api/docs/"


@pytest.fixture(scope="module")
def server(start_gatehouse: Callable[..., Gatehouse]) -> Iterator[Server]:
    with start_gatehouse() as gatehouse, Deployment(gatehouse) as deployment:
        yield Server(gatehouse, deployment.person().sign_in().tokens()["access_token"])


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser complains about: errors, failed requests, what the policy forbids."""
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


@pytest.fixture
def addresses(page: Page) -> list[str]:
    """Every address that the page asks for."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    return asked


def operation(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def send(page: Page, name: str) -> Locator:
    """Send the request of this name; where its answer is told."""
    operation(page, name).get_by_role("button", name="Send").click()
    return operation(page, name).get_by_role("status")


def test_a_request_is_refused_without_a_token_and_answered_with_one(page: Page, server: Server, complaints: list[str]):
    page.goto(server.url)
    expect(send(page, USERINFO)).to_contain_text("401 Unauthorized")
    expect(send(page, USERINFO)).to_contain_text('www-authenticate: Bearer realm="gatehouse"')
    expect(send(page, USERINFO)).to_contain_text('"error": "unauthenticated"')
    assert complaints
    assert all("401" in said for said in complaints)  # the browser's own words for the status
    complaints.clear()
    page.get_by_label("Access token").fill(f" {server.token}\n")
    answer = send(page, USERINFO)
    expect(answer).to_contain_text("200 OK")
    expect(answer).to_contain_text('"username": "alice"')
    assert complaints == []


def test_a_token_pasted_goes_into_the_request_and_nowhere_else(page: Page, server: Server, addresses: list[str]):
    page.goto(server.url)
    page.get_by_label("Access token").fill(server.token)
    expect(send(page, USERINFO)).to_contain_text("200 OK")
    operation(page, VALIDATE).get_by_label("token").fill(server.token)
    expect(send(page, VALIDATE)).to_contain_text('"active": true')
    assert addresses
    assert all(address.startswith(server.gatehouse.issuer) for address in addresses)
    assert [address for address in [*addresses, page.url] if server.token in address] == []
    assert places_of(page, {server.token}) == []  # but for the fields themselves
    assert server.token not in str(page.context.storage_state(indexed_db=True))
    assert page.context.cookies() == []
    assert page.evaluate("caches.keys()") == []
    assert server.token not in server.gatehouse.servers[0].log.read_text()
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")  # as before a browser keeps it for the way back
    expect(page.get_by_label("Access token")).to_have_value("")


def test_what_cannot_be_sent_is_told(page: Page, server: Server):
    page.goto(server.url)
    page.get_by_label("Access token").fill("“a token”")
    expect(send(page, USERINFO)).to_have_text("There was no answer. Is the token pasted as it was given?")


@pytest.mark.full
def test_it_is_good_at_each_size_light_and_dark(
    page: Page, server: Server, assert_accessible: Check, complaints: list[str]
):
    page.goto(server.url)
    page.get_by_label("Access token").fill(server.token)
    expect(send(page, USERINFO)).to_contain_text("200 OK")
    for summary in page.get_by_text("What is answered").all():
        summary.click()
    for width in (360, 1280):
        for scheme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme="light" if scheme == "light" else "dark", reduced_motion="reduce")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert_accessible(page)
    assert complaints == []


def test_by_keyboard_alone(page: Page, server: Server):
    page.goto(server.url)
    page.get_by_label("Access token").focus()
    page.keyboard.insert_text(server.token)
    page.keyboard.press("Tab")
    expect(operation(page, USERINFO).get_by_role("button", name="Send")).to_be_focused()
    outline = button(page, "Send").first.evaluate("element => getComputedStyle(element).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    expect(operation(page, USERINFO).get_by_role("status")).to_contain_text("200 OK")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(operation(page, USERINFO).get_by_role("heading", name="200")).to_be_visible()


def test_it_is_read_without_scripts(browser: Browser, server: Server):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(server.url)
    expect(operation(page, USERINFO)).to_contain_text("The user the token speaks for")
    expect(page.get_by_label("Access token")).to_be_hidden()
    expect(page.get_by_text("allow this page its script")).to_be_visible()
    context.close()
