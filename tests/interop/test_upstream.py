"""Another implementation as the provider to sign in by: panva's oidc-provider, by each way of proving ourselves."""

import json
import re
from collections.abc import Iterator
from ipaddress import ip_network
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx
import pytest
from django.conf import settings as configured
from django.test import Client

from idp.dev.process import Process, free_port
from idp.models import Role, Session, User
from idp.providers import client_authentication, documents, registry
from idp.providers.rules import Rule
from tests.idp.providers.conftest import url_on
from tests.interop import packages
from tests.stack import environment

pytestmark = [pytest.mark.full, pytest.mark.django_db]
SECRET = "a secret of both, long enough"
SCOPES = ["openid", "email", "groups"]
METHODS = ("client_secret_basic", "client_secret_post", "private_key_jwt")


@pytest.fixture
def upstream(settings, tmp_path, request) -> Iterator[str]:
    """The provider's issuer; it is declared here, and we are there, by the method that the test names."""
    settings.OUTBOUND_PRIVATE_NETWORKS = [ip_network("127.0.0.0/8")]
    documents.forget()
    port, method = free_port(), request.param
    issuer = f"http://127.0.0.1:{port}"
    Role.objects.create(name="librarian", scopes=["users:read"])
    rules = [Rule(claim="groups", value="staff", role="librarian")]
    spec = registry.ProviderSpec("Panva's", issuer, "gatehouse", method, SCOPES, sign_up=True, role_rules=rules)
    row = registry.create("panva", spec, secret=SECRET if method in registry.SECRET_METHODS else None)
    client = {
        "client_id": "gatehouse",
        "redirect_uris": [f"{configured.ISSUER_URL}/accounts/providers/panva/callback/"],
        "token_endpoint_auth_method": method,
        "id_token_signed_response_alg": "RS256",
        "scope": " ".join(SCOPES),
    }
    if method == "private_key_jwt":
        client |= {"jwks": client_authentication.public_keys(row), "token_endpoint_auth_signing_alg": "ES256"}
    else:
        client["client_secret"] = SECRET
    packages.install()
    command = [packages.program("node"), "provider.mjs", str(port), json.dumps([client])]
    log = tmp_path / "provider.log"
    process = Process(command, log=log, env=environment.of_process({"NODE_ENV": "test"}), cwd=packages.HERE)
    try:
        process.wait_until(lambda: "listening" in log.read_text())
        yield issuer
    finally:
        process.stop()
        documents.forget()


def through(url: str, browser: httpx.Client) -> dict[str, str]:
    """Type a name in the provider's pages, allow, and return what it sends us back with."""
    for _ in range(10):
        answer = browser.get(url)
        if answer.is_redirect:
            url = urljoin(url, answer.headers["Location"])
        else:
            form = re.search(r'action="([^"]+)"', answer.text)
            prompt = re.search(r'name="prompt" value="(\w+)"', answer.text)
            assert form and prompt, answer.text
            sent = browser.post(
                urljoin(url, form[1]), data={"prompt": prompt[1], "login": "carol", "password": "whatever"}
            )
            url = urljoin(url, sent.headers["Location"])
        if url.startswith(configured.ISSUER_URL):
            return dict(parse_qsl(urlsplit(url).query))
    raise AssertionError(url)


@pytest.mark.parametrize("upstream", METHODS, indirect=True)
def test_T76_people_sign_in_by_it_prove_themselves_anew_and_have_their_role(client: Client, upstream: str):
    with httpx.Client() as browser:
        answer = through(url_on(client.post("/accounts/providers/panva/")), browser)
        assert answer["iss"] == upstream
        response = client.get("/accounts/providers/panva/callback/", answer)
        assert response["Location"] == "/accounts/providers/panva/new/"
        assert "carol@provider.example" in client.get(response["Location"]).content.decode()
        typed = {"username": "carol", "email": "carol@provider.example"}
        assert client.post(response["Location"], typed)["Location"] == "/"
        carol = User.objects.select_related("role").get()
        assert (carol.email, carol.role.name) == ("carol@provider.example", "librarian")
        client.post("/accounts/logout/")
        answer = through(url_on(client.post("/accounts/providers/panva/")), browser)
        assert client.get("/accounts/providers/panva/callback/", answer)["Location"] == "/"
        assert Session.objects.filter(user=carol).count() == 2
        linking = url_on(client.post("/accounts/identities/link/panva/"))
        answer = through(linking, browser)
        assert client.get("/accounts/providers/panva/callback/", answer)["Location"] == "/accounts/identities/"
