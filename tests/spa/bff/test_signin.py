"""The two ends of the redirect: off to the server, and back."""

from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from tests.stack.site import Site, Visitor


def begin(site: Site, visitor: Visitor, query: str = "") -> dict[str, str]:
    """The authorization request that a sign-in begins with."""
    location = visitor.get(f"{site.url}/bff/login{query}", follow_redirects=False).headers["location"]
    return {name: value for name, (value,) in parse_qs(urlsplit(location).query).items()}


def come_back(site: Site, visitor: Visitor, **parameters: str) -> httpx.Response:
    return visitor.get(f"{site.url}/bff/callback?{urlencode(parameters)}", follow_redirects=False)


def test_a_sign_in_asks_for_a_code_with_pkce_state_and_nonce(site: Site, visitor: Visitor) -> None:
    first, second = begin(site, visitor), begin(site, visitor, "?prompt=none")
    assert (first["response_type"], first["client_id"], first["code_challenge_method"]) == ("code", "bff", "S256")
    assert first["redirect_uri"] == f"{site.url}/bff/callback"
    assert second["prompt"] == "none"
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name]) >= 43
        assert first[name] != second[name]


def test_a_fresher_or_stronger_sign_in_is_asked_for_and_nothing_else(site: Site, visitor: Visitor) -> None:
    asked = begin(site, visitor, "?max_age=300&acr_values=aal2+phr&scope=users%3Awrite&client_id=spa")
    assert (asked["max_age"], asked["acr_values"]) == ("300", "aal2 phr")
    assert (asked["client_id"], "users" in asked["scope"]) == ("bff", False)
    assert {"max_age", "acr_values"}.isdisjoint(begin(site, visitor))


@pytest.mark.parametrize(
    "query",
    [
        "max_age=",
        "max_age=-1",
        "max_age=x",
        "max_age=9999999",
        "acr_values=",
        "acr_values=a%0Ab",
        "acr_values=aal2%26x",
        "acr_values=" + "a" * 129,
        "max_age=1&max_age=2",
    ],
)
def test_what_can_not_be_asked_for_is_refused(site: Site, visitor: Visitor, query: str) -> None:
    assert visitor.get(f"{site.url}/bff/login?{query}", follow_redirects=False).status_code == 400


def test_a_person_comes_back_to_where_they_were(site: Site, visitor: Visitor) -> None:
    assert str(visitor.sign_in(f"{site.url}/bff/login?return_to=/callback").url) == f"{site.url}/callback"


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "/\\evil.example", "https://evil.example", "evil", "/%0d%0aX: y", "/a\\b", "/é", ""]
)
def test_nobody_is_led_elsewhere(site: Site, visitor: Visitor, elsewhere: str) -> None:
    begun = visitor.sign_in(f"{site.url}/bff/login?{urlencode({'return_to': elsewhere})}")
    landed = next(answer for answer in begun.history if "/bff/callback" in str(answer.url)).headers["location"]
    assert not urlsplit(landed).netloc
    assert landed.startswith("/")
    assert not landed.startswith(("//", "/\\"))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"iss": "http://evil.example"}, "issuer_mismatch"),
        ({"iss": ""}, "issuer_mismatch"),
        ({"iss": "http://evil.example", "error": "access_denied"}, "issuer_mismatch"),
        ({"error": "access_denied"}, "access_denied"),
        ({"error": "<script>"}, "refused"),
        ({"code": ""}, "refused"),
        ({"state": "made-up-state"}, "unknown_signin"),
        ({"state": ""}, "unknown_signin"),
        ({"code": "made-up"}, "code_rejected"),
    ],
)
def test_an_answer_that_does_not_fit_signs_nobody_in(
    site: Site, visitor: Visitor, changes: dict[str, str], reason: str
) -> None:
    asked = begin(site, visitor)
    seen = len(site.recorder.to("/o/token/"))
    answer = come_back(site, visitor, **{"code": "c", "state": asked["state"], "iss": site.issuer, **changes})
    assert answer.headers["location"] == f"/?signin_error={reason}"
    assert "gatehouse_bff_session" not in visitor.cookies
    assert len(site.recorder.to("/o/token/")) == seen + (reason == "code_rejected")


def test_an_answer_is_taken_in_the_browser_that_asked(site: Site, visitor: Visitor) -> None:
    asked = begin(site, visitor)
    with Visitor() as other:
        begin(site, other)
        answer = come_back(site, other, code="c", state=asked["state"], iss=site.issuer)
    assert answer.headers["location"] == "/?signin_error=unknown_signin"


def test_an_answer_is_taken_once(site: Site, visitor: Visitor) -> None:
    landed = visitor.sign_in(f"{site.url}/bff/login")
    callback = next(answer.url for answer in landed.history if "/bff/callback" in str(answer.url))
    assert visitor.get(callback, follow_redirects=False).headers["location"] == "/?signin_error=unknown_signin"


def test_two_sign_ins_of_one_browser_do_not_cross(site: Site, visitor: Visitor) -> None:
    first, second = begin(site, visitor), begin(site, visitor)
    for asked in (second, first):
        answer = come_back(site, visitor, error="access_denied", state=asked["state"], iss=site.issuer)
        assert answer.headers["location"] == "/?signin_error=access_denied"


def test_a_new_sign_in_ends_the_session_before(site: Site, alice: Visitor) -> None:
    before = dict(alice.cookies)
    alice.get(f"{site.url}/bff/login")
    assert alice.cookies["gatehouse_bff_session"] != before["gatehouse_bff_session"]
    assert httpx.get(f"{site.url}/bff/session", cookies=before).json()["authenticated"] is False


def test_a_session_that_ended_at_the_server_ends_here(site: Site, alice: Visitor) -> None:
    """The server's word on the token is asked at each call; a refusal that stands ends the session."""
    headers = {"X-Gatehouse-BFF": "1", "Origin": site.url, "Content-Type": "application/json"}
    ending = alice.post(f"{site.url}/bff/graphql", json={"query": "mutation { logout { loggedOut } }"}, headers=headers)
    assert ending.json() == {"data": {"logout": {"loggedOut": True}}}
    assert alice.post(f"{site.url}/bff/graphql", json={"query": "{ me { sub } }"}, headers=headers).status_code == 401
    assert alice.get(f"{site.url}/bff/session").json()["authenticated"] is False
