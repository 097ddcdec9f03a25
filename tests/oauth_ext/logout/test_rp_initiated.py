"""Signing out by a client's request (OIDC RP-Initiated Logout)."""

import re
import time
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.conf import LazySettings, settings
from django.test import Client

from idp.models import Session, User
from oauth_ext.claims.subjects import sid_for
from oauth_ext.clients import services as clients
from oauth_ext.clients.models import Application
from oauth_ext.keys import services as keys
from oauth_ext.keys.models import KeyState, SigningKey
from tests import factories
from tests.factories import FORM, Response

AFTER = "https://app.example/signed-out"


@pytest.fixture
def browser() -> Client:
    return Client()


@pytest.fixture
def alice(db: None) -> User:
    return factories.make_user("alice")


@pytest.fixture
def session(browser: Client, alice: User) -> Session:
    return factories.sign_in(browser, alice)


@pytest.fixture
def app(db: None) -> Application:
    return factories.make_client("app", name="The App", post_logout_redirect_uris=[AFTER])


def hint(client: Application, session: Session, **claims: object) -> str:
    now = int(time.time())
    standard: dict[str, object] = {
        "iss": settings.ISSUER_URL,
        "sub": str(session.user.sub),
        "aud": client.client_id,
        "sid": sid_for(session.sid, client.client_id),
        "iat": now - 3600,
        "exp": now + 600,
    }
    return keys.sign(client.algorithm, standard | claims, typ="JWT")


def get(browser: Client, **parameters: str) -> Response:
    return browser.get(f"/o/logout/?{urlencode(parameters)}")


def is_over(session: Session) -> bool:
    session.refresh_from_db()
    return session.ended_at is not None


def confirm(browser: Client, page: Response) -> Response:
    return browser.post(page.context["form_action"], urlencode({**page.context["fields"], "confirm": "yes"}), FORM)


def asks(page: Response) -> bool:
    return page.status_code == 200 and "fields" in (page.context or {})


def test_T56_the_id_token_of_this_session_signs_out_at_once(
    browser: Client, session: Session, app: Application
) -> None:
    response = get(
        browser, id_token_hint=hint(app, session), client_id="app", post_logout_redirect_uri=AFTER, state="a b"
    )

    assert response.status_code == 303
    assert response.headers["Location"] == f"{AFTER}?state=a+b"
    assert is_over(session)
    assert (
        settings.SESSION_COOKIE_NAME not in browser.cookies or not browser.cookies[settings.SESSION_COOKIE_NAME].value
    )


def test_T56_an_expired_id_token_is_as_good(browser: Client, session: Session, app: Application) -> None:
    get(browser, id_token_hint=hint(app, session, exp=int(time.time()) - 3600))

    assert is_over(session)


@pytest.mark.parametrize("shown", ["nothing", "client_id", "another session", "another client's sid", "no sid"])
def test_T56_without_it_the_person_is_asked(
    browser: Client, alice: User, session: Session, app: Application, shown: str
) -> None:
    parameters = {"client_id": "app"}
    match shown:
        case "nothing":
            parameters = {}
        case "another session":
            parameters["id_token_hint"] = hint(app, factories.sign_in(Client(), alice))
        case "another client's sid":
            parameters["id_token_hint"] = hint(app, session, sid=sid_for(session.sid, "other"))
        case "no sid":
            parameters["id_token_hint"] = hint(app, session, sid=None)

    page = get(browser, **parameters)

    assert asks(page)
    assert not is_over(session)
    assert confirm(browser, page).status_code == 200
    assert is_over(session)


def test_T56_the_question_leads_back_to_the_client(browser: Client, session: Session, app: Application) -> None:
    page = get(browser, client_id="app", post_logout_redirect_uri=AFTER, state="s")

    assert "The App" in page.content.decode()
    assert "form-action 'self' https://app.example;" in page.headers["Content-Security-Policy"] + ";"
    assert confirm(browser, page).headers["Location"] == f"{AFTER}?state=s"


def test_T56_the_question_needs_the_forms_token(alice: User, app: Application) -> None:
    browser = Client(enforce_csrf_checks=True)
    session = factories.sign_in(browser, alice)
    page = get(browser, client_id="app")

    assert confirm(browser, page).status_code == 403
    assert not is_over(session)

    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode())
    assert token is not None
    fields = {**page.context["fields"], "confirm": "yes", "csrfmiddlewaretoken": token[1]}
    browser.post("/o/logout/confirm/", urlencode(fields), FORM)
    assert is_over(session)


def test_T56_a_post_from_another_site_goes_on_with_a_get_that_names_no_token(
    browser: Client, session: Session, app: Application
) -> None:
    token = hint(app, session)
    fields = {"id_token_hint": token, "post_logout_redirect_uri": AFTER, "state": "s"}
    stranger = Client(enforce_csrf_checks=True, headers={"Origin": "https://app.example"})

    response = stranger.post("/o/logout/", urlencode(fields), FORM)

    assert response.status_code == 303
    assert not is_over(session)
    assert token not in response.headers["Location"]
    assert browser.get(response.headers["Location"]).headers["Location"] == f"{AFTER}?state=s"
    assert is_over(session)


def test_T56_who_is_signed_out_already_just_goes_back(browser: Client, session: Session, app: Application) -> None:
    token = hint(app, session)
    browser.get("/o/logout/", {"id_token_hint": token})

    response = get(browser, id_token_hint=token, post_logout_redirect_uri=AFTER)

    assert response.headers["Location"] == AFTER


@pytest.mark.parametrize(
    "parameters",
    [
        {"client_id": "nobody"},
        {"client_id": "\x00"},
        {"post_logout_redirect_uri": AFTER},
        {"client_id": "app", "post_logout_redirect_uri": "https://evil.example/"},
        {"client_id": "app", "post_logout_redirect_uri": f"{AFTER}/"},
        {"client_id": "app", "post_logout_redirect_uri": "https://app.example:port/"},
        {"client_id": "app", "post_logout_redirect_uri": "https://[/"},
        {"client_id": "app", "post_logout_redirect_uri": "https://app.example/callback"},
        {"client_id": "app", "state": "s" * 2049},
        {"id_token_hint": "nonsense"},
        {"id_token_hint": "a.b.c"},
        {"id_token_hint": "x" * 100_000},
        {"id": "nonsense"},
        {"id": "e1.x.ü"},
    ],
)
def test_T56_a_wrong_request_is_a_page_and_signs_nobody_out(
    browser: Client, session: Session, app: Application, parameters: dict[str, str]
) -> None:
    for response in (
        get(browser, **parameters),
        browser.post("/o/logout/", urlencode(parameters), FORM),
        browser.post("/o/logout/confirm/", urlencode(parameters), FORM),
    ):
        assert response.status_code == 400 or asks(response) or _goes_on(response), parameters
        if "id" not in parameters:
            assert response.status_code == 400
        assert "evil" not in response.headers.get("Location", "")
    assert not is_over(session)


def _goes_on(response: Response) -> bool:
    return response.headers.get("Location", "").startswith("/o/logout/?id=")


def test_T56_a_forged_or_foreign_hint_is_refused(
    browser: Client, alice: User, session: Session, app: Application
) -> None:
    other = factories.make_client("other")
    good = hint(app, session)
    head, body, signature = good.split(".")
    access_token = keys.sign(app.algorithm, {"iss": settings.ISSUER_URL, "aud": "app", "sub": "x"}, typ="at+jwt")

    for token in (f"{head}.{body}.{signature[::-1]}", access_token, hint(app, session, iss="https://evil.example")):
        assert get(browser, id_token_hint=token).status_code == 400
    assert get(browser, id_token_hint=good, client_id=other.client_id).status_code == 400
    assert not is_over(session)


@pytest.mark.parametrize("name", ["id_token_hint", "client_id", "post_logout_redirect_uri", "state", "logout_hint"])
def test_T12_no_parameter_stands_twice(browser: Client, session: Session, app: Application, name: str) -> None:
    fields = {
        "id_token_hint": hint(app, session),
        "client_id": "app",
        "post_logout_redirect_uri": AFTER,
        "state": "s",
        "logout_hint": "alice",
    }
    twice = urlencode([*fields.items(), (name, fields[name])])

    assert browser.get(f"/o/logout/?{twice}").status_code == 400
    assert browser.post("/o/logout/", twice, FORM).status_code == 400
    assert not is_over(session)


def test_a_switched_off_client_signs_nobody_out(browser: Client, session: Session, app: Application) -> None:
    clients.disable(app)

    assert get(browser, id_token_hint=hint(app, session)).status_code == 400
    assert not is_over(session)


def test_T48_a_hint_of_another_issuer_is_none_of_ours(
    browser: Client, session: Session, app: Application, settings: LazySettings
) -> None:
    token = hint(app, session)
    settings.ISSUER_URL = "https://id.example"

    assert get(browser, id_token_hint=token).status_code == 400


def test_nothing_of_what_was_asked_is_lost_over_the_question(
    browser: Client, session: Session, app: Application
) -> None:
    page = get(
        browser, client_id="app", post_logout_redirect_uri=AFTER, state="ünï &=", ui_locales="de", logout_hint="a"
    )

    back = confirm(browser, page).headers["Location"]

    assert parse_qs(urlsplit(back).query) == {"state": ["ünï &="]}


def test_only_confirming_signs_out(browser: Client, session: Session, app: Application) -> None:
    page = get(browser, client_id="app")

    assert browser.post("/o/logout/confirm/", urlencode(page.context["fields"]), FORM).status_code == 400
    assert not is_over(session)


@pytest.mark.parametrize(("state", "believed"), [(KeyState.RETIRED, True), (KeyState.COMPROMISED, False)])
def test_T56_a_hint_is_as_good_as_the_key_that_signed_it(
    browser: Client, session: Session, app: Application, state: KeyState, believed: bool
) -> None:
    token = hint(app, session)
    SigningKey.objects.filter(algorithm=app.algorithm, state=KeyState.ACTIVE).update(state=state)

    response = get(browser, id_token_hint=token)

    assert response.status_code == (200 if believed else 400)
    assert is_over(session) is believed
