"""What is asked of whom (OIDC Core §3.1.2.1, §3.1.2.3)."""

from datetime import timedelta
from typing import NamedTuple

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from idp.models import Session, User
from oauth_ext.authorization.models import AuthorizationCode, AuthorizationRequest
from oauth_ext.clients.models import Application
from oauth_ext.consents import services as consents
from tests import factories
from tests.factories import Response, answer_of
from tests.oauth_ext.authorization import tokens
from tests.oauth_ext.authorization.steps import ask, decide, handle_of, location, post, stays

SIGN_IN, SIGN_UP, CHOOSE, CONSENT = "sign in", "sign up", "choose an account", "consent"
NOBODY, ALICE, STALE_ALICE = "nobody", "alice", "alice an hour ago"


class Case(NamedTuple):
    """One request: who is signed in, what is asked, and where it leads: to a page, to a code, or to an error."""

    who: str
    changes: dict[str, str | None]
    leads_to: str
    consented: bool = False
    trusted: bool = False
    sign_up: bool = True


CASES = {
    "nobody signs in": Case(NOBODY, {}, SIGN_IN, trusted=True),
    "none, nobody": Case(NOBODY, {"prompt": "none"}, "login_required", trusted=True),
    "none, trusted": Case(ALICE, {"prompt": "none"}, "code", trusted=True),
    "none, consented": Case(ALICE, {"prompt": "none"}, "code", consented=True),
    "none, not consented": Case(ALICE, {"prompt": "none"}, "consent_required"),
    "none, too old": Case(STALE_ALICE, {"prompt": "none", "max_age": "60"}, "login_required", trusted=True),
    "none, somebody else": Case(ALICE, {"prompt": "none", "id_token_hint": "bob"}, "login_required", trusted=True),
    "none, the same": Case(ALICE, {"prompt": "none", "id_token_hint": "alice"}, "code", trusted=True),
    "login": Case(ALICE, {"prompt": "login"}, SIGN_IN, trusted=True),
    "login and consent": Case(ALICE, {"prompt": "login consent"}, SIGN_IN, consented=True),
    "consent, consented": Case(ALICE, {"prompt": "consent"}, CONSENT, consented=True),
    "consent, trusted": Case(ALICE, {"prompt": "consent"}, CONSENT, trusted=True),
    "not consented": Case(ALICE, {}, CONSENT),
    "consented": Case(ALICE, {}, "code", consented=True),
    "consented to less": Case(ALICE, {"scope": "openid profile email"}, CONSENT, consented=True),
    "select_account": Case(ALICE, {"prompt": "select_account"}, CHOOSE, trusted=True),
    "select_account, nobody": Case(NOBODY, {"prompt": "select_account"}, SIGN_IN, trusted=True),
    "select_account, none": Case(ALICE, {"prompt": "none select_account"}, "invalid_request", trusted=True),
    "select_account and login": Case(ALICE, {"prompt": "select_account login"}, SIGN_IN, trusted=True),
    "select_account and consent": Case(ALICE, {"prompt": "select_account consent"}, CHOOSE, trusted=True),
    "create, nobody": Case(NOBODY, {"prompt": "create"}, SIGN_UP, trusted=True),
    "create, somebody": Case(ALICE, {"prompt": "create"}, SIGN_UP, trusted=True, consented=True),
    "create and consent": Case(NOBODY, {"prompt": "create consent"}, SIGN_UP),
    "create, none": Case(NOBODY, {"prompt": "none create"}, "invalid_request", trusted=True),
    "create where nobody may": Case(NOBODY, {"prompt": "create"}, "invalid_request", sign_up=False),
    "unheard of": Case(ALICE, {"prompt": "dance"}, "invalid_request", trusted=True),
    "none, consent needed": Case(
        ALICE, {"prompt": "none", "scope": "openid email"}, "consent_required", consented=True
    ),
    "none, hint, nobody": Case(NOBODY, {"prompt": "none", "id_token_hint": "alice"}, "login_required", trusted=True),
    "login, the hint agrees": Case(ALICE, {"prompt": "login", "id_token_hint": "alice"}, SIGN_IN, trusted=True),
    "consent, the hint doesn't agree": Case(ALICE, {"prompt": "consent", "id_token_hint": "bob"}, SIGN_IN),
    "ui_locales are a wish": Case(ALICE, {"ui_locales": "fr-CA de"}, "code", trusted=True),
    "none, wishes": Case(ALICE, {"prompt": "none", "ui_locales": "de", "login_hint": "x"}, "code", trusted=True),
    "max_age met": Case(STALE_ALICE, {"max_age": "7200"}, "code", trusted=True),
    "max_age unmet": Case(STALE_ALICE, {"max_age": "60"}, SIGN_IN, trusted=True),
    "max_age 0": Case(ALICE, {"max_age": "0"}, SIGN_IN, trusted=True),
    "acr_values are voluntary": Case(ALICE, {"acr_values": "urn:x urn:y"}, "code", trusted=True),
    "login_hint": Case(ALICE, {"login_hint": "somebody@example.org"}, "code", trusted=True),
    "hint names somebody else": Case(ALICE, {"id_token_hint": "bob"}, SIGN_IN, trusted=True),
    "hint names the one who is here": Case(ALICE, {"id_token_hint": "alice"}, "code", trusted=True),
    "hint, nobody": Case(NOBODY, {"id_token_hint": "alice"}, SIGN_IN, trusted=True),
}


@pytest.mark.parametrize("name", CASES)
def test_T17_who_is_asked_what(browser: Client, alice: User, settings: LazySettings, name: str) -> None:
    case = CASES[name]
    settings.SIGN_UP = case.sign_up
    client = factories.make_client("app", trusted=case.trusted)
    people = {"alice": alice, "bob": factories.make_user("bob")}
    if case.who != NOBODY:
        session = factories.sign_in(browser, alice)
        if case.who == STALE_ALICE:
            age(session, timedelta(hours=1))
    if case.consented:
        consents.grant(alice.pk, client.pk, ["openid", "profile"], [])
    changes = dict(case.changes)
    if named := changes.get("id_token_hint"):
        changes["id_token_hint"] = tokens.id_token(client, people[named])

    response = ask(browser, client, **changes)

    assert led_to(response) == case.leads_to


def age(session: Session, by: timedelta) -> None:
    Session.objects.filter(pk=session.pk).update(auth_time=session.auth_time - by)


def led_to(response: Response) -> str:
    where = location(response)
    if where.startswith("/accounts/login/"):
        return SIGN_IN
    if where.startswith("/accounts/signup/"):
        return SIGN_UP
    if where.startswith("/o/consent/"):
        return CONSENT
    if response.status_code == 200:
        return CHOOSE
    answer = answer_of(response)
    assert answer["state"] == "a-state"
    return answer.get("error", "code")


@pytest.mark.parametrize("changes", [{"prompt": "login"}, {"max_age": "0"}])
def test_T17_a_sign_in_after_the_request_meets_login_and_max_age(
    browser: Client, alice: User, signed_in: Session, trusted: Application, changes: dict[str, str]
) -> None:
    response = ask(browser, trusted, **changes)
    back = f"/o/authorize/?id={handle_of(response)}"
    assert led_to(browser.get(back)) == SIGN_IN, "coming back without signing in changes nothing"

    factories.sign_in(browser, alice)

    assert led_to(browser.get(back)) == "code"


def test_T17_whoever_the_hint_does_not_name_gets_no_code(browser: Client, alice: User, trusted: Application) -> None:
    response = ask(browser, trusted, id_token_hint=tokens.id_token(trusted, alice))
    factories.sign_in(browser, factories.make_user("bob"))

    assert led_to(browser.get(f"/o/authorize/?id={handle_of(response)}")) == "login_required"
    assert not AuthorizationCode.objects.exists()


def test_T17_a_hint_must_be_our_id_token_for_this_client(
    browser: Client, alice: User, signed_in: Session, app: Application, trusted: Application
) -> None:
    foreign = tokens.id_token(app, alice)
    good = tokens.id_token(trusted, alice)
    forged = good[:-4] + ("AAAA" if good[-4:] != "AAAA" else "BBBB")
    access_token = tokens.signed(trusted, alice, typ="at+jwt")

    for hint in (foreign, forged, access_token):
        assert answer_of(ask(browser, trusted, id_token_hint=hint))["error"] == "invalid_request"


def test_T17_an_expired_hint_still_says_who(
    browser: Client, alice: User, signed_in: Session, trusted: Application
) -> None:
    hint = tokens.id_token(trusted, alice, exp=int(timezone.now().timestamp()) - 3600)

    assert led_to(ask(browser, trusted, id_token_hint=hint, prompt="none")) == "code"


def test_T17_the_account_chosen_goes_on(browser: Client, signed_in: Session, trusted: Application) -> None:
    page = ask(browser, trusted, prompt="select_account")
    handle = page.context["request_id"]

    response = post(browser, "/o/choose-account/", {"id": handle, "choice": "continue"})

    assert led_to(browser.get(location(response))) == "code"


def test_T17_another_account_signs_in(browser: Client, signed_in: Session, trusted: Application) -> None:
    page = ask(browser, trusted, prompt="select_account")

    response = post(browser, "/o/choose-account/", {"id": page.context["request_id"], "choice": "other"})

    assert led_to(browser.get(location(response))) == SIGN_IN
    signed_in.refresh_from_db()
    assert signed_in.ended_at is not None
    bob = factories.make_user("bob")
    factories.sign_in(browser, bob)
    assert led_to(browser.get(location(response))) == "code"
    assert AuthorizationCode.objects.get().user == bob


def test_T17_a_choice_must_be_one(browser: Client, signed_in: Session, trusted: Application) -> None:
    page = ask(browser, trusted, prompt="select_account")

    assert stays(post(browser, "/o/choose-account/", {"id": page.context["request_id"], "choice": "x"}))


def test_T50_the_code_keeps_what_the_id_token_will_say(
    browser: Client, alice: User, signed_in: Session, trusted: Application
) -> None:
    ask(browser, trusted, max_age="60", nonce="n-0S6_WzA2Mj")

    code = AuthorizationCode.objects.get()
    assert code.nonce == "n-0S6_WzA2Mj"
    assert code.auth_time == signed_in.auth_time
    assert (code.acr, code.amr) == (signed_in.acr, ["pwd"])


def test_a_scope_that_the_role_does_not_hold_is_left_out(browser: Client, signed_in: Session) -> None:
    client = factories.make_client("app", scopes=["openid", "roles:read"], trusted=True)

    ask(browser, client, scope="openid roles:read")

    assert AuthorizationCode.objects.get().scopes == ["openid"]


def test_nothing_left_of_the_scopes_is_told_to_the_client(browser: Client, signed_in: Session) -> None:
    client = factories.make_client("app", scopes=["openid", "roles:read"], trusted=True)

    answer = answer_of(ask(browser, client, scope="roles:read"))

    assert answer["error"] == "invalid_scope"
    assert AuthorizationRequest.objects.get().claimed_at is not None


def test_T17_login_and_consent_are_asked_one_after_the_other(
    browser: Client, alice: User, signed_in: Session, trusted: Application
) -> None:
    response = ask(browser, trusted, prompt="login consent")
    assert led_to(response) == SIGN_IN
    factories.sign_in(browser, alice)
    response = browser.get(f"/o/authorize/?id={handle_of(response)}")
    assert led_to(response) == CONSENT

    assert "code" in answer_of(decide(browser, response, "allow"))
