"""Client authentication (RFC 6749 §2.3)."""

import base64
from datetime import timedelta
from urllib.parse import quote_plus

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from idp.ops import keyring
from oauth_ext.clients import services as clients
from oauth_ext.clients.models import ClientSecret
from oauth_ext.clients.services import ClientSpec, authenticate
from oauth_ext.errors import InvalidClient, InvalidRequest
from oauth_ext.parameters import Parameters

pytestmark = pytest.mark.django_db


def basic(client_id: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{quote_plus(client_id)}:{quote_plus(secret)}".encode()).decode()


def register(client_id: str = "backend", method: str = "client_secret_basic", secret: str | None = None):
    public = method == "none"
    return clients.register(
        ClientSpec(
            client_id=client_id,
            client_type="public" if public else "confidential",
            token_endpoint_auth_method=method,
            redirect_uris=["https://app.example/cb"],
        ),
        secret=secret,
    )


def test_a_secret_in_the_header_and_in_the_body():
    _, secret = register()
    assert authenticate(Parameters([]), basic("backend", secret)).client_id == "backend"
    _, posted = register("poster", "client_secret_post")
    assert authenticate(Parameters([("client_id", "poster"), ("client_secret", posted)]), None).client_id == "poster"


def test_a_public_client_names_itself():
    register("app", "none")
    assert authenticate(Parameters([("client_id", "app")]), None).is_public


def test_header_values_are_form_encoded():
    register("a client", secret="p+%: é")
    assert authenticate(Parameters([]), basic("a client", "p+%: é")).client_id == "a client"


@pytest.mark.parametrize(
    "authorization",
    [
        "Basic",
        "Basic !!!",
        "Basic " + base64.b64encode(b"no-colon").decode(),
        "Basic " + base64.b64encode(b":secret").decode(),
        "Basic " + base64.b64encode(b"\xff\xfe:x").decode(),
        "Basic " + base64.b64encode(b"back%00end:x").decode(),
        "Basic " + base64.b64encode(b"back%FFend:x").decode(),
        "Basic " + base64.b64encode(b"x" * 300 + b":x").decode(),
        "Bearer abc",
        "",
    ],
)
def test_T26_a_malformed_header_is_no_authentication(authorization):
    register()
    with pytest.raises(InvalidClient):
        authenticate(Parameters([("client_id", "backend")]), authorization)


def test_T26_a_confidential_client_without_its_secret_is_refused():
    _, secret = register()
    for parameters, authorization in [
        ([("client_id", "backend")], None),
        ([("client_id", "backend"), ("client_secret", "wrong")], None),
        ([("client_id", "backend"), ("client_secret", secret)], None),  # its method is Basic
        ([], basic("backend", "wrong")),
        ([], basic("backend", "")),
        ([], basic("nobody", secret)),
        ([], None),
    ]:
        with pytest.raises(InvalidClient):
            authenticate(Parameters(parameters), authorization)


def test_T26_a_client_switched_off_is_refused():
    client, secret = register()
    clients.disable(client)
    with pytest.raises(InvalidClient):
        authenticate(Parameters([]), basic("backend", secret))


def test_T27_two_methods_at_once_are_refused():
    _, secret = register()
    with pytest.raises(InvalidRequest):
        authenticate(Parameters([("client_id", "backend"), ("client_secret", secret)]), basic("backend", secret))
    with pytest.raises(InvalidRequest):
        authenticate(Parameters([("client_id", "another")]), basic("backend", secret))
    with pytest.raises(InvalidRequest):
        authenticate(Parameters([("client_assertion", "x.y.z")]), None)


def test_T29_secrets_are_kept_as_keyed_hashes():
    _, secret = register()
    row = ClientSecret.objects.get()
    assert row.key_id == keyring.key_ids()[0]
    assert secret not in (row.digest, row.key_id)
    assert len(secret) >= 43


def test_T29_two_secrets_live_at_once_and_the_third_ends_the_first():
    client, first = register()
    second = clients.add_secret(client)
    for secret in (first, second):
        authenticate(Parameters([]), basic("backend", secret))
    third = clients.add_secret(client)
    for secret in (second, third):
        authenticate(Parameters([]), basic("backend", secret))
    with pytest.raises(InvalidClient):
        authenticate(Parameters([]), basic("backend", first))


def test_T29_an_expired_secret_is_none():
    _, secret = register()
    ClientSecret.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(InvalidClient):
        authenticate(Parameters([]), basic("backend", secret))


def test_T29_a_hash_made_for_one_client_is_nothing_for_another():
    _, secret = register()
    other, _ = register("other")
    ClientSecret.objects.filter(client=other).update(
        digest=ClientSecret.objects.get(client__client_id="backend").digest
    )
    with pytest.raises(InvalidClient):
        authenticate(Parameters([]), basic("other", secret))


def test_T40_an_unknown_client_costs_what_a_wrong_secret_costs(monkeypatch):
    register()
    register("public", "none")
    made = []
    real = keyring.mac
    monkeypatch.setattr(keyring, "mac", lambda *arguments: made.append(arguments) or real(*arguments))
    work = set()
    for client_id in ("backend", "nobody", "public"):
        made.clear()
        with (
            CaptureQueriesContext(
                connection,
            ) as queries,
            pytest.raises(InvalidClient) as refusal,
        ):
            authenticate(Parameters([]), basic(client_id, "wrong"))
        work.add((len(made), len(queries), str(refusal.value)))
    assert len(work) == 1
    assert work.pop()[:2] == (1, 1)
