"""Django's admin reads; what it changes goes through the services."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.urls import reverse

from oauth_ext.authorization.device.models import DeviceGrant
from oauth_ext.clients.models import Application
from oauth_ext.consents.models import Consent
from oauth_ext.families.models import Family
from oauth_ext.keys import ring
from oauth_ext.keys.models import KeyState, SigningKey
from oauth_ext.registration import tokens
from oauth_ext.registration.models import InitialAccessToken
from oauth_ext.resources.models import Resource
from tests.factories import SECRET, make_client
from tests.oauth_ext.authorization.device.steps import start
from tests.oauth_ext.token_endpoint import signed_in

pytestmark = pytest.mark.django_db
OURS = {Application, Consent, DeviceGrant, Family, InitialAccessToken, SigningKey, Resource}


def page(row) -> str:
    return reverse(f"admin:oauth_ext_{row._meta.model_name}_change", args=[row.pk])


def act(browser, action: str, *rows):
    listing = reverse(f"admin:oauth_ext_{rows[0]._meta.model_name}_changelist")
    return browser.post(listing, {"action": action, "_selected_action": [str(row.pk) for row in rows]})


def test_it_shows_what_is_ours_and_none_of_what_stays_empty(admin_browser):
    assert admin_browser.get("/admin/").status_code == 200
    shown = {model for model in admin.site._registry if model._meta.app_label in {"oauth_ext", "oauth2_provider"}}
    assert shown == OURS


def test_every_list_and_every_row_can_be_looked_at(admin_browser):
    signed_in(scope="openid", client=make_client(trusted=False))
    Resource.objects.create(uri="https://reports.example")
    tokens.issue("for somebody", uses=1, lifetime=timedelta(days=1))
    start()
    for model in OURS:
        name = model._meta.model_name
        assert admin_browser.get(reverse(f"admin:oauth_ext_{name}_changelist"), {"q": "x"}).status_code == 200
        for row in model.objects.all():
            assert admin_browser.get(page(row)).status_code == 200
        assert model.objects.exists()


def test_nothing_is_added_or_deleted(admin_browser):
    signed_in(scope="openid", client=make_client(trusted=False))
    Resource.objects.create(uri="https://reports.example")
    tokens.issue("for somebody", uses=1, lifetime=timedelta(days=1))
    start()
    for model in OURS:
        row = model.objects.first()
        name = f"admin:oauth_ext_{model._meta.model_name}"
        assert admin_browser.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
        assert admin_browser.get(reverse(f"{name}_add")).status_code == 403
        act(admin_browser, "delete_selected", row)
        assert model.objects.filter(pk=row.pk).exists()


def test_switching_a_client_off_ends_what_it_holds(admin_browser):
    real = signed_in(client=make_client(trusted=True), scope="openid")
    admin_browser.post(page(real.client), {"trusted": "on"})
    assert not Application.objects.get().is_active
    assert not real.is_live()
    admin_browser.post(page(real.client), {"trusted": "on", "is_active": "on"})
    assert Application.objects.get().is_active
    assert not real.is_live(), "what it held before stays dead"


def test_a_client_no_longer_trusted_loses_what_nobody_allowed(admin_browser):
    real = signed_in(client=make_client(trusted=True), scope="openid")
    admin_browser.post(page(real.client), {"is_active": "on"})
    assert not Application.objects.get().trusted
    assert not real.is_live()


def test_nothing_else_of_a_client_can_be_changed(admin_browser):
    client = make_client(trusted=True, default_scopes=["openid"])
    changes = {"redirect_uris": '["https://evil.example"]', "name": "x", "client_id": "y"}
    assert admin_browser.post(page(client), {"trusted": "on", "is_active": "on", **changes}).status_code == 302
    again = Application.objects.get()
    assert (again.client_id, again.name, again.redirect_uris, again.epoch) == (
        client.client_id,
        client.name,
        client.redirect_uris,
        client.epoch,
    )


def test_a_family_is_ended_and_a_consent_taken_back(admin_browser):
    first = signed_in(make_client("one"), scope="openid")
    act(admin_browser, "end", Family.objects.get())
    assert not first.is_live()
    second = signed_in(make_client("two"), first.user, scope="openid")
    act(admin_browser, "revoke", Consent.objects.get(client=second.client))
    assert not second.is_live()


def test_a_key_is_given_up(admin_browser):
    lost = SigningKey.objects.get(algorithm="ES256")
    act(admin_browser, "mark_compromised", lost)
    lost.refresh_from_db()
    assert lost.state == KeyState.COMPROMISED
    assert SigningKey.objects.filter(algorithm="ES256", state=KeyState.ACTIVE).count() == 1
    ring.forget()


def test_secrets_and_salts_are_not_shown(admin_browser):
    client = make_client("machine", client_type="confidential", trusted=True)
    real = signed_in(client, scope="openid offline_access")
    family = Family.objects.get()
    device = start()
    grant = DeviceGrant.objects.get()
    pages = [admin_browser.get(page(row)).content.decode() for row in (client, family, grant)]
    digests = list(client.secrets.values_list("digest", flat=True))
    digests += [grant.device_code_hash, str(grant.user_code_mac), device.device_code, device.user_code]
    for secret in (SECRET, *digests, bytes(family.salt).hex(), real.access_token, real.refresh_token):
        assert not any(secret in shown for shown in pages)


def test_staff_without_permissions_and_strangers_see_nothing(client):
    for model in OURS:
        assert client.get(reverse(f"admin:oauth_ext_{model._meta.model_name}_changelist")).status_code == 302
