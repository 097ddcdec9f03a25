"""What a page is held against in each of its states."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

Check = Callable[[Page], None]
# How wide, and in which colours: the smallest telephone, a desk, and a wall
SCREENS = ((360, "light"), (1280, "dark"), (3840, "light"))


@pytest.fixture
def assert_good(assert_accessible: Check) -> Check:
    """A function that fails when the page breaks a rule of axe's, light or dark, or is wider than a screen."""

    def check(page: Page) -> None:
        for width, scheme in SCREENS:
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme="light" if scheme == "light" else "dark", reduced_motion="reduce")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            if width < 3840:
                assert_accessible(page)
            else:
                assert page.evaluate("document.getElementById('main').getBoundingClientRect().width") >= 500

    return check


@pytest.fixture
def authenticator(page: Page) -> None:
    """A device that holds passkeys and knows its holder (the DevTools protocol's WebAuthn domain)."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
