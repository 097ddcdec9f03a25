"""GraphQL over HTTP: the specification's media types and statuses, and what is refused before anything is parsed."""

import json

import pytest
from django.test import Client

from tests.graph.asking import GRAPHQL_RESPONSE, World, codes, post, post_raw

JSON = "application/json"
TYPENAME = '{"query":"{__typename}"}'


@pytest.mark.parametrize(
    ("accept", "answered"),
    [
        (None, JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        (f"{JSON}; charset=utf-8", JSON),
        (GRAPHQL_RESPONSE, GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE}; charset=utf-8", GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE}, {JSON};q=0.9", GRAPHQL_RESPONSE),
        (f"{JSON}, {GRAPHQL_RESPONSE};q=0.5", JSON),
        (f"text/html, {GRAPHQL_RESPONSE};q=0.1", GRAPHQL_RESPONSE),
    ],
)
def test_the_answer_has_the_media_type_that_was_asked_for(world: World, accept, answered):
    response = post_raw(TYPENAME, headers={"accept": accept} if accept else {})
    assert response.status_code == 200
    assert response.headers["Content-Type"] == f"{answered}; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-store"
    assert json.loads(response.content) == {"data": {"__typename": "Query"}}


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "application/json;q=0", "x"])
def test_nothing_else_is_answered(world: World, accept):
    response = post_raw(TYPENAME, headers={"accept": accept})
    assert response.status_code == 406
    assert codes(response) == ["NOT_ACCEPTABLE"]


# What is asked, its code, and the status for each media type.
FAILURES = [
    ('{"query":"{"}', "GRAPHQL_PARSE_FAILED", 200, 400),
    ('{"query":""}', "GRAPHQL_PARSE_FAILED", 200, 400),
    ('{"query":"{nothing}"}', "GRAPHQL_VALIDATION_FAILED", 200, 400),
    ('{"query":"query A{__typename} query B{__typename}"}', "OPERATION_RESOLUTION_FAILURE", 200, 400),
    ('{"query":"query A{__typename}","operationName":"B"}', "OPERATION_RESOLUTION_FAILURE", 200, 400),
    ('{"query":"query($t:String){validateToken(token:$t){active}}","variables":{"t":5}}', "BAD_USER_INPUT", 200, 400),
    (" ", "BAD_REQUEST", 400, 400),
    ("{", "BAD_REQUEST", 400, 400),
    ("[]", "BAD_REQUEST", 400, 400),
    ('[{"query":"{__typename}"},{"query":"{__typename}"}]', "BAD_REQUEST", 400, 400),
    ("null", "BAD_REQUEST", 400, 400),
    ("{}", "BAD_REQUEST", 400, 400),
    ('{"query":5}', "BAD_REQUEST", 400, 400),
    ('{"query":["{__typename}"]}', "BAD_REQUEST", 400, 400),
    ('{"query":"{__typename}","variables":[]}', "BAD_REQUEST", 400, 400),
    ('{"query":"{__typename}","variables":"x"}', "BAD_REQUEST", 400, 400),
    ('{"query":"{__typename}","operationName":5}', "BAD_REQUEST", 400, 400),
    ('{"query":"{__typename}","extensions":"x"}', "BAD_REQUEST", 400, 400),
    ('{"query":"\\ud800"}', "BAD_REQUEST", 400, 400),
    (b'{"query":"\xff"}', "BAD_REQUEST", 400, 400),
    ('{"variables":' + "[" * 50_000, "BAD_REQUEST", 400, 400),
    ('{"query":"{__typename}","variables":{"a":' + '{"a":' * 5_000 + "1" + "}" * 5_002, "BAD_REQUEST", 400, 400),
    (b'{"query":"' + b"a" * 1_000_000 + b'"}', "PAYLOAD_TOO_LARGE", 413, 413),
]


@pytest.mark.parametrize(("body", "code", "plain", "precise"), FAILURES, ids=lambda value: repr(value)[:40])
def test_each_failure_has_its_code_and_its_status(world: World, body, code, plain, precise):
    for accept, status in ((JSON, plain), (GRAPHQL_RESPONSE, precise)):
        response = post_raw(body, headers={"accept": accept})
        assert (response.status_code, codes(response)) == (status, [code])
        assert response.headers["Content-Type"] == f"{accept}; charset=utf-8"
        assert "data" not in json.loads(response.content)


@pytest.mark.parametrize(
    "document",
    [
        "{a" * 400,
        "{validateToken(token:" + "[" * 450 + "]" * 450 + "){active}}",
        "query($a:" + "[" * 400 + "String" + "]" * 400 + "){__typename}",
        "\x00",
        "{me{sub}}\x00",
        "\ufeff{__typename}\u2028",
        '{validateToken(token:"\\u0000\\uD83D"){active}}',
        "{__typename @a(b:" + "{c:" * 300 + "1" + "}" * 300 + ")}",
    ],
    ids=lambda document: repr(document)[:30],
)
def test_strange_documents_are_never_our_error(world: World, document):
    response = post(document)
    assert response.status_code in {200, 400}
    assert "INTERNAL_ERROR" not in codes(response)


@pytest.mark.parametrize("length", ["9" * 5000, "-1", "1e3", "\u0661"])
@pytest.mark.parametrize("path", ["/graphql", "/api/validate-token/"])
def test_a_length_that_is_none_is_never_our_error(client, path, length):
    response = client.post(path, "{}", content_type=JSON, CONTENT_LENGTH=length)
    assert (response.status_code, response.headers["Content-Type"].partition(";")[0]) == (400, JSON)


@pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete", "options", "trace"])
@pytest.mark.parametrize("path", ["/graphql", "/graphql/"])
def test_T87_only_post_is_answered(world: World, method, path):
    response = getattr(Client(), method)(f"{path}?query=%7B__typename%7D")
    assert response.status_code == 405
    assert response.headers["Allow"] == "POST"
    if method != "head":
        assert codes(response) == ["METHOD_NOT_ALLOWED"]


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "application/json; charset=latin-1",
        "",
    ],
)
def test_T87_only_json_is_read(world: World, content_type):
    response = post_raw(TYPENAME, content_type=content_type)
    assert response.status_code == 415
    assert codes(response) == ["UNSUPPORTED_MEDIA_TYPE"]


@pytest.mark.parametrize("content_type", [JSON, "application/json; charset=utf-8", "Application/JSON;charset=UTF-8"])
@pytest.mark.parametrize("path", ["/graphql", "/graphql/"])
def test_json_is_read(world: World, content_type, path):
    assert post_raw(TYPENAME, content_type=content_type, path=path).status_code == 200


@pytest.mark.parametrize("accept", ["text/html", "text/html,application/xhtml+xml,*/*;q=0.8"])
@pytest.mark.parametrize("debug", [False, True])
def test_T86_there_is_no_graphiql(world: World, settings, accept, debug):
    settings.DEBUG = debug
    response = Client().get("/graphql", headers={"accept": accept})
    assert response.status_code == 405
    assert response.headers["Content-Type"].startswith("application/json")
    assert b"<" not in response.content


def test_T30_a_token_in_a_url_or_a_form_is_not_looked_at(world: World):
    token = world.token("openid")
    for path in (f"/graphql?access_token={token}", f"/graphql?token={token}"):
        assert post_raw('{"query":"{me{sub}}"}', path=path).status_code == 401
    assert post_raw(json.dumps({"query": "{me{sub}}", "access_token": token})).status_code == 401
