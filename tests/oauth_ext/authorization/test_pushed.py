"""Pushed authorization requests (RFC 9126), by its sections."""

import json
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from idp.models import Session, User
from oauth_ext import handles, metadata
from oauth_ext.authorization.models import AuthorizationCode, AuthorizationRequest
from oauth_ext.authorization.pushed import URN
from oauth_ext.clients import services as clients
from oauth_ext.clients.models import Application
from oauth_ext.resources.models import Resource
from tests import factories
from tests.factories import FORM, SECRET, Response, answer_of, authorization_parameters, pkce
from tests.oauth_ext.authorization.steps import ask, decide, get, handle_of, location, post, stays
from tests.oauth_ext.token_endpoint import basic
from tests.oauth_ext.token_endpoint import post as call

PAR = "/o/par/"


def push(client, **changes):
    """Push a good request, but for `changes`, as the client authenticates."""
    return call(PAR, client=client, **authorization_parameters(client, pkce().challenge) | changes)


def pushed(client: Application, **changes: object) -> str:
    """The `request_uri` of a good request."""
    answer = push(client, **changes)
    assert answer.status == 201, answer.body
    return str(answer.body["request_uri"])


def bring(browser: Client, client: Application, request_uri: str, **more: str) -> Response:
    return get(browser, {"client_id": client.client_id, "request_uri": request_uri, **more})


def code_of(browser: Client, response: Response) -> str:
    return answer_of(browser.get(location(response)))["code"]


@pytest.fixture
def backend(db: None) -> Application:
    return factories.make_client("backend", client_type="confidential", trusted=True)


# §2: the request


@pytest.mark.parametrize("kind", ["public", "confidential"])
def test_9126_2_2_a_client_pushes_and_a_browser_brings_the_name(
    browser: Client, signed_in: Session, trusted: Application, backend: Application, kind: str
) -> None:
    client = trusted if kind == "public" else backend
    answer = push(client, state="of the push")

    assert answer.status == 201
    assert answer.body.keys() == {"request_uri", "expires_in"}
    assert answer.body["request_uri"].startswith(URN)
    assert len(answer.body["request_uri"]) >= len(URN) + 43
    assert answer.body["expires_in"] == 60
    assert answer.response.headers["Cache-Control"] == "no-store"
    assert answer.response.headers["Content-Type"] == "application/json"
    assert "Access-Control-Allow-Origin" not in answer.response.headers

    response = bring(browser, client, answer.body["request_uri"])
    assert response.status_code == 303
    assert location(response).startswith("/o/authorize/?id=")
    told = answer_of(browser.get(location(response)))
    assert (told["state"], told["iss"]) == ("of the push", "http://localhost:8000")
    assert "code" in told


def test_9126_2_the_client_may_be_named_by_its_header_alone(backend: Application) -> None:
    assert push(backend, client_id=None).status == 201
    assert push(backend, client_id="other").body["error"] == "invalid_request"


@pytest.mark.parametrize("given", [{}, {"authorization": basic("backend", "wrong")}, {"client_secret": SECRET}])
def test_T26_a_client_that_does_not_prove_who_it_is_pushes_nothing(backend, given):
    answer = call(PAR, **authorization_parameters(backend, pkce().challenge), **given)

    assert (answer.status, answer.body["error"]) == (401, "invalid_client")
    assert "WWW-Authenticate" in answer.response.headers
    assert not AuthorizationRequest.objects.exists()


def test_T26_one_that_is_switched_off_pushes_nothing(trusted: Application) -> None:
    clients.disable(trusted)

    assert push(trusted).status == 401


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "invalid_request"),
        ({"redirect_uri": "https://evil.example/"}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"scope": "openid unheard_of"}, "invalid_scope"),
        ({"resource": "https://nobody.example/"}, "invalid_target"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"id_token_hint": "x"}, "invalid_request"),
        ({"request": "e30.e30."}, "request_not_supported"),
        ({"registration": "{}"}, "registration_not_supported"),
        ({"claims": "{}"}, "invalid_request"),
        ({"authorization_details": "[]"}, "invalid_request"),
        ({"state": ["a", "b"]}, "invalid_request"),
        ({"scope": ["openid", "openid"]}, "invalid_request"),
    ],
)
def test_9126_2_3_a_wrong_request_is_judged_as_at_the_authorization_endpoint_and_told_in_json(
    browser: Client, trusted: Application, changes: dict[str, object], error: str
) -> None:
    answer = push(trusted, **changes)

    assert (answer.status, answer.body["error"]) == (400, error)
    assert answer.body.keys() == {"error", "error_description"}
    assert not AuthorizationRequest.objects.exists()
    if changes.get("redirect_uri") is None:
        assert answer_of(get(browser, flat(trusted, changes)))["error"] == error


def flat(client: Application, changes: dict[str, object]) -> list[tuple[str, str]]:
    wanted = {**authorization_parameters(client, pkce().challenge), **changes}
    pairs = [(name, value if isinstance(value, list) else [value]) for name, value in wanted.items()]
    return [(name, str(value)) for name, values in pairs for value in values if value is not None]


def test_9126_2_3_a_client_without_the_code_grant_is_told_so(db: None) -> None:
    machine = factories.make_client("machine", client_type="confidential", grant_types=["client_credentials"])

    assert push(machine).body["error"] == "unauthorized_client"


@pytest.mark.parametrize("uri", [f"{URN}x", "https://app.example/request.jwt", ""])
def test_9126_2_1_a_request_uri_can_not_be_pushed(trusted: Application, uri: str) -> None:
    answer = push(trusted, request_uri=uri)

    assert answer.status == (400 if uri else 201)
    if uri:
        assert answer.body["error"] == "invalid_request"
        assert "request_uri" in answer.body["error_description"]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_9126_2_3_POST_alone(trusted: Application, method: str) -> None:
    response = Client().generic(method, PAR, urlencode(authorization_parameters(trusted, "c" * 43)), FORM)

    assert response.status_code == 405
    assert "POST" in response.headers["Allow"]


def test_9126_2_a_form_it_must_be(trusted: Application) -> None:
    body = json.dumps(authorization_parameters(trusted, pkce().challenge))
    assert Client().post(PAR, body, "application/json").status_code == 400
    query = urlencode(authorization_parameters(trusted, pkce().challenge))
    assert Client().post(f"{PAR}?{query}", "", FORM).status_code == 401, "parameters in the address count for nothing"


def test_9126_2_no_cookie_is_looked_at(browser: Client, signed_in: Session, trusted: Application) -> None:
    query = urlencode(authorization_parameters(trusted, pkce().challenge))
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser.cookies

    assert strict.post(PAR, query, FORM).status_code == 201


# §4: the authorization request


def test_9126_4_only_client_id_and_request_uri_count(browser: Client, signed_in: Session, trusted: Application) -> None:
    others = {
        "scope": "openid email",
        "state": "another",
        "redirect_uri": "https://evil.example/",
        "response_type": "token",
        "prompt": "none login",
        "response_mode": "fragment",
        "id": "x",
        "dpop_jkt": "x",
        "made_up": "x",
    }
    response = bring(browser, trusted, pushed(trusted, scope="openid"), **others)

    answer = answer_of(browser.get(location(response)))
    assert answer["state"] == "a-state"
    code = AuthorizationCode.objects.get()
    assert (code.scopes, code.redirect_uri) == (["openid"], "https://app.example/callback")


def test_9126_4_a_post_brings_it_as_well(browser: Client, signed_in: Session, trusted: Application) -> None:
    uri = pushed(trusted)
    stranger = Client(enforce_csrf_checks=True, headers={"Origin": "https://app.example"})

    response = post(stranger, "/o/authorize/", {"client_id": trusted.client_id, "request_uri": uri})

    assert response.status_code == 303
    assert code_of(browser, response)


def test_9126_4_reloading_and_going_back_work_by_the_new_name(browser: Client, alice: User, app: Application) -> None:
    response = bring(browser, app, pushed(app))
    first = browser.get(location(response))
    assert location(first) == location(browser.get(location(response)))
    assert location(first).startswith("/accounts/login/")
    factories.sign_in(browser, alice)

    assert "code" in answer_of(decide(browser, browser.get(location(response)), "allow"))


def wrong_names(client: Application) -> dict[str, str]:
    return {
        "unknown": URN + handles.new(),
        "empty": URN,
        "long": URN + "x" * 5000,
        "cut off": pushed(client)[:-1],
        "continued": pushed(client) + "=",
        "another case": URN.upper().replace("URN:IETF", "urn:ietf") + handles.new(),
    }


def test_9126_4_a_name_that_is_not_one_is_a_page_and_never_a_redirect(
    browser: Client, signed_in: Session, trusted: Application
) -> None:
    for what, uri in wrong_names(trusted).items():
        response = bring(browser, trusted, uri, redirect_uri="https://evil.example/")
        assert stays(response), what
        assert "evil.example" not in response.content.decode(), what
        response = bring(browser, trusted, uri)
        assert stays(response) or "error=request_uri_not_supported" in location(response), what
    assert not AuthorizationCode.objects.exists()


@pytest.mark.parametrize("way", ["used", "used by POST", "expired", "claimed by id"])
def test_9126_7_3_it_is_used_once_and_then_a_page(
    browser: Client, signed_in: Session, trusted: Application, way: str
) -> None:
    uri = pushed(trusted)
    match way:
        case "used":
            bring(browser, trusted, uri)
        case "used by POST":
            post(browser, "/o/authorize/", {"client_id": trusted.client_id, "request_uri": uri})
        case "claimed by id":
            browser.get(location(bring(browser, trusted, uri)))
        case _:
            AuthorizationRequest.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    response = bring(browser, trusted, uri)

    assert stays(response)
    assert "invalid_request_uri" in response.content.decode()


def test_9126_4_it_is_the_pushing_clients_alone(
    browser: Client, signed_in: Session, trusted: Application, app: Application
) -> None:
    uri = pushed(trusted)

    foreign = bring(browser, app, uri)
    unknown = bring(browser, app, URN + handles.new())

    assert stays(foreign)
    assert foreign.content == unknown.content, "that it is another's is not told"
    assert stays(get(browser, {"request_uri": uri}))
    assert stays(get(browser, {"request_uri": uri, "client_id": "nobody"}))
    assert code_of(browser, bring(browser, trusted, uri)), "another's attempt changes nothing"


@pytest.mark.parametrize(
    "more", [("client_id", "trusted"), ("request_uri", f"{URN}x"), ("request", "e30.e30.")], ids=lambda pair: pair[0]
)
def test_T12_what_names_it_stands_once_and_nothing_is_lost(
    browser: Client, signed_in: Session, trusted: Application, more: tuple[str, str]
) -> None:
    uri = pushed(trusted)

    assert stays(get(browser, [("client_id", trusted.client_id), ("request_uri", uri), more]))
    assert code_of(browser, bring(browser, trusted, uri))


def test_9126_4_a_pushed_request_has_no_id_before_it_is_brought(
    browser: Client, signed_in: Session, trusted: Application
) -> None:
    uri = pushed(trusted)
    handle = uri.removeprefix(URN)

    assert stays(browser.get(f"/o/authorize/?id={handle}"))
    assert stays(browser.get(f"/o/consent/?id={handle}"))
    assert stays(post(browser, "/o/consent/", {"id": handle, "decision": "allow"}))
    assert code_of(browser, bring(browser, trusted, uri))


def test_9126_2_2_neither_name_is_kept(browser: Client, app: Application) -> None:
    uri = pushed(app)
    assert uri.removeprefix(URN) not in str(list(AuthorizationRequest.objects.values()))

    response = bring(browser, app, uri)

    kept = str(list(AuthorizationRequest.objects.values()))
    assert handle_of(response) not in kept
    assert uri.removeprefix(URN) != handle_of(response)


@pytest.mark.parametrize("changed", ["client switched off", "redirect_uri taken back"])
def test_9126_7_4_a_client_that_changed_since_does_not_get_its_answer(
    browser: Client, signed_in: Session, trusted: Application, changed: str
) -> None:
    uri = pushed(trusted)
    if changed == "client switched off":
        clients.disable(trusted)
    else:
        Application.objects.update(redirect_uris=["https://app.example/other"])

    response = bring(browser, trusted, uri)

    assert stays(response if response.status_code == 400 else browser.get(location(response)))
    assert not AuthorizationCode.objects.exists()


def test_T17_a_sign_in_between_push_and_browser_is_not_fresh(
    browser: Client, alice: User, trusted: Application
) -> None:
    uri = pushed(trusted, prompt="login")
    factories.sign_in(browser, alice)

    response = bring(browser, trusted, uri)

    assert location(browser.get(location(response))).startswith("/accounts/login/")
    factories.sign_in(browser, alice)
    assert code_of(browser, response)


def test_8707_2_1_several_resources_are_pushed(browser: Client, signed_in: Session, trusted: Application) -> None:
    uris = ["https://a.example/", "https://b.example/"]
    Resource.objects.bulk_create([Resource(uri=uri) for uri in uris])

    code_of(browser, bring(browser, trusted, pushed(trusted, resource=uris)))

    assert AuthorizationCode.objects.get().resources == uris


# §5, §6: who must push


@pytest.mark.parametrize("whose", ["this client", "every client"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_T14_who_must_push_is_told_so_for_a_plain_request(
    browser: Client, signed_in: Session, settings: LazySettings, whose: str, method: str
) -> None:
    client = factories.make_client("app", trusted=True, require_pushed_authorization_requests=whose == "this client")
    settings.REQUIRE_PUSHED_AUTHORIZATION_REQUESTS = whose == "every client"
    plain = authorization_parameters(client, pkce().challenge)

    answer = answer_of(get(browser, plain) if method == "GET" else post(browser, "/o/authorize/", plain))

    assert answer["error"] == "invalid_request"
    assert "RFC 9126" in answer["error_description"]
    assert (answer["state"], answer["iss"]) == ("a-state", "http://localhost:8000")
    assert not AuthorizationRequest.objects.exists()
    assert stays(get(browser, plain | {"redirect_uri": "https://evil.example/"}))
    assert code_of(browser, bring(browser, client, pushed(client)))


def test_T14_nobody_else_must(browser: Client, signed_in: Session, trusted: Application) -> None:
    factories.make_client("app", require_pushed_authorization_requests=True)

    assert "code" in answer_of(ask(browser, trusted))


@pytest.mark.parametrize("required", [False, True])
def test_9126_5_the_metadata_say_where_and_whether(settings: LazySettings, required: bool) -> None:
    settings.REQUIRE_PUSHED_AUTHORIZATION_REQUESTS = required
    metadata.authorization_server.cache_clear()
    told = json.loads(metadata.authorization_server(settings.ISSUER_URL))
    metadata.authorization_server.cache_clear()

    assert told["pushed_authorization_request_endpoint"] == "http://localhost:8000/o/par/"
    assert told["require_pushed_authorization_requests"] is required
    assert told["request_uri_parameter_supported"] is False


# what it costs


def test_a_push_costs_three_statements_and_taking_it_up_two(browser: Client, trusted: Application) -> None:
    push(trusted)
    with CaptureQueriesContext(connection) as pushing:
        uri = pushed(trusted)
    with CaptureQueriesContext(connection) as bringing:
        bring(browser, trusted, uri)

    assert [query["sql"].split(" ", 1)[0] for query in pushing] == ["SELECT", "SELECT", "INSERT"]
    assert [query["sql"].split(" ", 1)[0] for query in bringing] == ["SELECT", "UPDATE"]
    assert AuthorizationRequest.objects.count() == 2, "taking up makes no row"


def test_it_lives_a_minute_and_then_as_long_as_any(browser: Client, app: Application) -> None:
    uri = pushed(app)
    waiting = AuthorizationRequest.objects.get()
    assert waiting.expires_at - waiting.created_at == timedelta(seconds=60)

    bring(browser, app, uri)

    begun = AuthorizationRequest.objects.get()
    assert begun.created_at > waiting.created_at
    assert begun.expires_at - begun.created_at == timedelta(hours=1)
