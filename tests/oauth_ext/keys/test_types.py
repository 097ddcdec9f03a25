"""One kind of token is never another: each place takes its own type only (RFC 8725 §3.11)."""

import json
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client

from oauth_ext.keys import services as keys
from oauth_ext.keys.errors import InvalidJWT
from tests.oauth_ext.keys.tokens import claims
from tests.oauth_ext.token_endpoint import get, signed_in

pytestmark = pytest.mark.django_db
TYPES = ("at+jwt", "JWT", "logout+jwt", "secevent+jwt")


def believes(token: str, typ: str) -> bool:
    try:
        return keys.verify(token, typ=typ).claims["sub"] == "somebody"
    except InvalidJWT:
        return False


@pytest.mark.parametrize("wanted", TYPES)
@pytest.mark.parametrize("shown", TYPES)
def test_T47_each_type_is_believed_where_it_belongs_only(shown, wanted):
    assert believes(keys.sign("ES256", claims(), typ=shown), wanted) == (shown == wanted)


@pytest.mark.parametrize("typ", [None, "", "jwt", "AT+JWT", "application/jwt", ["at+jwt"]])
def test_T47_no_type_is_no_type(typ):
    assert not any(believes(keys.sign("ES256", claims(), typ=typ), wanted) for wanted in TYPES)


def tokens() -> dict[str, str]:
    """One of each, all for the same person and client, each as good as it can be but for its type."""
    real = signed_in(scope="openid profile")
    access = keys.verify(real.access_token, typ="at+jwt").claims
    identity = keys.verify(real.tokens["id_token"], typ="JWT").claims
    both = {**identity, **access, "aud": [settings.ISSUER_URL, real.client.client_id]}
    events: dict[str, object] = {"http://schemas.openid.net/event/backchannel-logout": {}}
    return {
        "access": real.access_token,
        "id": real.tokens["id_token"],
        "logout": keys.sign("ES256", {**both, "events": events}, typ="logout+jwt"),
        "other": keys.sign("ES256", both, typ="secevent+jwt"),
    }


def test_T47_at_the_endpoints_too():
    shown = tokens()
    bearer = {name: get("/o/userinfo/", token).status for name, token in shown.items()}
    assert bearer == {"access": 200, "id": 401, "logout": 401, "other": 401}

    def signs_out(token: str) -> int:
        return Client().get(f"/o/logout/?{urlencode({'id_token_hint': token})}").status_code

    hints = {name: signs_out(token) for name, token in shown.items()}
    assert hints == {"access": 400, "id": 200, "logout": 400, "other": 400}

    def validates(token: str) -> bool:
        body = json.dumps({"token": token})
        answer = Client().post("/api/validate-token/", body, content_type="application/json").json()
        return answer["active"] is True

    assert {name: validates(token) for name, token in shown.items()} == {
        "access": True,
        "id": False,
        "logout": False,
        "other": False,
    }
