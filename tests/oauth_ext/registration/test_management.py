"""What a registered client may do with its registration (RFC 7592)."""

import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from oauth_ext.clients import services as clients
from oauth_ext.clients.models import Application
from oauth_ext.consents import services as consents
from oauth_ext.families.models import Family
from oauth_ext.registration.cleaning import KEEP_UNUSED, clean_clients
from tests.factories import authorization_parameters, make_client, make_user, pkce
from tests.oauth_ext.registration.calls import BACKEND, NATIVE, call, manage, register
from tests.oauth_ext.token_endpoint import get_code, signed_in
from tests.side_by_side import locked_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("anybody")]
WEB = NATIVE | {"redirect_uris": ["https://notes.example/callback"]}


def registered(body: object = WEB) -> tuple[dict[str, str], Application]:
    answer = register(body)
    assert answer.status == 201, answer.body
    return answer.body, Application.objects.get(client_id=answer.body["client_id"])


def wanted(body: dict[str, str], **changes: object) -> dict[str, object]:
    """What the client would send back: what it was told, without what only we say."""
    ours = {
        "registration_access_token",
        "registration_client_uri",
        "client_id_issued_at",
        "client_secret_expires_at",
    }
    return {name: value for name, value in body.items() if name not in ours} | changes


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("presented", ["", "wrong", "another's", "the client's secret"])
def test_RFC7592_2_nobody_else_sees_changes_or_deletes_a_client(method, presented):
    body, client = registered(BACKEND)
    other, _ = registered()
    token = {
        "another's": other["registration_access_token"],
        "the client's secret": body["client_secret"],
    }.get(presented, presented)
    answer = manage(method, body, wanted(body, client_name="Evil") if method == "PUT" else None, token)
    assert (answer.status, answer.body["error"]) == (401, "invalid_token")
    client.refresh_from_db()
    assert (client.name, client.is_active) == ("Shop", True)


def test_a_client_is_locked_before_what_people_allowed_it():
    body, client = registered()
    for method, changed in (("PUT", wanted(body, redirect_uris=["https://notes.example/other"])), ("DELETE", None)):
        consents.grant(make_user(method).pk, client.pk, ["openid"], [])
        tables = locked_in(lambda method=method, changed=changed: manage(method, body, changed))
        assert tables.index("oauth_ext_application") < tables.index("oauth_ext_consent")


@pytest.mark.parametrize("make", [lambda: make_client().client_id, lambda: "nobody", lambda: "a%00b"])
@pytest.mark.parametrize("token", ["", "x", None])
def test_a_client_that_did_not_register_itself_has_no_such_door(make, token):
    answer = call("GET", f"/o/register/{make()}/", token=token)
    assert answer.status == 401


def test_RFC7592_2_1_it_reads_what_is_registered_but_no_secret():
    body, _ = registered(BACKEND)
    answer = manage("GET", body)
    assert answer.status == 200
    assert answer.body == {name: value for name, value in body.items() if not name.startswith("client_secret")}


def test_nothing_is_there_once_it_is_switched_off(settings):
    body, client = registered()
    settings.DYNAMIC_REGISTRATION = "off"
    assert {manage(method, body).status for method in ("GET", "PUT", "DELETE")} == {404}
    assert clients.find(client.client_id) is not None  # whoever registered goes on


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"client_id": "another"}, "client_id"),
        ({"client_id": None}, "client_id"),
        ({"registration_access_token": "x"}, "registration_access_token"),
        ({"client_id_issued_at": 1}, "client_id_issued_at"),
        ({"client_secret": "one that the client chose"}, "client_secret"),
        ({"client_secret": 7}, "client_secret"),
        ({"token_endpoint_auth_method": "none"}, "token_endpoint_auth_method"),
        ({"token_endpoint_auth_method": "client_secret_post"}, "token_endpoint_auth_method"),
        ({"redirect_uris": []}, "redirect_uris"),
        ({"grant_types": ["client_credentials"]}, "grant_types"),
    ],
)
def test_RFC7592_2_2_what_is_wrong_is_refused_and_changes_nothing(changes, named):
    body, client = registered(BACKEND)
    answer = manage("PUT", body, wanted(body) | changes)
    assert answer.status == 400
    assert named in answer.body["error_description"]
    before = client.epoch
    client.refresh_from_db()
    assert (client.redirect_uris, client.epoch) == (BACKEND["redirect_uris"], before)


def test_RFC7592_2_2_it_registers_anew_and_what_it_leaves_out_is_gone():
    body, client = registered(BACKEND | {"post_logout_redirect_uris": ["https://shop.example/"]})
    answer = manage("PUT", body, wanted(BACKEND | {"client_id": body["client_id"]}, client_name="Shop 2"))
    assert answer.status == 200
    assert answer.body["client_name"] == "Shop 2"
    assert "post_logout_redirect_uris" not in answer.body
    client.refresh_from_db()
    assert (client.name, client.post_logout_redirect_uris) == ("Shop 2", [])


def test_what_it_holds_ends_with_where_it_answered():
    """Else a stolen registration would take over what people allowed to somebody else."""
    body, client = registered()
    person = signed_in(client)
    consents.grant(person.user.pk, client.pk, ["openid", "profile"], [])
    waiting = get_code(client, person.user)
    assert manage("PUT", body, wanted(body, redirect_uris=["https://evil.example/cb"])).status == 200
    assert not person.is_live()
    assert person.refresh().body["error"] == "invalid_grant"
    assert waiting.redeem(redirect_uri="https://notes.example/callback").body["error"] == "invalid_grant"
    assert consents.live(person.user.pk, client.pk) is None
    client.refresh_from_db()
    page = person.browser.get("/o/authorize/", authorization_parameters(client, pkce().challenge), follow=True)
    assert "This app registered itself." in page.content.decode()


def test_a_new_name_ends_nothing():
    body, client = registered()
    person = signed_in(client)
    assert manage("PUT", body, wanted(body, client_name="Notes, renamed")).status == 200
    assert person.is_live()


def test_RFC7592_2_3_a_client_takes_itself_back_with_all_that_it_holds():
    body, client = registered()
    person = signed_in(client)
    answer = manage("DELETE", body)
    assert (answer.status, answer.response["Cache-Control"]) == (204, "no-store")
    assert not person.is_live()
    assert person.refresh().status == 401
    page = person.browser.get("/o/authorize/", authorization_parameters(client, pkce().challenge))
    assert page.status_code == 400
    assert {manage(method, body, wanted(body)).status for method in ("GET", "PUT", "DELETE")} == {401}
    client.refresh_from_db()
    assert (client.is_active, client.secrets.count(), client.registration_token_hash) == (False, 0, "")


def test_a_client_that_the_operator_switched_off_can_do_nothing_about_it():
    body, client = registered()
    clients.disable(client)
    assert {manage(method, body, wanted(body)).status for method in ("GET", "PUT", "DELETE")} == {401}


def test_unused_clients_are_deleted_after_a_month_and_no_others():
    _, unused = registered()
    _, used = registered()
    taken_back, gone = registered()
    manage("DELETE", taken_back)
    young = registered()[1]
    ours = make_client("ours")
    consents.grant(make_user("bob").pk, used.pk, ["openid"], [])
    old = timezone.now() - KEEP_UNUSED - timedelta(minutes=1)
    Application.objects.exclude(pk=young.pk).update(updated=old)
    assert clean_clients() == 2
    assert set(Application.objects.all()) == {used, young, ours}
    assert not Application.objects.filter(pk__in=[unused.pk, gone.pk]).exists()


def test_a_client_with_a_family_is_never_deleted():
    _, client = registered()
    signed_in(client)
    Application.objects.update(updated=timezone.now() - 2 * KEEP_UNUSED)
    assert clean_clients() == 0
    assert Family.objects.filter(client=client).exists()


def test_the_command_does_not_take_over_a_client_that_registered_itself():
    body, _ = registered()
    assert re.fullmatch("[0-9a-f]{32}", body["client_id"])
    with pytest.raises(Exception, match="is registered with other values"):
        call_command("create_oauth_app", "--client-id", body["client_id"], "--trusted")
