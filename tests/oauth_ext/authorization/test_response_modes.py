"""How the answer travels: in the redirect's query, or posted by a form (OAuth 2.0 Form Post Response Mode)."""

import re
from html import unescape

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from idp.models import Session, User
from oauth_ext.authorization.models import AuthorizationCode
from oauth_ext.clients import services as clients
from oauth_ext.clients.models import Application, ResponseMode
from oauth_ext.clients.services import ClientSpec
from tests import factories
from tests.factories import REDIRECT_URI, Response, answer_of, authorization_parameters, pkce
from tests.oauth_ext.authorization.steps import ask, decide, get, handle_of, location, post
from tests.oauth_ext.token_endpoint import post as call


@pytest.fixture
def poster(db: None) -> Application:
    """A client that takes its answers by POST too."""
    return factories.make_client("poster", name="The <Poster>", response_modes=["query", "form_post"])


def posted(response: Response) -> dict[str, str]:
    """What the page's form sends to the client."""
    page = response.content.decode()
    assert response.status_code == 200, page
    assert "Location" not in response.headers
    assert re.findall(r'<form method="([^"]*)" action="([^"]*)"', page) == [("post", REDIRECT_URI)]
    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)
    assert len(dict(fields)) == len(fields)
    return {name: unescape(value) for name, value in fields}


def test_T13_query_is_what_no_mode_means(browser: Client, signed_in: Session, trusted: Application) -> None:
    for mode in (None, "query"):
        response = ask(browser, trusted, response_mode=mode)
        assert response.status_code == 303
        assert "code" in answer_of(response)


@pytest.mark.parametrize(
    "mode", ["fragment", "web_message", "jwt", "query.jwt", "fragment.jwt", "form_post.jwt", "FORM_POST", "x'\"<"]
)
def test_T13_a_mode_that_we_do_not_speak_is_refused_by_name(
    browser: Client, signed_in: Session, poster: Application, mode: str
) -> None:
    response = ask(browser, poster, response_mode=mode)

    answer = answer_of(response)
    assert answer["error"] == "invalid_request"
    assert "response_mode" in answer["error_description"]
    assert "#" not in location(response)


def test_T13_a_client_gets_only_a_mode_that_it_is_registered_for(browser: Client, alice: User) -> None:
    factories.sign_in(browser, alice)
    query = factories.make_client("query", trusted=True)
    form = factories.make_client("form", trusted=True, response_modes=["form_post"])

    assert query.response_modes == ["query"], "what it has unless it says otherwise"
    assert answer_of(ask(browser, query, response_mode="form_post"))["error"] == "invalid_request"
    assert answer_of(ask(browser, form, response_mode="query"))["error"] == "invalid_request"
    assert answer_of(ask(browser, form))["error"] == "invalid_request"
    assert "code" in posted(ask(browser, form, response_mode="form_post"))


@pytest.mark.parametrize("modes", [[], ["fragment"], ["query", "jwt"]])
def test_T13_no_other_mode_can_be_registered(modes: list[str]) -> None:
    spec = ClientSpec("x", redirect_uris=[REDIRECT_URI], response_modes=modes)

    assert [name for name, _ in clients.problems(spec)] == ["response_modes"]


def test_every_mode_that_is_advertised_works(browser: Client, signed_in: Session) -> None:
    client = factories.make_client("app", trusted=True, response_modes=ResponseMode.values)
    told = browser.get("/.well-known/openid-configuration").json()["response_modes_supported"]

    assert told == ["query", "form_post"]
    for mode in told:
        response = ask(browser, client, response_mode=mode)
        assert "code" in (posted(response) if mode == "form_post" else answer_of(response))


def test_T06_every_answer_is_posted_and_names_its_issuer(
    browser: Client, alice: User, signed_in: Session, poster: Application
) -> None:
    def asked(**changes: str) -> Response:
        return ask(browser, poster, response_mode="form_post", **changes)

    answers = {
        "a code after consent": decide(browser, asked(), "allow"),
        "a denial": decide(browser, asked(scope="openid email"), "deny"),
        "a wrong request": asked(response_type="token"),
        "an unknown scope": asked(scope="unheard_of"),
        "nobody may be asked": asked(scope="openid email", prompt="none"),
        "nobody is there": ask(Client(), poster, response_mode="form_post", prompt="none"),
    }

    for name, response in answers.items():
        answer = posted(response)
        assert answer["iss"] == "http://localhost:8000", name
        assert answer["state"] == "a-state", name
        assert answer.keys() == {"iss", "state"} | (
            {"code"} if name.startswith("a code") else {"error", "error_description"}
        )
    code = AuthorizationCode.objects.get()
    assert code.scopes == ["openid", "profile"]


def test_a_repeated_mode_is_answered_by_query(browser: Client, signed_in: Session, poster: Application) -> None:
    parameters = [*authorization_parameters(poster, pkce().challenge).items(), *[("response_mode", "form_post")] * 2]

    assert answer_of(get(browser, parameters))["error"] == "invalid_request"


@pytest.mark.parametrize("state", ['"><script>alert(1)</script>', "ünï→😀", "a'b&amp;c", None])
def test_state_comes_back_as_it_went_and_writes_nothing_into_the_page(
    browser: Client, signed_in: Session, poster: Application, state: str | None
) -> None:
    response = decide(browser, ask(browser, poster, response_mode="form_post", state=state), "allow")

    assert posted(response).get("state") == state
    page = response.content.decode()
    assert "<script>alert" not in page
    assert "<Poster>" not in page


def test_the_page_can_end_at_the_client_and_nowhere_else(
    browser: Client, signed_in: Session, poster: Application
) -> None:
    response = decide(browser, ask(browser, poster, response_mode="form_post"), "allow")

    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    policy = response.headers["Content-Security-Policy"]
    assert "form-action 'self' https://app.example;" in policy + ";"
    assert "unsafe" not in policy
    page = response.content.decode()
    assert re.findall(r"<script[^>]*>", page) == ['<script src="/static/oauth_ext/form_post.js" defer>']
    assert finders.find("oauth_ext/form_post.js")
    assert '<button type="submit">' in page, "without scripts a button does it"


def test_a_form_can_be_posted_to_a_web_address_only(browser: Client, alice: User) -> None:
    factories.sign_in(browser, alice)
    phone = factories.make_client(
        "phone", redirect_uris=["com.example.phone:/callback"], response_modes=["query", "form_post"], trusted=True
    )

    answer = answer_of(ask(browser, phone, response_mode="form_post"))

    assert answer["error"] == "invalid_request"


def test_a_second_click_gets_no_second_form(browser: Client, signed_in: Session, poster: Application) -> None:
    response = ask(browser, poster, response_mode="form_post")
    assert "code" in posted(decide(browser, response, "allow"))

    again = post(browser, "/o/consent/", {"id": handle_of(response), "decision": "allow"})

    assert again.status_code == 400
    assert AuthorizationCode.objects.count() == 1


def test_what_was_posted_is_redeemed_like_any_code(browser: Client, signed_in: Session, poster: Application) -> None:
    pair = pkce()
    parameters = authorization_parameters(poster, pair.challenge, response_mode="form_post")
    code = posted(decide(browser, get(browser, parameters), "allow"))["code"]

    answer = call(
        "/o/token/",
        client=poster,
        grant_type="authorization_code",
        code=code,
        code_verifier=pair.verifier,
        redirect_uri=REDIRECT_URI,
    )
    assert answer.status == 200
