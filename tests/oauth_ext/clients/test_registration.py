"""Registering clients by the one service."""

import pytest
from django.db import IntegrityError, transaction

from oauth_ext.clients import services as clients
from oauth_ext.clients.models import Application
from oauth_ext.clients.services import ClientSpec
from oauth_ext.errors import InvalidClientMetadata

pytestmark = pytest.mark.django_db

GOOD = {"client_id": "app", "redirect_uris": ["https://app.example/cb"]}


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("client_id", {"client_id": ""}),
        ("client_id", {"client_id": "a:b"}),
        ("client_id", {"client_id": "a\x00b"}),
        ("redirect_uris", {"redirect_uris": []}),
        ("redirect_uris", {"redirect_uris": ["http://app.example/cb"]}),
        ("post_logout_redirect_uris", {"post_logout_redirect_uris": ["https://app.example/#x"]}),
        ("grant_types", {"grant_types": ["password"]}),
        ("grant_types", {"grant_types": ["authorization_code", "client_credentials"]}),
        ("scopes", {"scopes": ["everything"]}),
        ("default_scopes", {"scopes": ["openid"], "default_scopes": ["email"]}),
        ("token_endpoint_auth_method", {"token_endpoint_auth_method": "client_secret_basic"}),
        ("token_endpoint_auth_method", {"client_type": "confidential"}),
        (
            "token_endpoint_auth_method",
            {"client_type": "confidential", "token_endpoint_auth_method": "client_secret_jwt"},
        ),
        ("jwks", {"client_type": "confidential", "token_endpoint_auth_method": "private_key_jwt"}),
        ("access_token_expire_seconds", {"access_token_expire_seconds": 29}),
        ("access_token_expire_seconds", {"access_token_expire_seconds": 3601}),
        ("refresh_token_max_age_seconds", {"refresh_token_max_age_seconds": 0}),
        ("refresh_token_max_age_seconds", {"refresh_token_max_age_seconds": -60}),
        ("id_token_signed_response_alg", {"algorithm": "HS256"}),
        ("id_token_signed_response_alg", {"algorithm": "none"}),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(field, changes):
    with pytest.raises(InvalidClientMetadata) as refusal:
        clients.register(ClientSpec(**(GOOD | changes)))
    assert field in {name for name, _ in refusal.value.problems}
    assert not Application.objects.exists()


def test_all_problems_are_told_at_once():
    with pytest.raises(InvalidClientMetadata) as refusal:
        clients.register(ClientSpec(client_id="", scopes=["x"], redirect_uris=["/"]))
    assert {name for name, _ in refusal.value.problems} == {"client_id", "scopes", "redirect_uris"}


def test_the_database_holds_that_type_and_method_fit():
    client, _ = clients.register(ClientSpec(**GOOD))
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(pk=client.pk).update(token_endpoint_auth_method="client_secret_basic")


def test_differences_are_named_and_order_is_none():
    spec = ClientSpec(**GOOD, scopes=["openid", "email"])
    client, _ = clients.register(spec)
    assert clients.differences(client, ClientSpec(**GOOD, scopes=["email", "openid"])) == []
    assert clients.differences(client, ClientSpec(**GOOD, scopes=["openid"], trusted=True)) == ["scopes", "trusted"]


def test_another_secret_is_a_difference():
    spec = ClientSpec(**GOOD, client_type="confidential", token_endpoint_auth_method="client_secret_basic")
    client, secret = clients.register(spec)
    assert clients.differences(client, spec, secret=secret) == []
    assert clients.differences(client, spec, secret="another") == ["secret"]


def test_switching_off_raises_the_epoch_and_switching_on_does_not_lower_it():
    client, _ = clients.register(ClientSpec(**GOOD))
    clients.disable(client)
    clients.enable(client)
    client.refresh_from_db()
    assert (client.is_active, client.epoch) == (True, 1)


def test_taking_trust_away_raises_the_epoch():
    client, _ = clients.register(ClientSpec(**GOOD, trusted=True))
    clients.set_trusted(client, trusted=False)
    client.refresh_from_db()
    assert (client.trusted, client.epoch) == (False, 1)
