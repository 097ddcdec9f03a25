"""The three servers under granian, alike, and the CPU that their processes have used."""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import httpx
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from idp.dev.process import Process, free_port
from tests.bench.loads import CODES, CONNECTIONS, REDIRECT_URI, Seeds, challenge
from tests.browser import Walker
from tests.dpop import LEFT_OUT, Prover
from tests.stack import environment
from tests.stack.gatehouse import ROOT, manage

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
GRANIAN = [
    *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--no-ws"),
    *("--workers", "2", "--blocking-threads", "32", "--backlog", "256"),
]


class Server:
    """A server process with its two workers. A context manager."""

    def __init__(self, application: str, port: int, folder: Path, env: Mapping[str, str], probe: str) -> None:
        self.port, self.url = port, f"http://localhost:{port}"
        before = descendants(os.getpid())
        log = folder / f"{port}.log"
        self._process = Process([*GRANIAN, "--port", str(port), application], log=log, env=env, cwd=ROOT)
        self._process.wait_until(lambda: self._answers(probe))
        self.processes = descendants(os.getpid()) - before

    def cpu(self) -> float:
        """Seconds of CPU that it has used."""
        return cpu(self.processes)

    def _answers(self, path: str) -> bool:
        try:
            return httpx.get(self.url + path).is_success
        except httpx.TransportError:
            return False

    def stop(self) -> None:
        self._process.stop()


def hello(folder: Path) -> Server:
    return Server("tests.bench.hello:application", free_port(), folder, environment.of_process({}), "/hello")


def plain_dot(folder: Path, database_url: str) -> tuple[Server, Seeds]:
    key = rsa.generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    env = environment.of_process({"DATABASE_URL": database_url, "OIDC_KEY": key.decode()})
    env["DJANGO_SETTINGS_MODULE"] = "tests.bench.plain_dot.settings"
    command = [sys.executable, "-m", "tests.bench.plain_dot.seed"]
    made = subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE, text=True)
    probe = "/o/.well-known/openid-configuration"
    server = Server("tests.bench.plain_dot.wsgi:application", free_port(), folder, env, probe)
    return server, Seeds(**json.loads(made.stdout))


def gatehouse(folder: Path, database_url: str) -> tuple[Server, Seeds]:
    """As in production, but by plain HTTP on the loopback interface; tokens and codes last as long as the run."""
    port, secret = free_port(), secrets.token_urlsafe(32)
    env = environment.of_process(
        {
            "ISSUER_URL": f"http://localhost:{port}",
            "DATABASE_URL": database_url,
            "ACCESS_TOKEN_EXPIRE_SECONDS": "3600",
            "AUTHORIZATION_CODE_EXPIRE_SECONDS": "600",
            "FAMILIES_PER_SESSION_AND_CLIENT": "1000",
            "TRUSTED_PROXIES": "1",
        }
    )
    public = ["--client-id=app", "--trusted", f"--redirect-uri={REDIRECT_URI}", "--id-token-alg=ES256"]
    machine = ["--client-id=machine", "--type=confidential", f"--secret={secret}", "--grant=client_credentials"]
    for command in (
        ["migrate", "-v0"],
        ["seed_demo_users", "--force"],
        ["shell", "-v0", "-c", ADD_PEOPLE],
        ["create_oauth_app", *public],
        ["create_oauth_app", *machine, "--scope=tokens:introspect"],
    ):
        manage(env, *command)
    server = Server("idp.wsgi:application", port, folder, env, "/healthz")
    return server, _sign_in(server.url, secret)


def _sign_in(url: str, secret: str) -> Seeds:
    verifier = secrets.token_urlsafe(32)
    question = {
        "response_type": "code",
        "client_id": "app",
        "redirect_uri": REDIRECT_URI,
        "scope": "openid profile roles",
        "code_challenge": challenge(verifier),
        "code_challenge_method": "S256",
    }
    authorize = str(httpx.URL(f"{url}/o/authorize/", params=question))
    with Walker() as browser:
        codes = [browser.go(authorize, REDIRECT_URI)["code"] for _ in range(CODES + 3 * CONNECTIONS)]
        form = {"grant_type": "authorization_code", "client_id": "app", "redirect_uri": REDIRECT_URI}
        bought = [
            browser.post(f"{url}/o/token/", data={**form, "code": code, "code_verifier": verifier}).json()
            for code in codes[: 2 * CONNECTIONS]
        ]
        bound = [
            _bind(browser, f"{url}/o/token/", {**form, "code": code, "code_verifier": verifier})
            for code in codes[2 * CONNECTIONS : 3 * CONNECTIONS]
        ]
    return Seeds(
        secret=secret,
        access_tokens=[tokens["access_token"] for tokens in bought[:CONNECTIONS]],
        refresh_tokens=[tokens["refresh_token"] for tokens in bought[CONNECTIONS:]],
        codes=[(code, verifier) for code in codes[3 * CONNECTIONS :]],
        bound=bound,
        origin=url,
    )


def _bind(http: httpx.Client, endpoint: str, form: dict[str, str]) -> tuple[str, str]:
    """Redeem a code with a proof; return the token and the key that it is bound to."""
    prover = Prover()
    asked = http.post(endpoint, data=form, headers={"DPoP": prover.proof(endpoint, nonce=LEFT_OUT)})
    proof = prover.proof(endpoint, nonce=asked.headers["DPoP-Nonce"])
    bought = http.post(endpoint, data=form, headers={"DPoP": proof}).raise_for_status().json()
    assert bought["token_type"] == "DPoP"
    return bought["access_token"], json.dumps(prover.key.as_dict(private=True))


def descendants(ancestor: int) -> set[int]:
    """Every process below that one."""
    found: set[int] = set()
    new = {ancestor}
    while new:
        below = (Path(f"/proc/{pid}/task").glob("*/children") for pid in new)
        new = {int(child) for files in below for file in files for child in file.read_text().split()}
        found |= new
    return found


def cpu(processes: set[int]) -> float:
    """Seconds of CPU that the processes' threads have used, in user and system mode.

    To the nanosecond, as the scheduler counts them: `utime` and `stime` are sampled, a hundred times a second.
    """
    files = (file for pid in processes for file in Path(f"/proc/{pid}/task").glob("*/schedstat"))
    return sum(int(file.read_text().split()[0]) for file in files) / 1e9


def postgres() -> set[int]:
    """The processes of the PostgreSQL that we started."""
    ours = descendants(os.getpid())
    return {pid for pid in ours if Path(f"/proc/{pid}/comm").read_text().strip() == "postgres"}
