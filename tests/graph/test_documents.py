"""Trusted documents: run by their hash, and alone by clients in browsers where that is switched on."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from graph import documents, manifest
from graph.manifest import document_id
from graph.operations import TEXTS
from oauth_ext.clients.models import Application
from tests.graph.asking import GRAPHQL_RESPONSE, World, bearer, codes, post, post_raw

FREE = "{me{sub}}"
ME = document_id(TEXTS["me"])


def post_id(identifier: object, token: str | None = None, **body: object):
    headers = {"accept": GRAPHQL_RESPONSE, **bearer(token)}
    return post_raw(json.dumps({"documentId": identifier, **body}), headers=headers)


@pytest.mark.parametrize(
    ("identifier", "body", "code"),
    [
        ("sha256:" + "0" * 64, {}, "DOCUMENT_NOT_FOUND"),
        (ME.removeprefix("sha256:"), {}, "DOCUMENT_NOT_FOUND"),
        (ME.upper(), {}, "DOCUMENT_NOT_FOUND"),
        ("../../etc/passwd", {}, "DOCUMENT_NOT_FOUND"),
        ("\x00", {}, "DOCUMENT_NOT_FOUND"),
        ("", {}, "DOCUMENT_NOT_FOUND"),
        (5, {}, "BAD_REQUEST"),
        ([ME], {}, "BAD_REQUEST"),
        (ME, {"query": TEXTS["me"]}, "BAD_REQUEST"),
        (ME, {"operationName": "Other"}, "OPERATION_RESOLUTION_FAILURE"),
    ],
)
def test_T90_what_is_no_trusted_document_is_refused(world: World, identifier, body, code):
    response = post_id(identifier, world.token("openid"), **body)
    assert (response.status_code, codes(response)) == (400, [code])


def test_T90_a_trusted_document_is_run_by_its_hash(world: World):
    response = post_id(ME, world.token("openid", "profile"))
    assert json.loads(response.content)["data"]["me"]["first_name"] == "Alice"
    response = post_id(document_id(TEXTS["validate_token"]), variables={"token": "nonsense"})
    assert json.loads(response.content)["data"]["validateToken"]["active"] is False


def test_T90_one_asks_for_a_token_as_any_document_does(world: World):
    for token in (None, "nonsense"):
        response = post_id(ME, token)
        assert (response.status_code, codes(response)) == (401, ["UNAUTHENTICATED"])


@pytest.mark.parametrize("document", [FREE, "{__schema{queryType{name}}}", "mutation{logout{loggedOut}}", FREE + "#"])
def test_T90_a_browser_writes_no_documents_of_its_own(world: World, settings, document):
    settings.GRAPHQL_TRUSTED_ONLY = True
    settings.GRAPHQL_INTROSPECTION = "authenticated"
    family = world.family(world.user, ("openid", "profile"))
    response = post(document, world.token_of(family))
    assert (response.status_code, codes(response)) == (403, ["DOCUMENT_NOT_TRUSTED"])
    assert "data" not in json.loads(response.content)
    family.refresh_from_db()
    assert family.ended_at is None


def test_T90_but_runs_trusted_ones_by_hash_or_text(world: World, settings, django_assert_num_queries):
    settings.GRAPHQL_TRUSTED_ONLY = True
    token = world.token("openid", "profile", "email", "roles")
    assert codes(post_id(ME, token)) == []
    with django_assert_num_queries(1):
        assert codes(post_id(ME, token)) == []
    assert codes(post(TEXTS["me"], token)) == []


def test_T90_a_restful_path_is_a_trusted_document(world: World, settings, client):
    settings.GRAPHQL_TRUSTED_ONLY = True
    assert client.get("/api/userinfo/", headers=bearer(world.token("openid"))).status_code == 200


@pytest.mark.parametrize(
    "columns",
    [
        {"client_type": "confidential", "token_endpoint_auth_method": "client_secret_basic"},
        {"redirect_uris": ["com.example.app:/callback"]},
        {"redirect_uris": []},
    ],
    ids=["confidential", "native", "device"],
)
def test_T90_other_clients_write_their_own(world: World, settings, columns):
    settings.GRAPHQL_TRUSTED_ONLY = True
    token = world.token("openid")
    Application.objects.filter(pk=world.app.pk).update(**columns)
    assert codes(post(FREE, token)) == []


def test_T90_a_persons_own_programs_write_their_own_but_no_page_makes_a_token_for_them(world: World, settings):
    soon = (timezone.now() + timedelta(days=1)).isoformat()
    create = (
        f'mutation{{createPersonalAccessToken(name:"x" scopes:["openid"] expiresAt:"{soon}")'
        "{token errors{message}}}"
    )
    token = world.token("openid", "account:write")
    personal = json.loads(post(create, token).content)["data"]["createPersonalAccessToken"]["token"]
    settings.GRAPHQL_TRUSTED_ONLY = True
    assert codes(post(FREE, personal)) == []
    assert codes(post(create, token)) == ["DOCUMENT_NOT_TRUSTED"]


def test_T90_so_does_everybody_where_it_is_off(world: World, django_assert_num_queries):
    token = world.token("openid")
    assert codes(post(FREE, token)) == []
    with django_assert_num_queries(1):
        assert codes(post(FREE, token)) == []


@pytest.mark.parametrize(
    "written",
    [
        "",
        "[]",
        '{"sha256:00": "{__typename}"}',
        '{"x": 5}',
        '{"format": "apollo-persisted-query-manifest"}',
        '{"format": "apollo-persisted-query-manifest", "operations": [{"id": "x"}]}',
        json.dumps({document_id("{mee}"): "{mee}"}),
        json.dumps({document_id("{"): "{"}),
    ],
)
def test_a_manifest_that_is_not_good_stops_the_start_by_name(tmp_path, written):
    path = tmp_path / "documents.json"
    path.write_text(written)
    with pytest.raises(ImproperlyConfigured, match=r"^GRAPHQL_TRUSTED_DOCUMENTS: "):
        documents.load([str(path)])
    with pytest.raises(ImproperlyConfigured, match=r"^GRAPHQL_TRUSTED_DOCUMENTS: .*missing\.json"):
        documents.load([str(tmp_path / "missing.json")])


def test_both_formats_of_manifests_are_read(tmp_path):
    text = "query Mine { __typename }\n"
    (tmp_path / "mine.graphql").write_text(text)
    apollo, plain = tmp_path / "apollo.json", tmp_path / "plain.json"
    apollo.write_bytes(manifest.write(tmp_path))
    plain.write_text(json.dumps({document_id(text).removeprefix("sha256:"): text}))
    for path in (apollo, plain):
        assert documents.load([str(path)])[document_id(text)].document is not None
