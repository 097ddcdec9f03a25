"""Token exchange (RFC 8693): a service acts for somebody with a token of its own, worth no more than theirs."""

import base64
import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from idp.audit.models import AuditEvent, Event
from idp.users import services as users
from oauth_ext.clients import services as clients
from oauth_ext.clients.models import Application, GrantType
from oauth_ext.families.models import Family
from oauth_ext.resources import services as resources
from oauth_ext.tokens.judging import judge
from tests.dpop import Prover
from tests.factories import REDIRECT_URI, SECRET, make_client, make_user
from tests.oauth_ext.token_endpoint import Answer, get, get_code, post, signed_in, token

pytestmark = pytest.mark.django_db

ORDERS, STOCK, BILLS = "https://orders.example", "https://stock.example", "https://bills.example"
EXCHANGE = GrantType.TOKEN_EXCHANGE.value
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
SCOPE = "openid profile email"


def service(client_id: str, uri: str, *may: str, **spec) -> Application:
    """A service that owns a resource, and may exchange what it receives for others."""
    client = make_client(
        client_id,
        secret=SECRET,
        client_type="confidential",
        redirect_uris=spec.pop("redirect_uris", []),
        grant_types=[EXCHANGE, *spec.pop("grant_types", ["client_credentials"])],
        exchange_resources=list(may),
        scopes=spec.pop("scopes", ["openid", "profile", "roles:read"]),
        **spec,
    )
    resources.register(uri, client.pk)
    return client


@pytest.fixture
def orders():
    return service("orders", ORDERS, STOCK)


@pytest.fixture
def stock():
    return service("stock", STOCK, BILLS)


@pytest.fixture
def bills():
    return service("bills", BILLS)


@pytest.fixture
def alice(orders, stock, bills):
    """Somebody at an app, whose token is for the orders."""
    app = make_client(trusted=True, default_scopes=["openid"])
    return signed_in(app, make_user(), scope=SCOPE, resource=ORDERS)


def exchange(client, subject: str, **changes) -> Answer:
    parameters = {"subject_token": subject, "subject_token_type": ACCESS_TOKEN, "resource": STOCK, **changes}
    return token(client, EXCHANGE, **parameters)


def got(answer: Answer) -> str:
    assert answer.status == 200, answer.body
    return answer.body["access_token"]


def claims(text: str) -> dict[str, Any]:
    part = text.split(".")[1]
    read: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return read


def is_live(text: str, owner) -> bool:
    return bool(post("/o/introspect/", client=owner, token=text).body["active"])


def assert_refused(answer: Answer, error: str = "invalid_request") -> None:
    assert (answer.status, answer.body["error"]) == (400, error), answer.body


# What is granted


def test_8693_2_2_1_a_service_gets_a_token_of_its_own_for_what_it_received(alice, orders, stock):
    answer = exchange(orders, alice.access_token)
    assert answer.body == {
        "access_token": answer.body["access_token"],
        "issued_token_type": ACCESS_TOKEN,
        "token_type": "Bearer",
        "expires_in": answer.body["expires_in"],
        "scope": "openid profile",
    }
    assert answer.response.headers["Cache-Control"] == "no-store"
    told = claims(got(answer))
    assert (told["sub"], told["client_id"], told["aud"]) == (str(alice.user.sub), "orders", STOCK)
    assert told["act"] == {"sub": "orders"}
    assert is_live(got(answer), stock)
    assert not is_live(alice.access_token, stock)


def test_8693_4_1_who_acts_stands_within_who_acts_now(alice, orders, stock, bills):
    first = got(exchange(orders, alice.access_token))
    second = got(exchange(stock, first, resource=BILLS))
    assert claims(second)["act"] == {"sub": "stock", "act": {"sub": "orders"}}
    told = post("/o/introspect/", client=bills, token=second).body
    assert told["act"] == {"sub": "stock", "act": {"sub": "orders"}}
    assert told["sub"] == str(alice.user.sub)


def test_a_client_narrows_what_was_issued_to_itself(orders, alice):
    own = got(token(orders, "client_credentials", scope="roles:read"))
    narrowed = exchange(orders, own, resource=None, scope="roles:read")
    assert narrowed.body["scope"] == "roles:read"


def test_impersonation_is_for_who_is_registered_for_it(alice, orders, stock):
    support = service("support", "https://support.example", STOCK, may_impersonate=True)
    app = make_client("desk", trusted=True, default_scopes=["openid"])
    person = signed_in(app, alice.user, scope=SCOPE, resource="https://support.example")
    text = got(exchange(support, person.access_token))
    assert "act" not in claims(text)
    assert AuditEvent.objects.latest("pk").details["impersonation"] is True
    assert claims(got(exchange(orders, alice.access_token)))["act"] == {"sub": "orders"}


def test_an_actor_is_named_and_bounds_the_scopes(alice, orders):
    helper = make_user("helper")
    signs_in = {"grant_types": ["authorization_code"], "redirect_uris": [REDIRECT_URI], "trusted": True}
    client = service("tool", "https://tool.example", STOCK, **signs_in)
    acting = signed_in(client, helper, scope="openid", resource="https://tool.example")
    app = make_client("desk", trusted=True, default_scopes=["openid"])
    person = signed_in(app, alice.user, scope=SCOPE, resource="https://tool.example")
    answer = exchange(client, person.access_token, actor_token=acting.access_token, actor_token_type=ACCESS_TOKEN)
    assert claims(got(answer))["act"] == {"sub": str(helper.sub)}
    assert answer.body["scope"] == "openid", "the helper's own token has no profile"
    users.deactivate(helper)
    with pytest.raises(Exception, match="token"):
        judge(got(answer), any_audience=True)


# What is refused


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"subject_token": None}, "invalid_request"),
        ({"subject_token": "nonsense"}, "invalid_request"),
        ({"subject_token_type": None}, "invalid_request"),
        ({"subject_token_type": "urn:ietf:params:oauth:token-type:id_token"}, "invalid_request"),
        ({"requested_token_type": "urn:ietf:params:oauth:token-type:refresh_token"}, "invalid_request"),
        ({"actor_token": "x"}, "invalid_request"),
        ({"actor_token": "x", "actor_token_type": ACCESS_TOKEN}, "invalid_request"),
        ({"actor_token_type": ACCESS_TOKEN}, "invalid_request"),
        ({"resource": BILLS}, "invalid_target"),
        ({"resource": "https://nobody.example"}, "invalid_target"),
        ({"resource": "no uri"}, "invalid_target"),
        ({"audience": BILLS}, "invalid_target"),
        ({"scope": "openid email"}, "invalid_scope"),
        ({"scope": "openid roles:read"}, "invalid_scope"),
        ({"scope": "openid nobody:knows"}, "invalid_scope"),
    ],
)
def test_nothing_more_is_got_than_either_has(alice, orders, changes, error):
    parameters = {"subject": alice.access_token, **changes}
    if "subject_token" in changes:
        parameters.pop("subject")
        answer = token(orders, EXCHANGE, subject_token_type=ACCESS_TOKEN, resource=STOCK, **changes)
    else:
        answer = exchange(orders, **parameters)
    assert_refused(answer, error)


def test_somebody_elses_token_for_somebody_else_is_refused_like_a_dead_one(alice, stock):
    words = exchange(stock, alice.access_token).body["error_description"]
    assert words == exchange(stock, "nonsense").body["error_description"]


def test_an_id_token_and_a_refresh_token_are_no_access_tokens(alice, orders):
    for other in (alice.tokens["id_token"], alice.refresh_token):
        assert_refused(exchange(orders, other))


def test_T35_without_the_grant_or_without_a_secret_there_is_no_exchange(alice):
    plain = make_client("plain", client_type="confidential", redirect_uris=[], grant_types=["client_credentials"])
    assert_refused(exchange(plain, alice.access_token), "unauthorized_client")
    assert_refused(exchange(alice.client, alice.access_token), "unauthorized_client")
    with pytest.raises(clients.InvalidClientMetadata):
        make_client("public", grant_types=[EXCHANGE])


def test_nothing_is_exchanged_for_ever(alice, orders):
    Application.objects.filter(pk=orders.pk).update(exchange_resources=[ORDERS])
    text = alice.access_token
    for _ in range(4):
        text = got(exchange(orders, text, resource=ORDERS))
    assert_refused(exchange(orders, text, resource=ORDERS))


def test_it_ends_no_later_than_what_was_given(alice, orders):
    Application.objects.filter(pk=orders.pk).update(access_token_expire_seconds=3600)
    assert claims(got(exchange(orders, alice.access_token)))["exp"] <= claims(alice.access_token)["exp"]


def test_offline_access_is_not_handed_on(orders, stock, bills):
    app = make_client(trusted=True, default_scopes=["openid"])
    Application.objects.filter(pk=orders.pk).update(scopes=["openid", "offline_access"])
    person = signed_in(app, make_user(), scope="openid offline_access", resource=ORDERS)
    answer = exchange(orders, person.access_token)
    assert answer.body["scope"] == "openid"
    assert "refresh_token" not in answer.body


# When it ends


ENDS = {
    "the family": lambda world: Family.objects.get(client=world["app"]).delete(),
    "the person": lambda world: users.deactivate(world["user"]),
    "the exchanging client is switched off": lambda world: Application.objects.filter(client_id="orders").update(
        is_active=False
    ),
    "the exchanging client is not trusted any more": lambda world: Application.objects.filter(
        client_id="orders"
    ).update(epoch=7),
    "the app": lambda world: Application.objects.filter(pk=world["app"].pk).update(epoch=7),
    "it was revoked": lambda world: post("/o/revoke_token/", client=world["orders"], token=world["token"]),
    "what it was exchanged for was revoked": lambda world: post(
        "/o/revoke_token/", client=world["app"], token=world["given"]
    ),
}


@pytest.mark.parametrize("end", ENDS)
def test_T36_what_ends_any_party_ends_it_at_once(alice, orders, stock, end):
    text = got(exchange(orders, alice.access_token))
    assert is_live(text, stock)
    world = {"app": alice.client, "user": alice.user, "orders": orders, "token": text, "given": alice.access_token}
    ENDS[end](world)
    assert not is_live(text, stock)


def test_revoking_an_exchanged_token_ends_what_was_got_for_it_and_nothing_else(alice, orders, stock, bills):
    first = got(exchange(orders, alice.access_token))
    second = got(exchange(stock, first, resource=BILLS))
    assert post("/o/revoke_token/", client=orders, token=first).status == 200
    assert not is_live(first, stock)
    assert not is_live(second, bills)
    assert is_live(alice.access_token, orders)


def test_a_scope_that_is_taken_from_the_exchanging_client_is_gone(alice, orders, stock):
    text = got(exchange(orders, alice.access_token))
    Application.objects.filter(pk=orders.pk).update(scopes=["openid"])
    assert post("/o/introspect/", client=stock, token=text).body["scope"] == "openid"


def test_signing_out_with_an_exchanged_token_signs_nobody_out(alice, orders):
    Application.objects.filter(pk=orders.pk).update(exchange_resources=["http://localhost:8000/graphql"])
    text = got(exchange(orders, alice.access_token, resource="http://localhost:8000/graphql"))
    assert get("/o/userinfo/", text).status == 200
    post("/api/logout/", authorization=f"Bearer {text}")
    assert get("/o/userinfo/", text).status == 401
    assert is_live(alice.access_token, orders)


# Keys (RFC 9449)


def test_T33_a_bound_token_of_the_clients_own_is_exchanged_with_its_key_only(orders, alice):
    prover = Prover()
    own = got(token(orders, "client_credentials", scope="roles:read", proof=prover.proof()))
    assert_refused(exchange(orders, own, resource=None))
    assert_refused(exchange(orders, own, resource=None, proof=Prover().proof()))
    answer = exchange(orders, own, resource=None, proof=prover.proof())
    assert answer.body["token_type"] == "DPoP"
    assert judge(got(answer)).jkt == prover.jkt


def test_T33_what_a_service_received_it_binds_to_a_key_of_its_own(orders, stock, bills):
    theirs, ours = Prover(), Prover()
    app = make_client(trusted=True, default_scopes=["openid"])
    given = got(get_code(app, scope=SCOPE, resource=ORDERS).redeem(proof=theirs.proof()))
    assert claims(given)["cnf"] == {"jkt": theirs.jkt}
    text = got(exchange(orders, given, proof=ours.proof()))
    assert claims(text)["cnf"] == {"jkt": ours.jkt}


# The trail, and the cost


def test_the_trail_says_who_did_it_for_whom(alice, orders):
    text = got(exchange(orders, alice.access_token))
    event = AuditEvent.objects.latest("pk")
    assert (event.event, event.by_client, event.for_user) == (Event.TOKEN_EXCHANGED, "orders", alice.user.sub)
    assert event.details == {
        "given": [claims(alice.access_token)["jti"]],
        "asked": [STOCK],
        "jti": claims(text)["jti"],
        "scope": "openid profile",
        "resources": [STOCK],
        "impersonation": False,
    }
    assert event.network == "127.0.0.0/24"


def test_the_trail_says_what_was_refused_and_why(alice, orders):
    assert_refused(exchange(orders, alice.access_token, resource=BILLS), "invalid_target")
    event = AuditEvent.objects.latest("pk")
    assert event.event == Event.TOKEN_EXCHANGE_REFUSED
    assert event.details["error"] == "invalid_target"
    assert "registered" in event.details["why"]


def verbs(act) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        act()
    return [query["sql"].split()[0] for query in queries if "SAVEPOINT" not in query["sql"]]


def test_statements_of_an_exchange_and_of_what_it_got(alice, orders, stock):
    exchange(orders, alice.access_token)
    assert verbs(lambda: exchange(orders, alice.access_token)) == [*["SELECT"] * 4, "INSERT"]
    text = got(exchange(orders, alice.access_token))
    judge(text, any_audience=True)
    assert verbs(lambda: judge(text, any_audience=True)) == ["SELECT"]
    assert verbs(lambda: judge(alice.access_token, any_audience=True)) == ["SELECT"]
