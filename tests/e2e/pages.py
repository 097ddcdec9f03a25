"""What a person does in the pages of the browser application and of the server."""

import re
from typing import Literal

from playwright.sync_api import Locator, Page, expect

from tests.stack.site import Site

Way = Literal["browser", "backend"]
WAYS: tuple[Way, ...] = ("browser", "backend")
BUTTONS: dict[Way, str] = {"browser": "Sign in", "backend": "Sign in through the backend"}


def button(page: Page, name: str) -> Locator:
    """The button of exactly this name."""
    return page.get_by_role("button", name=name, exact=True)


def type_password(page: Page) -> None:
    """Fill in the server's form as alice, and allow what is asked, if it is."""
    page.locator('input[name="login"]').fill("alice")
    page.locator('input[name="password"]').fill("alicepass")
    page.locator('input[name="password"]').press("Enter")
    allow = button(page, "Allow")
    expect(allow.or_(button(page, "Sign out"))).to_be_visible()
    if allow.is_visible():
        allow.click()


def sign_in(page: Page, site: Site, way: Way) -> None:
    """Sign in as alice from the application's first page."""
    page.goto(site.url)
    button(page, BUTTONS[way]).click()
    type_password(page)
    expect_signed_in(page)


def expect_signed_in(page: Page) -> None:
    """Wait for alice's own page, read from the server."""
    expect(page.get_by_role("heading", level=1, name=re.compile("alice", re.IGNORECASE))).to_be_visible()


def expect_signed_out(page: Page) -> None:
    """Wait for the page that offers to sign in."""
    expect(page.get_by_role("heading", level=1, name="Sign in to see who you are")).to_be_visible()


def renew(page: Page) -> None:
    """Ask for a new access token and wait for it."""
    button(page, "Renew now").click()
    expect(page.get_by_text("A new token is here.")).to_be_visible()


# Every string that a script of this page can reach, as far as five steps lead, compared with what must not be there.
SCAN = """
secrets => {
  const found = [], seen = new Set()
  const check = (value, where) => { if (secrets.some(secret => value.includes(secret))) found.push(where) }
  const walk = (value, where, depth) => {
    if (typeof value === 'string') return check(value, where)
    if (value === null || !['object', 'function'].includes(typeof value) || seen.has(value) || depth === 0) return
    seen.add(value)
    if (value instanceof Map || value instanceof Set) [...value.entries()].forEach(e => walk(e, where, depth - 1))
    for (const name of Reflect.ownKeys(value)) {
      let inner
      try { inner = value[name] } catch { continue }
      walk(inner, `${where}.${String(name)}`, depth - 1)
    }
  }
  walk(window, 'window', 5)
  for (const element of document.querySelectorAll('*')) walk(element, element.tagName, 12)
  check(JSON.stringify(localStorage), 'localStorage')
  check(JSON.stringify(sessionStorage), 'sessionStorage')
  check(document.cookie, 'cookie')
  check(document.documentElement.outerHTML, 'page')
  check(JSON.stringify(performance.getEntries()), 'performance')
  check(JSON.stringify(history.state), 'history')
  return found
}
"""


def places_of(page: Page, secrets: set[str]) -> list[str]:
    """Where scripts of this page can reach one of these strings; names them, empty if nowhere."""
    return list(page.evaluate(SCAN, sorted(secrets)))
