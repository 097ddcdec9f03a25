"""What a thief of the database gets: none of the secrets that a client or a person saw (T31)."""

import base64
import json
import re

import psycopg
import pytest

from tests.http_flow import ALICE, REDIRECT_URI, Deployment, csrf

CLIENT_SECRET = "a-secret-that-only-the-backend-and-we-have-seen"


@pytest.fixture(scope="module")
def mailbox(tmp_path_factory):
    return tmp_path_factory.mktemp("mail")


@pytest.fixture(scope="module")
def deployment(start_gatehouse, mailbox):
    with Deployment(
        start_gatehouse(settings={"EMAIL_URL": f"filemail://{mailbox}", "DYNAMIC_REGISTRATION": "token"})
    ) as deployment:
        yield deployment


def dump(deployment: Deployment) -> str:
    """Every row of every table, as text."""
    with psycopg.connect(deployment.gatehouse.database_url) as connection:
        tables = [
            row[0]
            for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        ]
        assert "oauth_ext_family" in tables
        return "\n".join(
            str(row[0]) for table in tables for row in connection.execute(f'SELECT t::text FROM "{table}" t').fetchall()
        )


def test_T31_a_dump_after_a_full_flow_holds_no_secret(deployment, mailbox):
    deployment.gatehouse.manage(
        *(
            "create_oauth_app",
            "--client-id",
            "backend",
            "--type",
            "confidential",
            "--auth-method",
            "client_secret_post",
        ),
        *("--grant", "client_credentials", "--grant", "authorization_code", "--redirect-uri", REDIRECT_URI),
        *("--secret", "-"),
        stdin=CLIENT_SECRET,
    )
    seen = {"password": ALICE[1], "client secret": CLIENT_SECRET}

    person = deployment.person()
    # a request that waits for a sign-in: its handle is in the browser's address
    waiting = person.browser.get(
        "/o/authorize/",
        params={
            "response_type": "code",
            "client_id": "app",
            "redirect_uri": REDIRECT_URI,
            "scope": "openid",
            "code_challenge": "c" * 43,
            "code_challenge_method": "S256",
        },
    )
    handle = re.search(r"id%3D([\w-]{43})", waiting.headers["Location"])
    assert handle
    seen["handle of a request"] = handle[1]
    seen |= {f"cookie before {name}": value for name, value in person.browser.cookies.items()}
    # and one that was pushed and waits for its browser, one that a browser brought
    seen["name of a pushed request"], seen["verifier of a pushed request"] = deployment.push()
    used, seen["verifier of a used one"] = deployment.push()
    begun = person.browser.get("/o/authorize/", params={"client_id": "app", "request_uri": used}).headers["Location"]
    seen |= {"name of a used one": used, "handle of a used one": begun.rpartition("=")[2]}
    person.sign_in()
    seen |= {f"cookie {name}": value for name, value in person.browser.cookies.items()}

    form = person.code("openid profile email offline_access")
    seen |= {"code": form["code"], "verifier": form["code_verifier"]}
    tokens = deployment.token(**form).json()
    again = deployment.refresh(tokens["refresh_token"]).json()
    own = deployment.token(grant_type="client_credentials", client_id="backend", client_secret=CLIENT_SECRET).json()
    seen |= {
        "access token": tokens["access_token"],
        "refresh token": tokens["refresh_token"],
        "ID token": tokens["id_token"],
        "successor": again["refresh_token"],
        "client's access token": own["access_token"],
    }

    deployment.gatehouse.manage("create_oauth_app", "--client-id=tv", "--grant=device_code", "--scope=openid")
    codes = deployment.pool.post(f"{person.url}/o/device-authorization/", data={"client_id": "tv"}).json()
    seen |= {"device code": codes["device_code"], "user code": codes["user_code"].replace("-", "")}

    made = json.loads(deployment.gatehouse.manage("create_initial_access_token", "for shop", "--uses=2", "--json"))
    seen["initial access token"] = made["initial_access_token"]
    registered = deployment.pool.post(
        f"{person.url}/o/register/",
        json={"redirect_uris": ["https://shop.example/callback"]},
        headers={"Authorization": f"Bearer {seen['initial access token']}"},
    ).json()
    seen |= {name: registered[name] for name in ("client_secret", "registration_access_token")}

    page = person.browser.get("/accounts/password/reset/")
    answer = person.browser.post(
        "/accounts/password/reset/",
        data={"email": "alice@example.com", "csrfmiddlewaretoken": csrf(page)},
        headers={"Referer": str(page.url)},
    )
    assert answer.status_code in {302, 303}, answer.text
    before_mail = dump(deployment)
    deployment.gatehouse.manage("work", "--once")
    mail = "".join(file.read_text() for file in mailbox.iterdir())
    link = re.search(r"/accounts/password/reset/key/(\S+)/", mail)
    assert link, mail
    seen["reset link"] = link[1]
    seen["reset token"] = link[1].partition("-")[2]
    assert person.browser.get(link[0]).status_code in {302, 303}

    text = before_mail + dump(deployment)
    assert "alice@example.com" in text  # it is a dump
    for token in [value for value in seen.values() if value.count(".") == 2]:
        seen[f"signature of {token[:8]}"] = token.rpartition(".")[2]
    seen["MAC of the refresh token"] = tokens["refresh_token"].rpartition(".")[2]
    for name in [name for name in seen if name.startswith("name of")]:
        seen[f"handle in the {name}"] = seen[name].rpartition(":")[2]
    found = [what for what, secret in seen.items() if any(form in text for form in forms_of(secret))]
    assert found == []


def forms_of(secret: str) -> set[str]:
    """The secret as it is, in hex (as PostgreSQL prints bytes) and in Base64."""
    raw = secret.encode()
    return {secret, raw.hex(), base64.b64encode(raw).decode().rstrip("=")}
