"""The BFF hears from the server that a session has ended there (OIDC Back-Channel Logout 1.0)."""

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from tests.stack.site import HEADERS, Site, Visitor


def tell(site: Site, **form: str) -> httpx.Response:
    return httpx.post(f"{site.url}/bff/backchannel-logout", data=form)


def is_signed_in(site: Site, visitor: Visitor) -> bool:
    return bool(visitor.get(f"{site.url}/bff/session").json()["authenticated"])


def test_T57_whoever_signs_out_at_the_server_is_signed_out_here(site: Site, alice: Visitor) -> None:
    with Visitor() as other:
        other.sign_in(f"{site.url}/bff/login")
        page = alice.get(f"{site.issuer}/accounts/logout/")
        assert alice.send_form(page).is_success
        assert is_signed_in(site, alice), "nobody has told us yet"
        site.gatehouse.manage("work", "--once")
        assert not is_signed_in(site, alice)
        assert is_signed_in(site, other)
    answer = alice.post(f"{site.url}/bff/graphql", json={"query": "{me{id}}"}, headers={**HEADERS, "Origin": site.url})
    assert answer.status_code == 401


FORGED = jwt.encode({"alg": "ES256", "typ": "logout+jwt", "kid": "x"}, {"sid": "x"}, ECKey.generate_key("P-256"))


@pytest.mark.parametrize("token", ["", "nonsense", "e30.e30.e30", FORGED, "x" * 20_000])
def test_T57_what_the_server_has_not_signed_ends_nothing(site: Site, alice: Visitor, token: str) -> None:
    assert tell(site, logout_token=token).status_code in {400, 413}
    assert tell(site).status_code == 400
    assert is_signed_in(site, alice)


def test_T47_an_id_token_is_no_logout_token(site: Site, alice: Visitor) -> None:
    answered = [exchange.answer for exchange in site.recorder.exchanges if exchange.path == "/o/token/"]
    id_token = httpx.Response(200, text=answered[-1]).json()["id_token"]
    assert tell(site, logout_token=id_token).status_code == 400
    assert is_signed_in(site, alice)
