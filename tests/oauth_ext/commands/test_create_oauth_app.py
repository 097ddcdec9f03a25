"""`manage.py create_oauth_app`: the documented clients, and nothing half done."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from oauth_ext.clients.models import Application
from oauth_ext.clients.services import disable
from oauth_ext.resources.models import Resource
from tests.oauth_ext.clients.signing import KEYS, by_assertion, jwks
from tests.oauth_ext.token_endpoint import basic, post

pytestmark = pytest.mark.django_db

MACHINE = ["--client-id=machine", "--type=confidential", "--grant=client_credentials"]
REPORTS = "https://reports.example/api"


def run(*arguments: str, **options: object) -> str:
    out = io.StringIO()
    call_command("create_oauth_app", *arguments, stdout=out, **options)
    return out.getvalue()


def refusal(*arguments: str, **options: object) -> str:
    with pytest.raises(CommandError) as caught:
        run(*arguments, **options)
    assert caught.value.returncode == 1
    return str(caught.value)


def test_without_options_it_is_the_client_of_the_spa():
    assert "Created" in run()
    client = Application.objects.get()
    assert client.client_id == "spa"
    assert client.is_public
    assert client.token_endpoint_auth_method == "none"
    assert client.redirect_uris == ["http://localhost:3000/callback"]
    assert client.post_logout_redirect_uris == ["http://localhost:3000/"]
    assert client.grant_types == ["authorization_code", "refresh_token"]
    common = ["openid", "profile", "email", "roles", "offline_access"]
    assert client.scopes == [*common, "account:read", "account:write"]
    assert client.default_scopes == ["openid"]
    assert client.algorithm == "ES256"
    assert not client.trusted


def test_the_same_again_changes_nothing():
    for arguments in ([], MACHINE, ["--client-id=other", "--redirect-uri=https://other.example/cb"]):
        run(*arguments)
        before = list(Application.objects.order_by("pk").values())
        assert "there already" in run(*arguments)
        assert list(Application.objects.order_by("pk").values()) == before


def test_a_device_has_its_grant_by_the_short_name_and_needs_no_redirect_uri():
    tv = ["--client-id=tv", "--grant=device_code", "--grant=refresh_token"]
    run(*tv)
    client = Application.objects.get()
    assert client.grant_types == ["urn:ietf:params:oauth:grant-type:device_code", "refresh_token"]
    assert (client.redirect_uris, client.default_scopes) == ([], ["openid"])
    assert "there already" in run(*tv)
    assert "--grant" in refusal("--client-id=tv", "--grant=refresh_token")


def test_other_options_on_an_existing_client_are_named():
    run()
    sentence = refusal("--redirect-uri=http://localhost:4000/callback", "--scope=openid", "--id-token-alg=RS256")
    for option in ("--redirect-uri", "--scope", "--id-token-alg"):
        assert option in sentence
    assert "--grant" not in sentence
    assert Application.objects.get().redirect_uris == ["http://localhost:3000/callback"]


def test_another_secret_or_resource_is_a_difference():
    run(*MACHINE, "--resource", REPORTS, secret="the first of two secrets")
    assert "there already" in run(*MACHINE, "--resource", REPORTS, secret="the first of two secrets")
    assert "--secret" in refusal(*MACHINE, "--resource", REPORTS, secret="the second of two secrets")
    assert "--resource" in refusal(*MACHINE, secret="the first of two secrets")


def test_a_client_that_is_switched_off_is_not_there():
    run()
    disable(Application.objects.get())
    assert "switched off" in refusal()


def test_every_option_reaches_the_client():
    run(
        *("--client-id=app", "--name=The App", "--type=confidential", "--auth-method=client_secret_post"),
        *("--grant=authorization_code", "--grant=refresh_token", "--id-token-alg=ES256", "--trusted"),
        *("--redirect-uri=https://app.example/a", "--redirect-uri=https://app.example/b"),
        *("--post-logout-redirect-uri=https://app.example/", "--scope=openid", "--scope=email"),
    )
    client = Application.objects.get()
    assert (client.name, client.client_type, client.token_endpoint_auth_method) == (
        "The App",
        "confidential",
        "client_secret_post",
    )
    assert client.redirect_uris == ["https://app.example/a", "https://app.example/b"]
    assert client.post_logout_redirect_uris == ["https://app.example/"]
    assert (client.scopes, client.default_scopes) == (["openid", "email"], ["openid"])
    assert (client.algorithm, client.trusted) == ("ES256", True)


def test_T13_T14_how_answers_travel_and_whether_requests_are_pushed():
    app = ["--client-id=app", "--redirect-uri=https://app.example/cb"]
    run(*app)
    client = Application.objects.get()
    assert (client.response_modes, client.require_pushed_authorization_requests) == (["query"], False)
    other = ["--response-mode=form_post", "--response-mode=query", "--require-par"]
    sentence = refusal(*app, *other)
    assert "--response-mode" in sentence
    assert "--require-par" in sentence
    strict = ["--client-id=strict", *app[1:], *other]
    run(*strict)
    assert "there already" in run(*strict)
    client = Application.objects.get(client_id="strict")
    assert (client.response_modes, client.require_pushed_authorization_requests) == (["form_post", "query"], True)


def test_id_tokens_are_RS256_unless_it_says_otherwise():
    run("--client-id=app", "--redirect-uri=https://app.example/cb")
    assert Application.objects.get().algorithm == "RS256"


def test_a_generated_secret_works_and_is_shown_once():
    shown = run(*MACHINE).strip().rpartition(" ")[2]
    answer = post("/o/token/", authorization=basic("machine", shown), grant_type="client_credentials")
    assert answer.status == 200
    assert shown not in run(*MACHINE)


def test_a_given_secret_is_never_shown(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("from standard input\n"))
    assert "from standard input" not in run(*MACHINE, "--secret=-")
    authorization = basic("machine", "from standard input")
    assert post("/o/token/", authorization=authorization, grant_type="client_credentials").status == 200


def test_json_is_for_scripts():
    answer = json.loads(run(*MACHINE, "--json"))
    assert (answer["client_id"], answer["created"]) == ("machine", True)
    assert basic("machine", answer["client_secret"])
    assert json.loads(run(*MACHINE, "--json")) == {"client_id": "machine", "created": False}


def test_a_resource_belongs_to_the_client():
    run(*MACHINE, "--resource", REPORTS, "--resource", "https://files.example")
    assert set(Resource.objects.values_list("uri", "owner__client_id")) == {
        (REPORTS, "machine"),
        ("https://files.example", "machine"),
    }


@pytest.mark.parametrize("uri", ["reports", "https://reports.example/#part", "https:reports", "/reports"])
def test_a_resource_is_an_absolute_uri_and_a_bad_one_leaves_no_client(uri):
    assert uri in refusal(*MACHINE, "--resource", REPORTS, "--resource", uri)
    assert not Application.objects.exists()
    assert not Resource.objects.exists()


def test_a_resource_has_one_owner():
    run(*MACHINE, "--resource", REPORTS)
    other = ["--client-id=other", "--type=confidential", "--grant=client_credentials"]
    assert REPORTS in refusal(*other, "--resource", REPORTS)
    assert not Application.objects.filter(client_id="other").exists()


@pytest.mark.parametrize(
    "option",
    [
        "--grant=password",
        "--grant=implicit",
        "--auth-method=client_secret_jwt",
        "--auth-method=tls_client_auth",
        "--id-token-alg=PS384",
        "--id-token-alg=EdDSA",
        "--id-token-alg=HS256",
        "--id-token-alg=none",
        "--response-mode=fragment",
        "--jwks=keys.json",
        "--access-token-seconds=5",
        "--max-age-seconds=5",
        "--scope=unheard-of",
    ],
)
def test_what_does_not_exist_yet_is_refused_by_name(option):
    name, _, value = option.partition("=")
    sentence = refusal("--client-id=app", "--type=confidential", "--redirect-uri=https://app.example/cb", option)
    assert name in sentence
    assert value in sentence or "seconds" in name
    assert not Application.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--secret=x"], "--secret"),
        ([f"--resource={REPORTS}"], "--resource"),
        (["--grant=client_credentials"], "--grant"),
        (["--auth-method=client_secret_basic"], "--auth-method"),
        (["--redirect-uri=http://app.example/cb"], "--redirect-uri"),
        (["--redirect-uri=https://*.example/cb"], "--redirect-uri"),
        (["--client-id=other"], "--redirect-uri"),
        (["--client-id=a:b", "--redirect-uri=https://app.example/cb"], "--client-id"),
    ],
)
def test_what_a_public_client_cannot_be_is_refused_by_name(arguments, named):
    assert named in refusal(*arguments)
    assert not Application.objects.exists()


def test_quiet_means_quiet():
    assert run(verbosity=0) == ""
    assert run(verbosity=0) == ""


def test_a_public_apps_own_scheme_is_a_redirect_uri():
    run("--client-id=phone", "--redirect-uri=com.example.phone:/callback")
    assert Application.objects.get().redirect_uris == ["com.example.phone:/callback"]


def test_T28_a_client_that_signs_is_made_with_its_keys(tmp_path):
    keys = tmp_path / "jwks.json"
    keys.write_text(json.dumps(jwks(KEYS["ES256"])))
    signer = [
        "--client-id=signer",
        "--type=confidential",
        "--grant=client_credentials",
        "--auth-method=private_key_jwt",
    ]
    assert "secret" not in run(*signer, f"--jwks={keys}")
    assert "there already" in run(*signer, f"--jwks={keys}")
    assert post("/o/token/", grant_type="client_credentials", **by_assertion()).status == 200
    keys.write_text(json.dumps(jwks(KEYS["RS256"])))
    assert "--jwks" in refusal(*signer, f"--jwks={keys}")
    there = "https://signer.example/jwks.json"
    assert "--jwks-uri" in refusal(*signer, f"--jwks-uri={there}")
    signer[0] = "--client-id=remote"
    assert "Created" in run(*signer, f"--jwks-uri={there}")
    for wrong, named in (
        ([f"--jwks={keys}", f"--jwks-uri={there}"], "--jwks-uri"),
        ([], "--jwks"),
        (["--secret=x"], "--secret"),
    ):
        assert named in refusal("--client-id=other", *signer[1:], *wrong)


@pytest.mark.parametrize("text", ["no JSON", "[]", "{}", "1"])
def test_T28_a_file_without_keys_is_refused(tmp_path, text):
    keys = tmp_path / "jwks.json"
    keys.write_text(text)
    arguments = ["--type=confidential", "--grant=client_credentials", "--auth-method=private_key_jwt"]
    assert "--jwks" in refusal("--client-id=x", *arguments, f"--jwks={keys}")


def test_a_client_may_have_lifetimes_of_its_own():
    run(*MACHINE, "--access-token-seconds=120", "--max-age-seconds=86400")
    client = Application.objects.get()
    assert (client.access_token_expire_seconds, client.refresh_token_max_age_seconds) == (120, 86400)
    assert "--access-token-seconds" in refusal(*MACHINE, "--max-age-seconds=86400")


def test_an_accent_is_one_that_can_be_read():
    other = ["--client-id=other", "--redirect-uri=https://other.example/cb"]
    assert refusal(*other, "--accent=#ffcc00").startswith("--accent: #ffcc00 on #eef1fc of the light pages has")
    run(*other, "--accent=#0a6b3d")
    assert Application.objects.get().accent == "#0a6b3d"
    assert "--accent" in refusal(*other, "--accent=#b0005e")
