"""Clients that are a URL, whose document is really fetched, over https, from a server that is really there."""

import json
from datetime import timedelta
from ipaddress import ip_network

import pytest
from django.test import Client
from django.utils import timezone

from idp.ratelimit.limits import METADATA_DOCUMENTS
from oauth_ext import metadata
from oauth_ext.clients import services as clients
from oauth_ext.clients.models import Application
from oauth_ext.consents import services as consents
from oauth_ext.registration import documents
from tests.document_host import DocumentHost
from tests.factories import Pkce, authorization_parameters, make_client, make_user, pkce, sign_in
from tests.oauth_ext.token_endpoint import get_code, post

pytestmark = pytest.mark.django_db
LOOPBACK = [ip_network("127.0.0.0/8"), ip_network("::1/128")]
CALLBACK = "https://notes.example/callback"


@pytest.fixture(scope="module")
def hosts(tmp_path_factory):
    with DocumentHost(tmp_path_factory.mktemp("ca")) as host:
        yield host


@pytest.fixture
def host(hosts, settings, monkeypatch):
    """A document that is good, where such clients are let in."""
    settings.CLIENT_ID_METADATA_DOCUMENTS = True
    settings.OUTBOUND_PRIVATE_NETWORKS = LOOPBACK
    monkeypatch.setenv("SSL_CERT_FILE", str(hosts.ca))
    hosts.document = {"client_id": hosts.url, "client_name": "Notes", "redirect_uris": [CALLBACK]}
    hosts.document |= {"grant_types": ["authorization_code", "refresh_token"]}
    hosts.status, hosts.headers, hosts.asked = 200, {"Cache-Control": "max-age=600"}, 0
    return hosts


def begin(client_id: str, browser: Client | None = None, pair: Pkce | None = None, **changes: str):
    unsaved = Application(client_id=client_id, redirect_uris=[CALLBACK])
    parameters = authorization_parameters(unsaved, (pair or pkce()).challenge, **changes)
    return (browser or Client()).get("/o/authorize/", parameters, follow=True)


def age(host: DocumentHost) -> Application:
    """Let what we know of the client be old; return it."""
    client: Application = Application.objects.get(client_id=host.url)
    Application.objects.filter(pk=client.pk).update(cimd_expires_at=timezone.now())
    client.refresh_from_db()
    return client


# Who is one


@pytest.mark.parametrize(
    "client_id",
    [
        "http://notes.example/client.json",
        "https://notes.example",
        "https://notes.example/",
        "https://notes.example/a#b",
        "https://notes.example/a?b",
        "https://user@notes.example/a",
        "https://user:pass@notes.example/a",
        "https://notes.example/../a",
        "https://notes.example/./a",
        "https://notes.example:x/a",
        "https:///a",
        "https://notes.example/a b",
        "https://notes.example/é",
        "https://notes.example/a\\b",
        "https://" + "a" * 250 + "/a",
        "HTTPS://notes.example/a",
        "spa",
    ],
)
def test_draft_3_what_is_no_url_of_a_client_is_not_asked(client_id, host):
    assert documents.is_url(client_id) is False
    answer = begin(client_id)
    assert answer.status_code == 400
    assert host.asked == 0


def test_nobody_is_asked_unless_it_is_switched_on(host, settings):
    settings.CLIENT_ID_METADATA_DOCUMENTS = False
    assert begin(host.url).status_code == 400
    assert (host.asked, Application.objects.count()) == (0, 0)


def test_it_is_advertised_where_it_works(settings):
    for switched in (False, True):
        settings.CLIENT_ID_METADATA_DOCUMENTS = switched
        metadata.authorization_server.cache_clear()
        document = json.loads(metadata.authorization_server("http://localhost:8000"))
        assert document["client_id_metadata_document_supported"] is switched


# What is refused


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "https://localhost/another.json"},
        {"client_id": None},
        {"client_secret": "x"},
        {"client_secret_expires_at": 0},
        {"token_endpoint_auth_method": "client_secret_basic"},
        {"token_endpoint_auth_method": "client_secret_post"},
        {"redirect_uris": []},
        {"redirect_uris": ["http://evil.example/cb"]},
        {"client_name": "A\u202ebank"},
        {"grant_types": ["client_credentials"]},
        {"jwks_uri": "https://10.0.0.1/jwks"},
        {"padding": "x" * 6000},
    ],
    ids=str,
)
def test_draft_4_a_document_that_is_not_the_clients_own_or_wrong_lets_nobody_in(host, changes):
    host.document = {name: value for name, value in (host.document | changes).items() if value is not None}
    answer = begin(host.url)
    assert answer.status_code == 400
    assert not answer.redirect_chain
    assert not Application.objects.exists()


@pytest.mark.parametrize("status", [201, 204, 301, 302, 304, 307, 404, 500])
def test_draft_6_no_redirect_is_followed_and_nothing_but_200_counts(host, status):
    host.status, host.headers = status, {"Location": f"{host.origin}/other.json"}
    assert begin(host.url).status_code == 400
    assert host.asked == 1
    assert not Application.objects.exists()


def test_a_private_address_is_not_asked(host, settings):
    settings.OUTBOUND_PRIVATE_NETWORKS = []
    assert begin(host.url).status_code == 400
    assert host.asked == 0


def test_a_server_that_nobody_vouches_for_is_not_believed(host, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    assert begin(host.url).status_code == 400
    assert host.asked == 0


def test_T41_one_address_has_us_ask_so_often_and_no_more(host, settings):
    settings.RATE_LIMIT_FACTOR = 1
    host.status = 404
    statuses = [begin(host.url).status_code for _ in range(METADATA_DOCUMENTS.rate.burst + 1)]
    assert statuses == [400] * METADATA_DOCUMENTS.rate.burst + [429]
    assert host.asked == METADATA_DOCUMENTS.rate.burst
    pushed = post("/o/par/", client_id=host.url)
    assert (pushed.status, pushed.body["error"]) == (429, "rate_limited")


def test_a_client_of_ours_with_such_a_name_is_left_as_it_is(host):
    client = make_client("app")
    Application.objects.filter(pk=client.pk).update(client_id=host.url)
    begin(host.url)
    client.refresh_from_db()
    assert (host.asked, client.registration_source) == (0, "manual")


# What is let in


def test_a_client_signs_people_in_without_being_registered(host):
    browser = Client()
    sign_in(browser, make_user())
    page = begin(host.url, browser)
    text = page.content.decode()
    assert page.status_code == 200
    assert f"This app belongs to {host.origin.removeprefix('https://')}" in text
    assert "Notes" in text
    client = Application.objects.get()
    assert (client.registration_source, client.trusted, client.is_public) == ("cimd", False, True)
    code = get_code(client, browser=browser, user=make_user("bob"))
    answer = code.redeem()
    assert answer.status == 200
    assert answer.body["refresh_token"]


def test_it_pushes_and_asks_for_devices_too(host):
    host.document |= {"grant_types": ["authorization_code", "urn:ietf:params:oauth:grant-type:device_code"]}
    unsaved = Application(client_id=host.url, redirect_uris=[CALLBACK])
    assert post("/o/par/", **authorization_parameters(unsaved, pkce().challenge)).status == 201
    Application.objects.all().delete()
    assert post("/o/device-authorization/", client_id=host.url, scope="openid").status == 200


def test_the_document_is_fetched_once_while_it_is_fresh(host):
    for _ in range(3):
        assert begin(host.url).status_code == 200
    assert host.asked == 1


@pytest.mark.parametrize(
    ("cache_control", "shortest", "longest"),
    [
        ("max-age=600", 590, 600),
        ("public, Max-Age=3600", 3590, 3600),
        ("max-age=1", 50, 60),
        ("no-store", 50, 60),
        ("max-age=999999999999", 86000, 86400),
        ("max-age=x", 290, 300),
        ("", 290, 300),
    ],
)
def test_draft_6_it_is_kept_as_long_as_its_server_says_within_bounds(host, cache_control, shortest, longest):
    host.headers = {"Cache-Control": cache_control}
    begin(host.url)
    left = (Application.objects.get().cimd_expires_at - timezone.now()).total_seconds()
    assert shortest < left <= longest


def test_a_document_that_is_gone_lets_nobody_begin(host):
    begin(host.url)
    age(host)
    host.status = 404
    assert begin(host.url).status_code == 400
    host.status = 200
    assert begin(host.url).status_code == 200


def test_what_a_client_held_ends_when_it_answers_elsewhere(host):
    begin(host.url)
    person_code = get_code(Application.objects.get())
    answer = person_code.redeem()
    client = age(host)
    consents.grant(person_code.user.pk, client.pk, ["openid"], [])
    host.document |= {"redirect_uris": ["https://evil.example/cb"]}
    assert begin(host.url).status_code == 400  # the old address isn't the client's any more
    refresh = post(
        "/o/token/", grant_type="refresh_token", client_id=host.url, refresh_token=answer.body["refresh_token"]
    )
    assert (refresh.status, refresh.body["error"]) == (400, "invalid_grant")
    assert consents.live(person_code.user.pk, client.pk) is None


def test_a_new_name_is_taken_over_and_ends_nothing(host):
    begin(host.url)
    before = age(host)
    host.document |= {"client_name": "Notes, renamed"}
    begin(host.url)
    client = Application.objects.get()
    assert (client.name, client.epoch) == ("Notes, renamed", before.epoch)
    assert client.cimd_expires_at > timezone.now() + timedelta(minutes=5)


def test_a_client_that_the_operator_switched_off_stays_off(host):
    begin(host.url)
    clients.disable(age(host))
    asked = host.asked
    assert begin(host.url).status_code == 400
    assert host.asked == asked


def test_a_client_begins_nothing_once_such_clients_are_not_let_in_any_more(host, settings):
    begin(host.url)
    settings.CLIENT_ID_METADATA_DOCUMENTS = False
    assert begin(host.url).status_code == 400
    assert post("/o/par/", client_id=host.url).status == 400
