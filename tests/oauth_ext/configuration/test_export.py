"""What is exported is what is applied: nothing differs, whatever there is."""

import pytest

from oauth_ext.clients.models import Application
from oauth_ext.clients.services import disable
from oauth_ext.configuration import services
from oauth_ext.resources.services import register
from tests.factories import make_client
from tests.oauth_ext.clients.signing import KEYS, jwks
from tests.oauth_ext.configuration.calling import HERE, apply, plan

pytestmark = pytest.mark.django_db


def everything() -> None:
    """One of each kind, with every column other than usual somewhere."""
    make_client("spa")
    disable(make_client("off", name="Ünïcode: “yes” # no"))
    server = make_client(
        "server",
        client_type="confidential",
        grant_types=["client_credentials", "urn:ietf:params:oauth:grant-type:token-exchange"],
        scopes=["users:read", "roles:read"],
        redirect_uris=[],
        exchange_resources=["https://x.example"],
        may_impersonate=True,
        accent="#0a6b3d",
        default_resources=["https://r.example"],
        access_token_expire_seconds=120,
        refresh_token_max_age_seconds=86400,
    )
    register("https://r.example", server.pk)
    make_client(
        "123",
        client_type="confidential",
        token_endpoint_auth_method="private_key_jwt",
        jwks=jwks(KEYS["ES256"]),
        algorithm="ES256",
        subject_type="pairwise",
        backchannel_logout_uri="https://app.example/logout",
        post_logout_redirect_uris=["https://app.example/b", "https://app.example/a"],
        dpop_bound_access_tokens=True,
        require_pushed_authorization_requests=True,
        response_modes=["form_post"],
        default_scopes=["openid", "email"],
        trusted=True,
    )
    make_client("no", jwks_uri="https://app.example/keys", scopes=[])


def test_what_is_exported_is_no_difference():
    everything()
    assert plan(services.export(), prune=True) == []


def test_elsewhere_it_makes_the_same_but_for_secrets(monkeypatch):
    everything()
    text = services.export()
    Application.objects.all().delete()
    monkeypatch.setenv("NAME", "another secret of the server")
    assert apply(text.replace("# secret: {env: NAME}  #", "secret: {env: NAME}  #"))
    assert services.export() == text


def test_the_same_rows_are_the_same_text_in_whatever_order_they_came():
    first = {"redirect_uris": ["https://a.example", "https://b.example"], "scopes": ["openid", "email"]}
    for name in ("one", "two"):
        make_client(name, **first)
    text = services.export()
    Application.objects.all().delete()
    for name in ("two", "one"):
        make_client(name, redirect_uris=first["redirect_uris"][::-1], scopes=first["scopes"][::-1])
    assert services.export() == text
    assert services.plan(text.encode(), HERE) == []


def test_with_nothing_there_it_is_a_file_too():
    assert "resources: {}\n\nclients: {}\n" in services.export()
    assert plan(services.export(), prune=True) == []
