"""The device authorization request (RFC 8628 §3.1) and its answer (§3.2)."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.db import IntegrityError
from django.test import Client

from oauth_ext import handles
from oauth_ext.authorization.device import services, user_codes
from oauth_ext.authorization.device.models import DeviceGrant
from oauth_ext.clients import rows
from oauth_ext.clients import services as clients
from oauth_ext.resources.models import Resource
from tests.factories import FORM, SECRET, make_client
from tests.oauth_ext.authorization.device.steps import GRANT, ask, make_tv
from tests.oauth_ext.token_endpoint import post

pytestmark = pytest.mark.django_db
PATH = "/o/device-authorization/"


def test_T42_a_device_gets_its_codes_and_where_to_send_people(settings):
    answer = ask(make_tv())

    assert answer.status == 200
    assert answer.response.headers["Cache-Control"] == "no-store"
    assert answer.response.headers["Content-Type"] == "application/json"
    assert not answer.response.cookies
    body = answer.body
    assert body == {
        "device_code": body["device_code"],
        "user_code": body["user_code"],
        "verification_uri": f"{settings.ISSUER_URL}/o/device/",
        "verification_uri_complete": f"{settings.ISSUER_URL}/o/device/?user_code={body['user_code']}",
        "expires_in": 600,
        "interval": 5,
    }
    assert len(body["device_code"]) == 43
    assert user_codes.shown(user_codes.read(body["user_code"]) or "") == body["user_code"]


def test_T31_neither_code_is_kept():
    body = ask(make_tv()).body
    grant = DeviceGrant.objects.get()
    kept = str(DeviceGrant.objects.values().get())
    code = user_codes.read(body["user_code"])
    assert code
    assert body["device_code"] not in kept
    assert body["user_code"] not in kept
    assert code not in kept
    assert grant.device_code_hash == handles.digest(body["device_code"])
    assert grant.expires_at - grant.created_at == timedelta(seconds=600)


def test_its_life_and_interval_are_settings(settings):
    settings.DEVICE_CODE_EXPIRE_SECONDS, settings.DEVICE_POLL_SECONDS = 120, 9
    body = ask(make_tv()).body
    assert (body["expires_in"], body["interval"]) == (120, 9)
    assert DeviceGrant.objects.get().interval == 9


def test_it_asks_for_the_default_where_it_names_no_scope_and_for_the_resources_it_names():
    Resource.objects.create(uri="https://films.example/")
    Resource.objects.create(uri="https://music.example/")
    uris = ["https://films.example/", "https://music.example/"]
    ask(make_tv(default_scopes=["openid"], default_resources=uris[:1]), scope=None)
    assert (DeviceGrant.objects.get().asked, DeviceGrant.objects.get().resources) == (["openid"], uris[:1])
    ask(clients.find("tv"), resource=uris)
    assert DeviceGrant.objects.latest("pk").resources == uris


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_id": "unknown"}, 401, "invalid_client"),
        ({"client_id": None}, 401, "invalid_client"),
        ({"client_secret": "x"}, 401, "invalid_client"),
        ({"scope": "openid nobody-knows-it"}, 400, "invalid_scope"),
        ({"scope": 'a"b'}, 400, "invalid_scope"),
        ({"resource": "https://nobody.example"}, 400, "invalid_target"),
        ({"resource": "not a URI"}, 400, "invalid_target"),
        ({"claims": "{}"}, 400, "invalid_request"),
        ({"code_challenge": "c" * 43}, 400, "invalid_request"),
        ({"dpop_jkt": "c" * 43}, 400, "invalid_request"),
        ({"authorization_details": "[]"}, 400, "invalid_request"),
        ({"scope": ["openid", "profile"]}, 400, "invalid_request"),
        ({"client_id": ["tv", "tv"]}, 400, "invalid_request"),
    ],
)
def test_what_can_not_be_granted_is_refused_and_leaves_nothing(changes, status, error):
    make_tv()
    parameters = {"client_id": "tv", "scope": "openid", **changes}
    answer = post(PATH, **parameters)
    assert (answer.status, answer.body["error"]) == (status, error)
    assert answer.response.headers["Cache-Control"] == "no-store"
    assert not DeviceGrant.objects.exists()


def test_an_unknown_parameter_is_ignored():
    assert ask(make_tv(), something="else").status == 200


def test_T35_only_clients_with_the_grant_may_ask():
    answer = ask(make_client("app"))
    assert (answer.status, answer.body["error"]) == (400, "unauthorized_client")


def test_T26_a_confidential_client_authenticates_as_at_the_token_endpoint():
    tv = make_tv(client_type="confidential")
    assert ask(tv).status == 200
    assert post(PATH, client_id="tv").body["error"] == "invalid_client"
    assert post(PATH, client_id="tv", client_secret=SECRET).body["error"] == "invalid_client"  # Basic was registered
    clients.disable(tv)
    assert ask(tv).body["error"] == "invalid_client"


@pytest.mark.parametrize("name", ["device_code", "client_secret", "grant_type"])
def test_T30_no_secret_in_the_address(name):
    make_tv()
    answer = Client().post(f"{PATH}?{name}=x", "client_id=tv", content_type=FORM)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_other_methods_are_refused_and_no_cookie_is_looked_at():
    assert Client().get(PATH).status_code == 405
    answer = Client(enforce_csrf_checks=True).post(PATH, "client_id=" + make_tv().client_id, content_type=FORM)
    assert answer.status_code == 200


def test_two_devices_never_show_the_same_code(monkeypatch):
    tv = make_tv()
    row, _ = rows.load("tv")
    assert row
    codes = iter(["WDJBMJHT", "WDJBMJHT", "BCDFGHJK"])
    monkeypatch.setattr(user_codes, "new", lambda: next(codes))
    first = services.begin(row, [], [], "")
    second = services.begin(row, [], [], "")
    assert (first.user_code, second.user_code) == ("WDJBMJHT", "BCDFGHJK")
    grant = DeviceGrant.objects.earliest("pk")
    with pytest.raises(IntegrityError):
        DeviceGrant.objects.create(
            device_code_hash="x",
            user_code_mac=grant.user_code_mac,
            client=tv,
            interval=5,
            expires_at=grant.expires_at,
        )


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("198.51.100.77", "198.51.100.0/24"),
        ("2001:db8:1:2::5", "2001:db8:1::/48"),
        ("::ffff:198.51.100.7", "198.51.100.0/24"),
    ],
)
def test_of_the_devices_address_only_its_network_is_kept(address, network):
    make_tv()
    Client(REMOTE_ADDR=address).post(PATH, f"client_id=tv&scope={quote('openid')}", content_type=FORM)
    assert DeviceGrant.objects.get().origin == network


def test_the_endpoint_and_the_grant_are_advertised(settings):
    told = Client().get("/.well-known/oauth-authorization-server").json()
    assert told["device_authorization_endpoint"] == f"{settings.ISSUER_URL}{PATH}"
    assert GRANT in told["grant_types_supported"]


@pytest.mark.parametrize(
    "path",
    [
        "/device-authorization/",
        "/o/device-authorization",
        "/o/device-confirm/x/",
        "/device/",
        "/o/device-grant-status/x/",
    ],
)
def test_T42_the_pages_of_django_oauth_toolkit_are_not_there(path):
    assert {Client().get(path).status_code, Client().post(path).status_code} == {404}
