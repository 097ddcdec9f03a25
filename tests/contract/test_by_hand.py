"""The documented manual set-up, command by command, and what it promises over HTTP."""

import re
from collections.abc import Iterator
from importlib.metadata import version

import httpx
import pytest
from joserfc import jws
from packaging.requirements import Requirement

from tests.browser import Walker
from tests.contract.by_hand import ISSUER, ByHand
from tests.factories import pkce
from tests.stack.gatehouse import ROOT

REDIRECT_URI = "http://localhost:3000/callback"
SCOPE = "openid profile email roles"
COMMANDS = {
    "migrate": ("migrate",),
    "migrate again": ("migrate",),
    "seed": ("seed_demo_users",),
    "seed again": ("seed_demo_users",),
    "client": ("create_oauth_app",),
    "client again": ("create_oauth_app",),
    "another client": ("create_oauth_app", "--redirect-uri", "http://localhost:4000/callback"),
    "role": ("set_role", "alice", "admin"),
    "role back": ("set_role", "alice", "user"),
    "reset": ("work", "--once"),
}


class SetUp:
    """The set-up as done: what each command said, and the running server."""

    def __init__(self, by_hand: ByHand) -> None:
        self.folder, self.by_hand = by_hand.folder, by_hand
        self.done = {name: by_hand.run(*arguments) for name, arguments in COMMANDS.items()}
        by_hand.serve()
        self.http = httpx.Client(base_url=by_hand.url, timeout=30)

    def tokens(self, browser: Walker) -> dict[str, str]:
        """Alice's tokens for the client `spa`, by a sign-in from the first page on."""
        pair = pkce()
        question = {
            "response_type": "code",
            "client_id": "spa",
            "redirect_uri": REDIRECT_URI,
            "scope": SCOPE,
            "state": "s",
            "code_challenge": pair.challenge,
            "code_challenge_method": "S256",
        }
        answer = browser.go(str(httpx.URL(f"{self.by_hand.url}/o/authorize/", params=question)), REDIRECT_URI)
        assert answer == {"code": answer["code"], "state": "s", "iss": ISSUER}
        redeemed = self.http.post(
            "/o/token/",
            data={
                "grant_type": "authorization_code",
                "client_id": "spa",
                "code": answer["code"],
                "redirect_uri": REDIRECT_URI,
                "code_verifier": pair.verifier,
            },
        )
        assert redeemed.status_code == 200, redeemed.text
        tokens: dict[str, str] = redeemed.json()
        return tokens

    def get(self, path: str, token: str) -> httpx.Response:
        return self.http.get(path, headers={"Authorization": f"Bearer {token}"})

    def post(self, path: str, token: str, **body: object) -> httpx.Response:
        return self.http.post(path, json=body, headers={"Authorization": f"Bearer {token}"})


@pytest.fixture(scope="module")
def set_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SetUp]:
    with ByHand(tmp_path_factory.mktemp("by-hand")) as by_hand:
        set_up = SetUp(by_hand)
        with set_up.http:
            yield set_up


@pytest.fixture
def browser() -> Iterator[Walker]:
    with Walker() as browser:
        yield browser


@pytest.fixture
def tokens(set_up: SetUp, browser: Walker) -> dict[str, str]:
    return set_up.tokens(browser)


def test_each_command_does_what_it_is_documented_to_do(set_up: SetUp):
    said = {name: (done.returncode, done.stdout.strip(), done.stderr) for name, done in set_up.done.items()}
    assert not (set_up.folder / ".env").exists()
    assert (set_up.folder / "db.sqlite3").exists()
    assert "Applying" in said["migrate"][1]
    assert "No migrations to apply" in said["migrate again"][1]
    assert "already" in said["seed again"][1]
    assert said["seed"][1] != said["seed again"][1]
    assert "Created" in said["client"][1]
    assert "there already" in said["client again"][1]
    code, _, refusal = said.pop("another client")
    assert code == 1
    assert "--redirect-uri" in refusal
    assert "Traceback" not in refusal
    assert said["role"][1] == "alice now has the role admin"
    assert {name: code for name, (code, _, _) in said.items() if code} == {}
    assert {name: error for name, (_, _, error) in said.items() if "Warning" in error or "Traceback" in error} == {}


def test_the_packages_that_are_pinned_are_those_that_the_tests_run_with():
    pins = re.findall(r"^(\S.*?) \\\n((?: +--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", _requirements(), re.MULTILINE)
    wanted = [Requirement(line) for line, _ in pins]
    assert len(wanted) == len(re.findall(r"^[a-z0-9]", _requirements(), re.MULTILINE)) > 30
    here = [pin for pin in wanted if pin.marker is None or pin.marker.evaluate()]
    assert [str(pin) for pin in here if not pin.specifier.contains(version(pin.name))] == []
    assert "gatehouse" not in {pin.name for pin in wanted}


def _requirements() -> str:
    return (ROOT / "requirements.txt").read_text()


def test_the_answer_brings_access_and_refresh_token(set_up: SetUp, tokens: dict[str, str]):
    assert tokens.items() >= {"token_type": "Bearer", "expires_in": 600, "scope": SCOPE}.items()
    assert jws.extract_compact(tokens["id_token"].encode()).headers()["alg"] == "ES256"
    form = {"grant_type": "refresh_token", "client_id": "spa", "refresh_token": tokens["refresh_token"]}
    refreshed = set_up.http.post("/o/token/", data=form)
    assert refreshed.status_code == 200
    assert refreshed.json().keys() >= {"access_token", "refresh_token", "expires_in"}


@pytest.mark.parametrize("path", ["/graphql", "/graphql/"])
def test_graphql_knows_me(set_up: SetUp, tokens: dict[str, str], path: str):
    query = "{ me { username email role roles { name } } roles { name } validateToken { active clientId } }"
    answer = set_up.post(path, tokens["access_token"], query=query)
    assert answer.status_code == 200
    assert answer.json()["data"] == {
        "me": {"username": "alice", "email": "alice@example.com", "role": "user", "roles": [{"name": "user"}]},
        "roles": [{"name": "user"}],
        "validateToken": {"active": True, "clientId": "spa"},
    }


@pytest.mark.parametrize("slash", ["", "/"])
def test_the_rest_paths_answer_with_and_without_their_slash(set_up: SetUp, tokens: dict[str, str], slash: str):
    token = tokens["access_token"]
    me = set_up.get(f"/api/userinfo{slash}", token)
    assert me.status_code == 200
    assert {"sub", "username", "email", "first_name", "last_name", "role", "roles"} <= me.json().keys()
    roles = set_up.get(f"/api/roles{slash}", token)
    assert [role.keys() >= {"name", "description", "scopes"} for role in roles.json()["roles"]] == [True]
    for answer in (set_up.get(f"/api/validate-token{slash}", token), set_up.post(f"/api/validate-token{slash}", token)):
        assert answer.json().keys() >= {"active", "sub", "username", "client_id", "scope", "role", "exp", "iat"}
        assert answer.json()["active"] is True
    given = set_up.http.post(f"/api/validate-token{slash}", data={"token": token})
    assert given.json()["username"] == "alice"
    gone = set_up.post(f"/api/logout{slash}", token)
    assert (gone.status_code, gone.json()) == (200, {"logged_out": True})
    assert set_up.get(f"/api/userinfo{slash}", token).status_code == 401


def test_userinfo_and_introspection_for_the_browser_client(set_up: SetUp, tokens: dict[str, str]):
    userinfo = set_up.get("/o/userinfo/", tokens["access_token"]).json()
    assert userinfo["preferred_username"] == "alice"
    form = {"client_id": "spa", "token": tokens["access_token"]}
    own = set_up.http.post("/o/introspect/", data=form).json()
    assert (own["active"], own["sub"], own["iss"]) == (True, userinfo["sub"], ISSUER)
    nobody = set_up.http.post("/o/introspect/", data={"token": tokens["access_token"]})
    assert (nobody.status_code, nobody.json()["error"]) == (401, "invalid_client")


def test_signing_out_kills_the_token_and_the_session(set_up: SetUp, browser: Walker, tokens: dict[str, str]):
    answer = set_up.post("/graphql", tokens["access_token"], query="mutation { logout { loggedOut } }")
    assert answer.json()["data"] == {"logout": {"loggedOut": True}}
    assert set_up.get("/o/userinfo/", tokens["access_token"]).status_code == 401
    form = {"grant_type": "refresh_token", "client_id": "spa", "refresh_token": tokens["refresh_token"]}
    assert set_up.http.post("/o/token/", data=form).json()["error"] == "invalid_grant"
    assert 'name="password"' in browser.get(f"{set_up.by_hand.url}/accounts/login/").text


def test_the_sign_in_page_has_its_style(set_up: SetUp):
    page = set_up.http.get("/accounts/login/")
    sheets = re.findall(r'<link[^>]+href="([^"]+\.css)"', page.text)
    assert sheets
    assert {set_up.http.get(sheet).status_code for sheet in sheets} == {200}


def test_a_forgotten_password_is_mailed_to_the_console(set_up: SetUp, browser: Walker):
    page = browser.get(f"{set_up.by_hand.url}/accounts/password/reset/")
    assert browser.send_form(page, email="alice@example.com").status_code in {302, 303}
    mail = set_up.by_hand.run("work", "--once").stdout
    assert "To: alice@example.com" in mail
    assert f"{ISSUER}/accounts/password/reset/key/" in mail


def test_the_environment_wins_over_the_file(set_up: SetUp):
    (set_up.folder / "other.env").write_text("ID_TOKEN_EXPIRE_SECONDS=soon\n")
    read = {"ENV_FILE": "other.env"}
    refused = set_up.by_hand.run("check", env=read)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert re.fullmatch(r"[^\n]*ID_TOKEN_EXPIRE_SECONDS[^\n]*\n", refused.stderr)
    assert set_up.by_hand.run("check", env={**read, "ID_TOKEN_EXPIRE_SECONDS": "90"}).returncode == 0
