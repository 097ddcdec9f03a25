"""Signing in by another provider: who is known there is known here by issuer and subject, and by nothing else."""

from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress

from idp.factors import authenticator_app, totp
from idp.models import AuditEvent, Identity, Session, User
from idp.providers import identities, registry
from idp.providers.services import Proof
from idp.users import services as users
from tests.factories import sign_in
from tests.idp.providers.conftest import AT, there_and_back, url_on
from tests.other_provider import CLIENT_ID, SECRET

pytestmark = pytest.mark.django_db
NEW = f"{AT}new/"


def linked(user, other, subject="1001"):
    return identities.link(user, Proof("example", other.issuer, subject, "aal1", []))


def name_oneself(client, username="carol", email="carol@elsewhere.example", **fields):
    return client.post(NEW, {"username": username, "email": email, **fields})


def test_the_button_leads_there_with_all_that_binds_the_answer(client, other, example):
    assert "Continue with Example" in client.get("/accounts/login/").content.decode()
    url = url_on(client.post(AT, {"next": "/o/authorize/?id=x"}))
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert asked["redirect_uri"] == "http://localhost:8000/accounts/providers/example/callback/"
    assert (asked["response_type"], asked["client_id"], asked["scope"]) == ("code", CLIENT_ID, "openid profile email")
    assert asked["code_challenge_method"] == "S256"
    assert min(len(asked["state"]), len(asked["nonce"]), len(asked["code_challenge"])) >= 43


def test_T76_a_stranger_gets_an_account_of_their_own_and_is_known_the_next_time(client, other, example):
    response = there_and_back(client, other, next="/o/authorize/?id=x")
    assert response["Location"] == f"{NEW}?next=%2Fo%2Fauthorize%2F%3Fid%3Dx"
    page = client.get(response["Location"]).content.decode()
    assert 'value="carol@elsewhere.example"' in page
    response = name_oneself(client, next="/o/authorize/?id=x")
    assert (response.status_code, response["Location"]) == (303, "/o/authorize/?id=x")
    carol = User.objects.get(username="carol")
    assert not carol.has_usable_password()
    assert carol.email == "carol@elsewhere.example"
    assert EmailAddress.objects.get(user=carol).verified
    session = Session.objects.get(user=carol)
    assert (session.acr, session.amr) == ("aal1", [])
    client.post("/accounts/logout/")
    other.claims["email"] = "moved@elsewhere.example"
    assert there_and_back(client, other)["Location"] == "/"
    assert Session.objects.filter(user=carol, ended_at=None).count() == 1
    assert Identity.objects.get(user=carol).last_used_at is not None


@pytest.mark.parametrize("verified", [True, False, "true", None])
def test_T76_the_address_of_somebody_else_opens_nothing_of_theirs(client, other, example, alice, verified):
    User.objects.filter(pk=alice.pk).update(email="alice@example.com")
    EmailAddress.objects.create(user=alice, email="alice@example.com", verified=True, primary=True)
    other.claims |= {"email": "alice@example.com", "email_verified": verified, "preferred_username": "alice"}
    response = there_and_back(client, other)
    assert response["Location"] == NEW
    assert not Session.objects.exists()
    assert b"already" in client.get(NEW).content
    assert "taken" in name_oneself(client, "alice", "alice@example.com").content.decode()
    assert name_oneself(client, "mallory", "alice@example.com").status_code == 303
    mallory = User.objects.get(username="mallory")
    assert mallory.email == ""
    assert not EmailAddress.objects.get(user=mallory).verified
    assert Identity.objects.get().user == mallory


@pytest.mark.parametrize(("said", "typed"), [(False, ""), ("true", ""), (1, ""), (True, "other@elsewhere.example")])
def test_an_address_counts_as_theirs_only_if_that_very_one_is_said_to_be_proved(client, other, example, said, typed):
    other.claims["email_verified"] = said
    there_and_back(client, other)
    name_oneself(client, email=typed or "carol@elsewhere.example")
    assert User.objects.get(username="carol").email == ""
    assert not EmailAddress.objects.get().verified


def test_nobody_gets_an_account_where_that_is_not_declared(client, other, declare):
    declare(sign_up=False)
    there_and_back(client, other)
    assert "No account is linked" in client.get(NEW).content.decode()
    assert name_oneself(client).status_code == 200
    assert not User.objects.exists()


def test_the_page_for_a_name_is_for_whoever_came_from_there(client, example):
    assert client.get(NEW)["Location"] == "/accounts/login/"
    assert name_oneself(client)["Location"] == "/accounts/login/"


def test_who_is_switched_off_stays_out(client, other, example, alice):
    linked(alice, other)
    users.deactivate(alice)
    assert there_and_back(client, other).status_code == 400
    assert not Session.objects.exists()


def test_a_provider_that_is_switched_off_is_no_way_in(client, other, example, alice):
    linked(alice, other)
    answer = other.sign_in(url_on(client.post(AT)))
    registry.switch_off(example)
    assert client.get(f"{AT}callback/", answer).status_code == 404
    assert client.post(AT).status_code == 404
    assert "Continue with" not in client.get("/accounts/login/").content.decode()


def test_a_second_factor_is_asked_for_as_after_a_password(client, other, example, alice):
    linked(alice, other)
    setup = authenticator_app.begin(alice, issuer="x")
    raw = totp.base64.b32decode(setup.secret)
    authenticator_app.confirm(alice, totp.code(raw, totp.counter_now() - 1))
    response = there_and_back(client, other, next="/o/authorize/?id=x")
    assert response["Location"].startswith("/accounts/second-factor/?next=")
    assert not Session.objects.exists()
    response = client.post(
        response["Location"], {"code": totp.code(raw, totp.counter_now()), "next": "/o/authorize/?id=x"}
    )
    assert response["Location"] == "/o/authorize/?id=x"
    session = Session.objects.get()
    assert (session.acr, session.amr) == ("aal2", ["otp", "mfa"])


@pytest.mark.parametrize(
    ("trusts", "acr", "amr", "kept"),
    [
        (False, "phr", ["hwk", "mfa"], ("aal1", [])),
        (True, "aal2", ["pwd", "otp", "mfa", "made-up", 7], ("aal2", ["pwd", "otp", "mfa"])),
        (True, "urn:example:gold", "pwd", ("aal1", [])),
        (True, ["aal2"], None, ("aal1", [])),
    ],
)
def test_how_somebody_signed_in_there_counts_only_where_it_is_trusted(
    client, other, declare, alice, trusts, acr, amr, kept
):
    declare(trusts_acr=trusts)
    linked(alice, other)
    other.claims |= {"acr": acr, "amr": amr}
    there_and_back(client, other)
    session = Session.objects.get()
    assert (session.acr, session.amr) == kept


def test_whoever_must_prove_it_again_signs_in_there_anew(client, other, example, alice, leave_reason):
    linked(alice, other)
    session = sign_in(client, alice)
    url = url_on(client.post(AT, {"next": leave_reason(client)}))
    asked = parse_qs(urlsplit(url).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])
    other.claims["auth_time"] = 1
    assert client.get(f"{AT}callback/", other.sign_in(url)).status_code == 400
    url = url_on(client.post(AT, {"next": leave_reason(client)}))
    del other.claims["auth_time"]
    assert client.get(f"{AT}callback/", other.sign_in(url))["Location"] == "/o/authorize/?id=x"
    before = session.auth_time
    session.refresh_from_db()
    assert session.auth_time > before


def test_whoever_is_somebody_else_there_proves_nothing(client, other, example, alice, leave_reason):
    linked(alice, other)
    bob = users.create_user("bob", "bobpass")
    session = sign_in(client, bob)
    url = url_on(client.post(AT, {"next": leave_reason(client)}))
    assert client.get(f"{AT}callback/", other.sign_in(url)).status_code == 400
    before = session.auth_time
    session.refresh_from_db()
    assert session.auth_time == before


def test_who_declines_there_is_told_so(client, other, example):
    answer = other.sign_in(url_on(client.post(AT)))
    del answer["code"]
    response = client.get(f"{AT}callback/", {**answer, "error": "access_denied", "error_description": "<b>no"})
    assert response.status_code == 400
    assert b"<b>" not in response.content


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "private_key_jwt"])
def test_we_prove_there_who_we_are(client, other, declare, method):
    from joserfc import jwt
    from joserfc.jwk import KeySet

    declare(auth_method=method)
    there_and_back(client, other)
    form, authorization = next((form, sent) for form, sent in other.forms if "code" in form)
    keys = client.get(f"{AT}jwks.json").json()
    assert all("d" not in key for key in keys["keys"])
    if method == "private_key_jwt":
        claims = jwt.decode(form["client_assertion"], KeySet.import_key_set(keys), algorithms=["ES256"]).claims
        assert (claims["iss"], claims["sub"], claims["aud"]) == (CLIENT_ID, CLIENT_ID, other.issuer)
        assert "client_secret" not in form
        assert authorization == ""
    else:
        assert keys == {"keys": []}
        assert (SECRET in form.values()) == (method == "client_secret_post")
        assert authorization.startswith("Basic ") == (method == "client_secret_basic")


def test_what_the_id_token_lacks_userinfo_says(client, other, example):
    del other.claims["email"]
    other.userinfo = {"email": "carol@userinfo.example", "email_verified": True}
    there_and_back(client, other)
    assert "carol@userinfo.example" in client.get(NEW).content.decode()


def test_the_secret_is_kept_sealed_and_told_nobody(example):
    assert SECRET not in example.secret
    assert example.secret.startswith("e1.")
    assert SECRET not in str(list(AuditEvent.objects.values()))
