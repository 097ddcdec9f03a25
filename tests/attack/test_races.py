"""Many at once on one code, one refresh token: over HTTP, against two server processes on PostgreSQL; SQLite too."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import psycopg
import pytest

from tests.dpop import LEFT_OUT, Prover
from tests.factories import SECRET
from tests.http_flow import Deployment, csrf
from tests.oauth_ext.clients.signing import KEYS, assertion, by_assertion, jwks

ROUNDS = 10
AT_ONCE = 32
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
MACHINE = (
    *("--client-id=machine", "--type=confidential", "--auth-method=client_secret_post", f"--secret={SECRET}"),
    *("--grant=client_credentials", "--scope=tokens:introspect"),
)
INVITE = """
import hashlib
from idp.models import Invitation, Role
from idp.users import invitations
made = invitations.invite("KEY@example.com", Role.objects.get(name="user"), None)
Invitation.objects.filter(pk=made.pk).update(key_hash=hashlib.sha256(b"KEY").hexdigest())
"""


@pytest.fixture(scope="module")
def deployment(start_gatehouse):
    with Deployment(start_gatehouse(servers=2)) as deployment:
        yield deployment


@pytest.fixture(scope="module")
def on_sqlite(start_gatehouse):
    with Deployment(start_gatehouse(servers=2, sqlite=True)) as deployment:
        yield deployment


@pytest.fixture(scope="module")
def registering(start_gatehouse):
    with Deployment(start_gatehouse(servers=2, settings={"DYNAMIC_REGISTRATION": "token"})) as deployment:
        yield deployment


def families(deployment: Deployment) -> list[tuple[str, int]]:
    with psycopg.connect(deployment.gatehouse.database_url) as connection:
        return connection.execute("SELECT end_reason, counter FROM oauth_ext_family ORDER BY created_at").fetchall()


def outcomes(responses):
    return Counter((answer.status_code, answer.json().get("error", "")) for answer in responses)


def test_T10_one_code_buys_once_and_the_losers_are_replays(deployment):
    person = deployment.person().sign_in()
    for number in range(ROUNDS):
        before = len(families(deployment))
        answers = deployment.post_all("/o/token/", [person.code()] * AT_ONCE)
        assert outcomes(answers) == {(200, ""): 1, (400, "invalid_grant"): AT_ONCE - 1}, f"round {number}"
        made = families(deployment)[before:]
        assert made == [("code_replay", 0)], f"round {number}"
        bought = next(answer.json() for answer in answers if answer.status_code == 200)
        assert not deployment.is_live(bought["access_token"])


@pytest.mark.full
def test_T10_one_code_buys_once_on_sqlite(on_sqlite):
    person = on_sqlite.person().sign_in()
    for number in range(5):
        answers = on_sqlite.post_all("/o/token/", [person.code()] * 8)
        assert outcomes(answers) == {(200, ""): 1, (400, "invalid_grant"): 7}, f"round {number}"


@pytest.mark.parametrize("where", ["deployment", pytest.param("on_sqlite", marks=pytest.mark.full)])
def test_T23_everybody_who_refreshes_at_once_gets_the_same_successor(where, request):
    deployment = request.getfixturevalue(where)
    person = deployment.person().sign_in()
    for number in range(ROUNDS if where == "deployment" else 5):
        tokens = person.tokens()
        form = {"grant_type": "refresh_token", "client_id": "app", "refresh_token": tokens["refresh_token"]}
        answers = deployment.post_all("/o/token/", [form] * 16)
        assert outcomes(answers) == {(200, ""): 16}, f"round {number}"
        bodies = [answer.json() for answer in answers]
        assert len({body["refresh_token"] for body in bodies}) == 1
        assert len({body["access_token"] for body in bodies}) == 16
        assert deployment.refresh(bodies[0]["refresh_token"]).status_code == 200


def test_T33_of_many_with_one_proof_one_is_answered(deployment):
    prover, url = Prover(), deployment.gatehouse.urls[0]
    deployment.gatehouse.manage("create_oauth_app", *MACHINE)
    form, target = {"grant_type": "client_credentials", "scope": "tokens:introspect"}, f"{url}/o/token/"
    auth = {"client_id": "machine", "client_secret": SECRET}
    nonce = deployment.pool.post(
        target, data=form | auth, headers={"DPoP": prover.proof(target, nonce=LEFT_OUT)}
    ).headers["DPoP-Nonce"]
    for number in range(ROUNDS):
        headers = {"DPoP": prover.proof(target, nonce=nonce)}
        answers = deployment.post_all("/o/token/", [form | auth] * AT_ONCE, headers=headers)
        expected = {(200, ""): 1, (400, "invalid_dpop_proof"): AT_ONCE - 1}
        assert outcomes(answers) == expected, f"round {number}"


def test_T42_a_device_code_buys_once_and_the_losers_are_replays(deployment):
    deployment.gatehouse.manage("create_oauth_app", "--client-id=tv", "--grant=device_code", "--scope=openid")
    person = deployment.person().sign_in()
    for number in range(ROUNDS):
        before = len(families(deployment))
        codes = deployment.pool.post(f"{person.url}/o/device-authorization/", data={"client_id": "tv"}).json()
        person.let_in(codes["user_code"])
        form = {"grant_type": DEVICE, "client_id": "tv", "device_code": codes["device_code"]}
        answers = deployment.post_all("/o/token/", [form] * AT_ONCE)
        assert outcomes(answers) == {(200, ""): 1, (400, "invalid_grant"): AT_ONCE - 1}, f"round {number}"
        assert families(deployment)[before:] == [("code_replay", 0)], f"round {number}"


@pytest.mark.parametrize(
    ("where", "rounds", "at_once"),
    [("deployment", ROUNDS, AT_ONCE), pytest.param("on_sqlite", 5, 8, marks=pytest.mark.full)],
)
def test_9126_4_a_pushed_request_is_taken_up_once(where, rounds, at_once, request):
    deployment = request.getfixturevalue(where)
    person = deployment.person().sign_in()
    for number in range(rounds):
        uri, _ = deployment.push()
        answers = deployment.post_all("/o/authorize/", [{"client_id": "app", "request_uri": uri}] * at_once)
        assert Counter(answer.status_code for answer in answers) == {303: 1, 400: at_once - 1}, f"round {number}"
        begun = next(answer.headers["Location"] for answer in answers if answer.status_code == 303)
        assert "code=" in person.browser.get(begun).headers["Location"]


@pytest.mark.parametrize("where", ["deployment", pytest.param("on_sqlite", marks=pytest.mark.full)])
def test_T28_one_assertion_proves_its_client_once_whoever_sees_it_first(where, request, tmp_path):
    deployment = request.getfixturevalue(where)
    keys = tmp_path / "jwks.json"
    keys.write_text(json.dumps(jwks(KEYS["ES256"])))
    arguments = ["--type", "confidential", "--grant", "client_credentials", "--auth-method", "private_key_jwt"]
    deployment.gatehouse.manage("create_oauth_app", "--client-id", "signer", *arguments, "--jwks", str(keys))
    for number in range(5):
        form = {"grant_type": "client_credentials", **by_assertion(assertion(aud=deployment.gatehouse.issuer))}
        answers = deployment.post_all("/o/token/", [form] * AT_ONCE)
        assert outcomes(answers) == {(200, ""): 1, (401, "invalid_client"): AT_ONCE - 1}, f"round {number}"


@pytest.fixture(scope="module")
def without_grace(start_gatehouse):
    with Deployment(start_gatehouse(servers=2, settings={"REFRESH_TOKEN_GRACE_SECONDS": "0"})) as deployment:
        yield deployment


def test_T22_without_grace_one_of_many_turns_and_the_family_ends(without_grace):
    deployment = without_grace
    person = deployment.person().sign_in()
    for number in range(ROUNDS):
        tokens = person.tokens()
        form = {"grant_type": "refresh_token", "client_id": "app", "refresh_token": tokens["refresh_token"]}
        answers = deployment.post_all("/o/token/", [form] * AT_ONCE)
        assert outcomes(answers) == {(200, ""): 1, (400, "invalid_grant"): AT_ONCE - 1}, f"round {number}"
        assert families(deployment)[-1] == ("refresh_replay", 1), f"round {number}"


@pytest.mark.full
def test_RFC7591_one_initial_access_token_buys_one_client(registering):
    made = registering.gatehouse.manage("create_initial_access_token", "once", "--json")
    headers = {"Authorization": f"Bearer {json.loads(made)['initial_access_token']}"}
    client = {"redirect_uris": ["https://a.example/cb"], "token_endpoint_auth_method": "none"}

    def register(number):
        url = registering.gatehouse.urls[number % 2]
        return registering.pool.post(f"{url}/o/register/", json=client, headers=headers)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert outcomes(pool.map(register, range(AT_ONCE))) == {(201, ""): 1, (401, "invalid_token"): AT_ONCE - 1}
    with psycopg.connect(registering.gatehouse.database_url) as connection:
        registered = "SELECT count(*) FROM oauth_ext_application WHERE registration_source = 'dcr'"
        assert connection.execute(registered).fetchone() == (1,)


@pytest.mark.full
@pytest.mark.parametrize(
    ("where", "at_once"), [("deployment", AT_ONCE), pytest.param("on_sqlite", 8, marks=pytest.mark.full)]
)
def test_one_invitation_makes_one_account_of_many_who_accept_it_at_once(where, at_once, request):
    deployment = request.getfixturevalue(where)
    deployment.gatehouse.manage("shell", "-c", INVITE.replace("KEY", "carol"))
    urls = deployment.gatehouse.urls

    def come(number: int) -> tuple[httpx.Client, dict[str, str], str]:
        browser = deployment.open.enter_context(httpx.Client(base_url=urls[number % len(urls)], timeout=60))
        page = browser.get("/accounts/invitation/carol/", follow_redirects=True)
        typed = {"username": f"carol{number}", "password1": "a long one of hers"}
        return browser, typed | {"csrfmiddlewaretoken": csrf(page)}, str(page.url)

    def accept(browser: httpx.Client, form: dict[str, str], at: str) -> httpx.Response:
        return browser.post("/accounts/invitation/", data=form, headers={"Referer": at})

    with ThreadPoolExecutor(at_once) as pool:
        answers = list(pool.map(lambda ready: accept(*ready), [come(number) for number in range(at_once)]))
    assert Counter(answer.status_code for answer in answers) == {303: 1, 200: at_once - 1}
    assert all("no longer works" in answer.text for answer in answers if answer.status_code == 200)
    people = deployment.gatehouse.manage("shell", "-v0", "-c", "from idp.models import *; print(User.objects.count())")
    assert people.split()[-1] == "3", "alice, admin, and one carol"
