"""The server's own pages, walked as a person would."""

import re
from pathlib import Path
from urllib.parse import urlencode

import psycopg
from playwright.sync_api import Page, expect

from tests.e2e.pages import button
from tests.screens.camera import Camera
from tests.stack.gatehouse import Gatehouse
from tests.stack.site import Site

PASSWORD = 'input[name="password"]'
WEB, LOOPBACK = "https://photos.example/callback", "http://127.0.0.1:9/callback"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"  # of RFC 7636, appendix B: no code is redeemed here
SCOPES = ("openid", "profile", "email", "roles", "offline_access")


def prepare(*servers: Gatehouse) -> None:
    """Two clients that nobody trusts yet, and people."""
    for server in servers:
        server.manage("seed_demo_users", "--force")
        for client_id, name, redirect_uri in (("photos", "Photo Album", WEB), ("notes", "Notes", LOOPBACK)):
            server.manage(
                "create_oauth_app",
                f"--client-id={client_id}",
                f"--name={name}",
                f"--redirect-uri={redirect_uri}",
                *(f"--scope={scope}" for scope in SCOPES),
            )


def asked(issuer: str, client_id: str, redirect_uri: str, **more: str) -> str:
    """Where a client sends the browser."""
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "scope": " ".join(SCOPES),
        "state": "a-state",
        "nonce": "a-nonce",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    return f"{issuer}/o/authorize/?{urlencode(query | more)}"


def heading(page: Page, words: str) -> None:
    """Wait for a page by its heading."""
    expect(page.get_by_role("heading", level=1, name=words)).to_be_visible()


def type_in(page: Page, name: str = "alice", password: str = "alicepass") -> None:
    """Fill in the sign-in form and send it."""
    page.get_by_label("Username or e-mail").fill(name)
    page.locator(PASSWORD).fill(password)
    button(page, "Sign in").click()


def signing_in(page: Page, camera: Camera, site: Site) -> None:
    """From a client to its consent page."""
    page.goto(f"{site.issuer}/accounts/login/")
    camera.take("signin-plain")
    page.goto(asked(site.issuer, "photos", WEB))
    heading(page, "Sign in")
    camera.take("signin")
    page.get_by_text("What it asks for").click()
    camera.take("signin-asks")
    button(page, "Sign in").click()
    camera.take("signin-empty")
    type_in(page, password="wrong")
    expect(page.get_by_role("alert")).to_be_visible()
    camera.take("signin-wrong")
    type_in(page)
    heading(page, "Allow Photo Album?")
    camera.take("consent")
    page.goto(asked(site.issuer, "photos", WEB, prompt="select_account"))
    heading(page, "Choose an account")
    camera.take("choose-account")
    page.goto(asked(site.issuer, "photos", WEB, prompt="login"))
    heading(page, "Confirm that it is you")
    camera.take("prove")
    page.locator(PASSWORD).fill("wrong")
    button(page, "Continue").click()
    expect(page.get_by_role("alert")).to_be_visible()
    camera.take("prove-wrong")


def around_it(page: Page, camera: Camera, site: Site) -> None:
    """The start page, signing out, and what an app may do wrong."""
    page.goto(site.issuer)
    heading(page, "You are not signed in")
    camera.take("home-signed-out")
    page.goto(f"{site.issuer}/api/docs/")
    heading(page, "The REST paths")
    camera.take("rest-docs")
    page.goto(f"{site.issuer}/accounts/login/")
    type_in(page, "admin", "adminpass")
    heading(page, "Hello, admin")
    camera.take("home-signed-in")
    page.get_by_role("link", name="Sign out").click()
    heading(page, "Sign out?")
    camera.take("signout")
    page.goto(f"{site.issuer}/o/logout/?{urlencode({'client_id': 'photos'})}")
    heading(page, "Sign out?")
    camera.take("logout-asked")
    button(page, "Sign out").click()
    heading(page, "You are signed out")
    camera.take("logged-out")
    page.goto(asked(site.issuer, "photos", "https://elsewhere.example/"))
    heading(page, "This did not work")
    camera.take("error-authorization")
    page.goto(f"{site.issuer}/accounts/login/")
    for _ in range(5):
        type_in(page, "somebody", "wrong")
        expect(page.get_by_role("alert")).to_be_visible()
    type_in(page, "somebody", "wrong")
    heading(page, "Too many attempts")
    camera.take("error-429")


def resetting(page: Page, camera: Camera, site: Site) -> None:
    """A forgotten password."""
    page.goto(f"{site.issuer}/accounts/password/reset/")
    camera.take("reset")
    button(page, "Send the link").click()
    expect(page.get_by_role("alert")).to_be_visible()
    camera.take("reset-empty")
    page.get_by_role("textbox").fill("admin@example.com")
    button(page, "Send the link").click()
    heading(page, "Look into your mail")
    camera.take("reset-sent")
    site.gatehouse.manage("work", "--once")
    folder = Path(site.gatehouse.environment["EMAIL_URL"].removeprefix("filemail://"))
    link = re.search(rf"{site.issuer}/\S+", "".join(file.read_text() for file in folder.iterdir()))
    assert link
    page.goto(link[0])
    heading(page, "Set a new password")
    camera.take("reset-set")
    for name, password in (("password1", "a long one of mine"), ("password2", "another one")):
        page.locator(f'input[name="{name}"]').fill(password)
    button(page, "Set the password").click()
    expect(page.get_by_role("alert")).to_be_visible()
    camera.take("reset-set-wrong")
    for name in ("password1", "password2"):
        page.locator(f'input[name="{name}"]').fill("a long one of mine")
    button(page, "Set the password").click()
    heading(page, "Your password is set")
    camera.take("reset-done")
    page.goto(link[0])
    heading(page, "This link no longer works")
    camera.take("reset-dead")


def outside_debug(page: Page, camera: Camera, strict: Gatehouse) -> None:
    """What is different outside DEBUG: a client that nobody can tell from another is asked for each time; errors."""
    page.goto(strict.issuer.replace("localhost", "127.0.0.1"))
    camera.take("error-400")
    page.goto(f"{strict.issuer}/nothing/here/")
    camera.take("error-404")
    page.goto(f"{strict.issuer}/accounts/login/")
    page.context.clear_cookies()
    type_in(page)
    heading(page, "This form is out of date")
    camera.take("error-csrf")
    page.goto(f"{strict.issuer}/accounts/login/")
    type_in(page)
    heading(page, "Hello, alice")
    page.goto(asked(strict.issuer, "notes", LOOPBACK))
    heading(page, "Allow Notes?")
    camera.take("consent-loopback")
    page.goto(f"{strict.issuer}/admin/")
    camera.take("error-403")
    with psycopg.connect(strict.database_url, autocommit=True) as connection:
        connection.execute("ALTER TABLE idp_session RENAME TO gone")
    page.goto(strict.issuer)
    camera.take("error-500")
