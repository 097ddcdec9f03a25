"""What the browser is given to keep."""

import os
import re
from http.cookies import Morsel, SimpleCookie
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from idp.dev.process import free_port
from tests.stack.site import HEADERS, Bff, Site, Visitor


def cookies(response: httpx.Response) -> dict[str, Morsel[str]]:
    """The cookies that the answer sets, with their attributes."""
    return {
        name: morsel
        for header in response.headers.get_list("set-cookie")
        for name, morsel in SimpleCookie(header).items()
    }


def signed_in(visitor: Visitor, login: str) -> httpx.Response:
    """The callback's answer of a sign-in that begins at `login`."""
    return next(answer for answer in visitor.sign_in(login).history if "/bff/callback" in str(answer.url))


def test_T60_cookies_are_out_of_reach_of_scripts_and_other_sites(site: Site, visitor: Visitor) -> None:
    begun = cookies(visitor.get(f"{site.url}/bff/login", follow_redirects=False))
    (signin,) = begun.values()
    assert (signin["httponly"], signin["samesite"].lower(), signin["path"]) == (True, "lax", "/")
    session = cookies(signed_in(visitor, f"{site.url}/bff/login"))["gatehouse_bff_session"]
    assert (session["httponly"], session["samesite"].lower(), session["path"], session["domain"]) == (
        True,
        "strict",
        "/",
        "",
    )


def test_T60_cookies_are_bound_to_the_host_wherever_there_is_https(site: Site, visitor: Visitor) -> None:
    port = free_port()
    with Bff(port, site.folder / "https.log", "https://app.example", site.issuer) as bff:
        begun = visitor.get(f"{bff.address}/bff/login", follow_redirects=False)
        (name, signin), *_ = cookies(begun).items()
        assert name.startswith("__Host-")
        assert signin["secure"] is True
        visitor.follow_redirects = False
        answer = visitor.get(begun.headers["location"])
        answer = visitor.send_form(
            visitor.get(answer.url.join(answer.headers["location"])), login="alice", password="alicepass"
        )
        while not answer.headers["location"].startswith("https://app.example/"):
            answer = visitor.get(answer.url.join(answer.headers["location"]))
        query = urlsplit(answer.headers["location"]).query
        landed = httpx.get(f"{bff.address}/bff/callback?{query}", headers={"Cookie": f"{name}={signin.coded_value}"})
        session = cookies(landed)["__Host-gatehouse_bff_session"]
        assert (session["secure"], session["samesite"].lower(), session["domain"]) == (True, "strict", "")
        assert "max-age=" in landed.headers["strict-transport-security"]


def test_sign_ins_that_nobody_ends_leave_room_for_the_next(site: Site, visitor: Visitor) -> None:
    begun = [
        cookies(visitor.get(f"{site.url}/bff/login?return_to=/{'a' * 4000}", follow_redirects=False)) for _ in range(12)
    ]
    kept = {name: value for name, value in visitor.cookies.items() if name.startswith("gatehouse_bff_signin_")}
    assert set(kept) == {[*answer][-1] for answer in begun[-8:]}
    assert sum(len(name) + len(value) for name, value in kept.items()) < 8 * 1024


def test_T65_cookies_hold_no_token(site: Site, visitor: Visitor) -> None:
    answer = signed_in(visitor, f"{site.url}/bff/login")
    values = [morsel.value for morsel in cookies(answer).values()]
    tokens = site.recorder.tokens()
    assert tokens
    assert not [token for token in tokens for value in values if token in value]
    assert re.fullmatch(r"[\w-]{43}", cookies(answer)["gatehouse_bff_session"].value)


def test_T65_signing_out_ends_the_session_here_before_the_browser_goes_on(site: Site, alice: Visitor) -> None:
    kept = dict(alice.cookies)
    ours = {**HEADERS, "Origin": site.url}
    alice.post(f"{site.url}/bff/graphql", json={"query": "{ me { username } }"}, headers=ours)
    token = site.recorder.to("/graphql")[-1].headers["authorization"]
    answer = alice.post(f"{site.url}/bff/logout", headers=ours)
    assert answer.json() == {"location": "/bff/logout/continue"}
    replayed = httpx.post(f"{site.url}/bff/graphql", json={"query": "{ me { username } }"}, headers=ours, cookies=kept)
    assert replayed.status_code == 401
    late = httpx.post(f"{site.issuer}/graphql", json={"query": "{ me { username } }"}, headers={"Authorization": token})
    assert late.status_code == 401
    left = alice.get(f"{site.url}/bff/logout/continue")
    assert str(left.url) == f"{site.url}/"
    assert 'name="password"' in alice.get(f"{site.url}/bff/login").text


def test_T65_signing_out_works_while_the_server_is_away(site: Site, alice: Visitor) -> None:
    kept = dict(alice.cookies)
    ours = {**HEADERS, "Origin": site.url}
    upstream, site.recorder.upstream = site.recorder.upstream, "http://127.0.0.1:1"
    try:
        assert alice.post(f"{site.url}/bff/logout", headers=ours).status_code == 200
        assert httpx.get(f"{site.url}/bff/session", cookies=kept).json()["authenticated"] is False
    finally:
        site.recorder.upstream = upstream


def test_the_way_out_works_once_and_only_after_signing_out(site: Site, alice: Visitor) -> None:
    early = alice.get(f"{site.url}/bff/logout/continue", follow_redirects=False)
    assert early.headers["location"] == "/"
    alice.post(f"{site.url}/bff/logout", headers={**HEADERS, "Origin": site.url})
    first = alice.get(f"{site.url}/bff/logout/continue", follow_redirects=False)
    assert parse_qs(urlsplit(first.headers["location"]).query)["post_logout_redirect_uri"] == [f"{site.url}/"]
    second = alice.get(f"{site.url}/bff/logout/continue", follow_redirects=False)
    assert second.headers["location"] == "/"


def test_the_log_keeps_no_code_and_no_token(site: Site, visitor: Visitor) -> None:
    answer = signed_in(visitor, f"{site.url}/bff/login")
    code = parse_qs(answer.url.query.decode())["code"][0]
    log = site.bff.log.read_text()
    assert "/bff/callback" in log
    assert not [secret for secret in {code, os.environ["BFF_CLIENT_SECRET"], *site.recorder.tokens()} if secret in log]


@pytest.mark.parametrize("path", ["/", "/callback", "/bff/session", "/config.json", "/nowhere"])
def test_every_answer_carries_the_security_headers(site: Site, visitor: Visitor, path: str) -> None:
    headers = visitor.get(site.url + path).headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert f"connect-src 'self' {site.issuer}" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"


def test_hashed_files_may_be_kept(site: Site, visitor: Visitor) -> None:
    (script,) = re.findall(r'src="(/assets/[^"]+\.js)"', visitor.get(site.url).text)
    assert visitor.get(site.url + script).headers["cache-control"] == "public, max-age=31536000, immutable"
