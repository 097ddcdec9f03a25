"""A JWT is believed as what its type says, and as nothing else (RFC 8725 §3.11)."""

import pytest

from oauth_ext.keys import services as keys
from oauth_ext.keys.errors import InvalidJWT
from tests.oauth_ext.keys.tokens import claims

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
