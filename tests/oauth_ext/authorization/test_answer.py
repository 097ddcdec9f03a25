"""The answer: one for each request, with all that it must carry, and nothing left behind."""

import hashlib
import threading
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.utils import timezone

from idp.models import Session, User
from oauth_ext import handles
from oauth_ext.authorization import services
from oauth_ext.authorization.asked import Asked
from oauth_ext.authorization.errors import RequestGone
from oauth_ext.authorization.models import AuthorizationCode, AuthorizationRequest
from oauth_ext.clients import services as clients
from oauth_ext.clients.models import Application
from tests import factories
from tests.factories import answer_of, authorization_parameters
from tests.oauth_ext.authorization.steps import ask, decide, handle_of, location, post, stays


def test_T06_every_answer_names_its_issuer(
    browser: Client, alice: User, signed_in: Session, app: Application, trusted: Application, settings: LazySettings
) -> None:
    settings.ISSUER_URL = "https://id.example"
    answers = {
        "a code": ask(browser, trusted),
        "a code after consent": decide(browser, ask(browser, app), "allow"),
        "a denial": decide(browser, ask(browser, app, scope="openid email"), "deny"),
        "a wrong request": ask(browser, app, response_type="token"),
        "nobody may be asked": ask(browser, app, scope="openid email", prompt="none"),
        "nobody is there": ask(Client(), app, prompt="none"),
    }

    for name, response in answers.items():
        answer = answer_of(response)
        assert answer["iss"] == "https://id.example", name
        assert answer["state"] == "a-state", name


@pytest.mark.parametrize("host", ["evil.example", "localhost:9999"])
def test_T48_the_issuer_is_configured_whatever_the_host(
    browser: Client, signed_in: Session, trusted: Application, settings: LazySettings, host: str
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    query = urlencode(authorization_parameters(trusted, factories.pkce().challenge))

    response = browser.get(f"/o/authorize/?{query}", headers={"Host": host, "X-Forwarded-Host": host})

    assert answer_of(response)["iss"] == settings.ISSUER_URL


def test_T09_a_code_lives_for_sixty_seconds(browser: Client, signed_in: Session, trusted: Application) -> None:
    ask(browser, trusted)

    code = AuthorizationCode.objects.get()
    assert code.expires_at - code.created_at == timedelta(seconds=60)
    assert code.used_at is None


def test_the_code_carries_what_was_judged(
    browser: Client, alice: User, signed_in: Session, trusted: Application
) -> None:
    User.objects.filter(pk=alice.pk).update(epoch=3)
    Session.objects.filter(pk=signed_in.pk).update(epoch=4, user_epoch=3)
    Application.objects.filter(pk=trusted.pk).update(epoch=5)
    pair = factories.pkce()

    code = factories.authorize(browser, trusted, pair)

    row = AuthorizationCode.objects.get()
    assert row.code_hash == hashlib.sha256(code.encode()).hexdigest()
    assert (row.user, row.session, row.client, row.consent) == (alice, signed_in, trusted, None)
    assert (row.user_epoch, row.session_epoch, row.client_epoch) == (3, 4, 5)
    assert (row.redirect_uri, row.code_challenge) == ("https://app.example/callback", pair.challenge)


def test_codes_and_ids_are_long_and_kept_hashed(browser: Client, signed_in: Session, app: Application) -> None:
    response = ask(browser, app)
    handle = handle_of(response)
    code = answer_of(decide(browser, response, "allow"))["code"]

    assert len(handle) >= 43
    assert len(code) >= 43
    for model in (AuthorizationRequest, AuthorizationCode):
        kept = str(list(model.objects.values()))
        assert handle not in kept
        assert code not in kept


@pytest.mark.parametrize("state", ["claimed", "expired", "unknown", "client switched off", "redirect_uri taken back"])
def test_what_can_not_be_gone_on_with_is_one_and_the_same_page(
    browser: Client, signed_in: Session, app: Application, state: str
) -> None:
    handle = handle_of(ask(browser, app))
    past = timezone.now() - timedelta(seconds=1)
    match state:
        case "claimed":
            AuthorizationRequest.objects.update(claimed_at=past)
        case "expired":
            AuthorizationRequest.objects.update(expires_at=past)
        case "unknown":
            handle = handles.new()
        case "client switched off":
            clients.disable(app)
        case _:
            Application.objects.update(redirect_uris=["https://app.example/other"])

    for response in (
        browser.get(f"/o/authorize/?id={handle}"),
        browser.get(f"/o/consent/?id={handle}"),
        post(browser, "/o/consent/", {"id": handle, "decision": "allow"}),
        post(browser, "/o/consent/", {"id": handle, "decision": "deny"}),
        post(browser, "/o/choose-account/", {"id": handle, "choice": "continue"}),
    ):
        assert stays(response)
        assert RequestGone.default_description.split(",")[0] in response.content.decode()


def test_a_second_click_gets_a_page_and_no_second_code(browser: Client, signed_in: Session, app: Application) -> None:
    response = ask(browser, app)
    assert "code" in answer_of(decide(browser, response, "allow"))

    assert stays(post(browser, "/o/consent/", {"id": handle_of(response), "decision": "allow"}))
    assert AuthorizationCode.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_make_one_code() -> None:
    browser = Client()
    user = factories.make_user("alice")
    client = factories.make_client("app")
    session = factories.sign_in(browser, user)
    ongoing = services.store(client, Asked(redirect_uri=client.redirect_uris[0]))
    ready = threading.Barrier(8)
    results: list[str] = []

    def answer() -> None:
        try:
            ready.wait(10)
            results.append(services.allow(ongoing, session, ["openid"]))
        except RequestGone:
            results.append("")
        finally:
            connection.close()

    threads = [threading.Thread(target=answer) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(results) == 8
    assert sum(bool(result) for result in results) == 1
    assert AuthorizationCode.objects.count() == 1


def test_a_code_that_can_not_be_written_leaves_the_request_open(
    browser: Client, signed_in: Session, trusted: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object) -> str:
        raise RuntimeError

    browser.raise_request_exception = False
    monkeypatch.setattr(services, "_write_code", fail)

    assert ask(browser, trusted).status_code == 500
    assert AuthorizationRequest.objects.get().claimed_at is None


def test_T18_no_page_can_be_framed_and_T20_none_leaks_where_it_was(
    browser: Client, signed_in: Session, app: Application
) -> None:
    response = ask(browser, app)
    pages = [
        response,
        browser.get(location(response)),
        ask(browser, app, prompt="select_account"),
        browser.get("/o/authorize/"),
        decide(browser, response, "allow"),
        browser.get(f"/o/authorize/?id={handle_of(response)}"),
    ]

    for page in pages:
        assert page.headers["X-Frame-Options"] == "DENY"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert "no-store" in page.headers["Cache-Control"]
        if page.headers["Content-Type"].startswith("text/html") and page.content:
            assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
            assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert "Access-Control-Allow-Origin" not in page.headers


def test_the_way_through_sign_in_carries_only_an_id(browser: Client, app: Application) -> None:
    response = ask(browser, app, state="a-secret-state", login_hint="alice")

    assert "a-secret-state" not in location(response)
    assert "code_challenge" not in location(response)
    assert AuthorizationRequest.objects.get().id_hash == handles.digest(handle_of(response))
