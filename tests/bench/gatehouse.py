"""Gatehouse as in production, but by plain HTTP on the loopback interface; tokens and codes last as long as the run."""

import hashlib
import json
import secrets
from collections.abc import Sequence
from pathlib import Path

import httpx

from idp.dev.process import free_port
from tests.bench.giving_way import giving_way
from tests.bench.loads import CONNECTIONS, ROUNDS, STORED, Seeds, challenge, codes_for
from tests.bench.servers import Server, granian
from tests.bench.talking import REDIRECT_URI
from tests.browser import Walker
from tests.dpop import LEFT_OUT, Prover
from tests.stack import environment
from tests.stack.gatehouse import manage

# Whom strangers try to sign in as, each once: in `refusals`
PEOPLE = 200
ADD_PEOPLE = f"""
from django.contrib.auth.hashers import make_password
from idp.models import Role, User
hashed, role = make_password("the one that is right for them all"), Role.objects.get(name="user")
names = ["person%d" % number for number in range({PEOPLE})]
User.objects.bulk_create(
    User(username=name, username_key=name, email=name + "@example.com", password=hashed, role=role) for name in names
)
"""


class Gatehouse:
    """A deployment with people and clients in its database, ready to be started."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder, self.database_url = folder, database_url
        self.port, self.secret = free_port(), secrets.token_urlsafe(32)
        self.url = f"http://localhost:{self.port}"
        manifest = folder / "trusted.json"
        manifest.write_text(json.dumps({hashlib.sha256(STORED.encode()).hexdigest(): STORED}))
        self.environment = environment.of_process(
            {
                "ISSUER_URL": self.url,
                "DATABASE_URL": database_url,
                "ACCESS_TOKEN_EXPIRE_SECONDS": "3600",
                "AUTHORIZATION_CODE_EXPIRE_SECONDS": "600",
                "FAMILIES_PER_SESSION_AND_CLIENT": "1000",
                "GRAPHQL_TRUSTED_DOCUMENTS": str(manifest),
                "TRUSTED_PROXIES": "1",
            }
        )
        public = ["--client-id=app", "--trusted", f"--redirect-uri={REDIRECT_URI}", "--id-token-alg=ES256"]
        machine = ["--client-id=machine", "--type=confidential", f"--secret={self.secret}"]
        for command in (
            ["migrate", "-v0"],
            ["seed_demo_users", "--force"],
            ["shell", "-v0", "-c", ADD_PEOPLE],
            ["create_oauth_app", *public],
            ["create_oauth_app", *machine, "--grant=client_credentials", "--scope=tokens:introspect"],
        ):
            manage(self.environment, *command)

    def start(self, *, workers: int = 2) -> Server:
        """Start the server; return once it answers."""
        return self._start(self.port, granian("idp.wsgi:application", self.port, workers=workers))

    def start_for_pages(self) -> Server:
        """Start another one, as one for the pages is to run: all others come first."""
        port = free_port()
        return self._start(port, giving_way(granian("idp.wsgi:application", port)))

    def _start(self, port: int, command: Sequence[str]) -> Server:
        return Server(command, port, self.folder, self.environment, "/healthz")

    def seeds(self, rounds: int = ROUNDS) -> Seeds:
        """Sign alice in, in a browser of its own, and buy at the running server what so many rounds present."""
        verifier = secrets.token_urlsafe(32)
        authorize = authorization(self.url, verifier)
        endpoint = f"{self.url}/o/token/"
        with Walker() as browser:
            wanted = codes_for(rounds) + 3 * CONNECTIONS
            codes = [browser.go(authorize, REDIRECT_URI)["code"] for _ in range(wanted)]
            form = {"grant_type": "authorization_code", "client_id": "app", "redirect_uri": REDIRECT_URI}
            forms = [{**form, "code": code, "code_verifier": verifier} for code in codes[: 3 * CONNECTIONS]]
            bought = [browser.post(endpoint, data=form).json() for form in forms[: 2 * CONNECTIONS]]
            bound = [_bind(browser, endpoint, form) for form in forms[2 * CONNECTIONS :]]
        return Seeds(
            secret=self.secret,
            access_tokens=[tokens["access_token"] for tokens in bought[:CONNECTIONS]],
            refresh_tokens=[tokens["refresh_token"] for tokens in bought[CONNECTIONS:]],
            codes=[(code, verifier) for code in codes[3 * CONNECTIONS :]],
            bound=bound,
            origin=self.url,
        )


def authorization(url: str, verifier: str) -> str:
    """Where a browser asks for a code of `app`, to be redeemed with the verifier."""
    question = {
        "response_type": "code",
        "client_id": "app",
        "redirect_uri": REDIRECT_URI,
        "scope": "openid profile roles",
        "code_challenge": challenge(verifier),
        "code_challenge_method": "S256",
    }
    return str(httpx.URL(f"{url}/o/authorize/", params=question))


def _bind(http: httpx.Client, endpoint: str, form: dict[str, str]) -> tuple[str, str]:
    """Redeem a code with a proof; return the token and the key that it is bound to."""
    prover = Prover()
    asked = http.post(endpoint, data=form, headers={"DPoP": prover.proof(endpoint, nonce=LEFT_OUT)})
    proof = prover.proof(endpoint, nonce=asked.headers["DPoP-Nonce"])
    bought = http.post(endpoint, data=form, headers={"DPoP": proof}).raise_for_status().json()
    assert bought["token_type"] == "DPoP"
    return bought["access_token"], json.dumps(prover.key.as_dict(private=True))
