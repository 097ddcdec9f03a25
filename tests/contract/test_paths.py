"""Every documented path answers the documented methods and no other; what later issues bring is not there yet."""

import pytest
from django.test import Client

from idp import env

pytestmark = pytest.mark.django_db

PATHS = {
    "/o/authorize/": "GET POST",
    "/o/par/": "POST",
    "/o/consent/": "GET POST",
    "/o/decline/": "POST",
    "/o/token/": "POST",
    "/o/revoke_token/": "POST",
    "/o/introspect/": "POST",
    "/o/userinfo/": "GET POST",
    "/o/logout/": "GET POST",
    "/o/device-authorization/": "POST",
    "/o/device/": "GET POST",
    "/accounts/invitation/x/": "GET",
    "/accounts/second-factor/": "GET POST",
    "/accounts/passkeys/options/": "POST",
    "/accounts/identities/": "GET",
    "/accounts/identities/1/unlink/": "GET POST",
    "/.well-known/openid-configuration": "GET",
    "/.well-known/oauth-authorization-server": "GET",
    "/.well-known/oauth-protected-resource": "GET",
    "/.well-known/jwks.json": "GET",
    "/.well-known/change-password": "GET",
    "/api/openapi.json": "GET",
    "/api/docs": "GET",
    "/api/docs/": "GET",
    "/graphql": "POST",
    "/graphql/": "POST",
    **{path + slash: methods for path, methods in {
        "/api/userinfo": "GET",
        "/api/roles": "GET",
        "/api/validate-token": "GET POST",
        "/api/logout": "POST",
    }.items() for slash in ("", "/")},
    "/healthz": "GET",
    "/readyz": "GET",
    "/theme/3454d1-9db2ff.css": "GET",
}  # fmt: skip
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "QUERY")
LATER = ["/metrics"]
# there once somebody switches it on
OFF = [
    "/o/register/",
    "/o/register/x/",
    "/accounts/signup/",
    "/accounts/signup/passkey/",
    "/accounts/signup/passkey/options/",
    "/accounts/verify-email/",
]
NEVER = [
    "/o/applications/",
    "/o/authorized_tokens/",
    "/o/.well-known/jwks.json",
    "/o/device-authorization",
    "/accounts/",
]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", PATHS)
def test_a_path_answers_its_methods_and_no_other(path: str, method: str):
    response = Client().generic(method, path)
    assert response.status_code != 404
    assert (response.status_code == 405) == (method not in PATHS[path].split())
    if response.status_code == 405:
        allowed = set(response.headers["Allow"].split(", "))
        assert allowed - {"HEAD", "OPTIONS"} == set(PATHS[path].split())
    assert response.status_code < 500


@pytest.mark.parametrize("path", [*LATER, *OFF, *NEVER])
def test_nothing_else_is_there(path: str):
    assert {Client().get(path).status_code, Client().post(path).status_code} == {404}


def test_every_documented_setting_has_its_default():
    documented = {
        "ISSUER_URL": "http://localhost:8000",
        "ACCESS_TOKEN_EXPIRE_SECONDS": "600",
        "ID_TOKEN_EXPIRE_SECONDS": "600",
        "REFRESH_TOKEN_EXPIRE_SECONDS": str(30 * 86400),
        "REFRESH_TOKEN_MAX_AGE_SECONDS": str(90 * 86400),
        "REFRESH_TOKEN_GRACE_SECONDS": "10",
    }
    others = (
        "DEBUG SECRET_KEY ENCRYPTION_KEYS ALLOWED_HOSTS DATABASE_URL REDIS_URL TRUSTED_PROXIES CORS_ALLOWED_ORIGINS"
    )
    declared = {setting.name: setting.default for setting in env.SETTINGS}
    assert {name: declared[name] for name in documented} == documented
    assert {*others.split(), "HSTS_SECONDS", "EMAIL_URL", "BFF_CLIENT_SECRET"} <= declared.keys()
