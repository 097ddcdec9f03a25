"""What can't be applied is told all at once, by its path, and changes nothing."""

import pytest

from oauth_ext.registration import services as registration
from tests.factories import make_client
from tests.oauth_ext.configuration.calling import MACHINE, apply, plan, refusals

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("section", ["identity_providers", "users", "keys", "Clients"])
def test_what_does_not_exist_yet_is_refused_by_name(section):
    assert "unknown" in refusals(f"{section}: {{}}")[section]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("roles: ", "roles"),
        ("roles: []", "roles"),
        ("roles: {clerk: }", "roles[clerk]"),
        ("roles: {clerk: {}}", "roles[clerk].scopes"),
        ("roles: {clerk: {scopes: users:read}}", "roles[clerk].scopes"),
        ("roles: {clerk: {scopes: [1]}}", "roles[clerk].scopes[0]"),
        ("roles: {clerk: {scopes: [users:read, nonsense]}}", "roles[clerk].scopes[1]"),
        ("roles: {clerk: {scopes: [openid]}}", "roles[clerk].scopes[0]"),
        ("roles: {clerk: {scopes: [], description: 1}}", "roles[clerk].description"),
        ('roles: {clerk: {scopes: [], description: "a\\nb"}}', "roles[clerk].description"),
        ("roles: {clerk: {scopes: [], permissions: []}}", "roles[clerk].permissions"),
        ("roles: {a b: {scopes: []}}", "roles[a b]"),
        ("resources: {reports: {owner: machine}}", "resources[reports]"),
        ("resources: {http://localhost:8000/graphql: {owner: machine}}", "resources[http://localhost:8000/graphql]"),
        ("resources: {https://r.example: {}}", "resources[https://r.example].owner"),
        ("resources: {https://r.example: {owner: nobody}}", "resources[https://r.example].owner"),
        ("resources: {https://r.example: {owner: app}}", "resources[https://r.example].owner"),
        ("resources: {https://r.example: {owner: machine, scopes: []}}", "resources[https://r.example].scopes"),
        ("clients: {spa: {redirect_uris: [http://spa.example/cb]}}", "clients[spa].redirect_uris[0]"),
        ("clients: {spa: {redirect_uris: [https://a.example, https://*.example]}}", "clients[spa].redirect_uris[1]"),
        ("clients: {spa: {}}", "clients[spa].redirect_uris"),
        ("clients: {spa: {redirect_uris: https://a.example}}", "clients[spa].redirect_uris"),
        (
            "clients: {app: {redirect_uris: [https://a.example], grant_types: [password]}}",
            "clients[app].grant_types[0]",
        ),
        ("clients: {app: {redirect_uris: [https://a.example], scopes: [x]}}", "clients[app].scopes[0]"),
        ("clients: {app: {redirect_uris: [https://a.example], trusted: maybe}}", "clients[app].trusted"),
        ("clients: {app: {redirect_uris: [https://a.example], accent: '#ffcc00'}}", "clients[app].accent"),
        ("clients: {app: {redirect_uris: [https://a.example], accent: 112233}}", "clients[app].accent"),
        ("clients: {app: {redirect_uris: [https://a.example], enabled: 1}}", "clients[app].enabled"),
        ("clients: {app: {redirect_uris: [https://a.example], client_type: public}}", "clients[app].client_type"),
        ("clients: {app: {redirect_uris: [https://a.example], client_id: other}}", "clients[app].client_id"),
        (
            "clients: {app: {redirect_uris: [https://a.example], access_token_expire_seconds: 5}}",
            "clients[app].access_token_expire_seconds",
        ),
        (
            "clients: {app: {redirect_uris: [https://a.example], access_token_expire_seconds: true}}",
            "clients[app].access_token_expire_seconds",
        ),
        (
            "clients: {app: {redirect_uris: [https://a.example], id_token_signed_response_alg: none}}",
            "clients[app].id_token_signed_response_alg",
        ),
        ("clients: {app: {redirect_uris: [https://a.example], subject_type: x}}", "clients[app].subject_type"),
        (
            "clients: {app: {redirect_uris: [https://a.example, https://b.example], subject_type: pairwise}}",
            "clients[app].sector_identifier_uri",
        ),
        (
            "clients: {app: {redirect_uris: [https://a.example], default_resources: [https://r.example]}}",
            "clients[app].default_resources[0]",
        ),
        ("clients: {app: {redirect_uris: [https://a.example], jwks: {keys: [{kty: oct, k: x}]}}}", "clients[app].jwks"),
        ("clients: {app: {redirect_uris: [https://a.example], jwks: {keys: [1.5]}}}", "clients[app].jwks.keys[0]"),
        ("clients: {'a:b': {redirect_uris: [https://a.example]}}", "clients[a:b]"),
    ],
)
def test_each_refusal_has_its_path_and_is_the_only_one(text, path):
    make_client()
    make_client("machine", client_type="confidential", grant_types=["client_credentials"])
    assert list(refusals(text)) == [path]


def test_all_that_is_wrong_is_told_at_once_and_nothing_of_the_rest_is_done(monkeypatch):
    monkeypatch.setenv("SECRET", "a secret of the machine")
    text = f"""
roles:
  good: {{scopes: [users:read]}}
  bad: {{scopes: [nonsense]}}
resources:
  https://r.example: {{owner: nobody}}
clients:
  machine: {MACHINE}
  spa: {{redirect_uris: [http://a.example, x], logo: y}}
identities: {{}}
"""
    assert set(refusals(text)) == {
        "identities",
        "roles[bad].scopes[0]",
        "resources[https://r.example].owner",
        "clients[spa].redirect_uris[0]",
        "clients[spa].redirect_uris[1]",
        "clients[spa].logo",
    }


def test_who_registered_itself_is_not_the_files(settings):
    settings.DYNAMIC_REGISTRATION = "open"
    metadata = {"redirect_uris": ["https://self.example/cb"], "token_endpoint_auth_method": "none"}
    client_id = str(registration.register(metadata, None)["client_id"])
    path = f"clients[{client_id}]"
    assert refusals(f"clients: {{'{client_id}': {{redirect_uris: [https://self.example/cb]}}}}")[path]
    assert plan("clients: {}", prune=True) == []
    assert apply("resources: {}", prune=True) == []
