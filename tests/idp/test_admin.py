"""Django's admin: by the same sign-in, to read; what it changes goes through the services."""

import pytest
from django.contrib import admin
from django.urls import reverse

from idp.outbox.services import put
from idp.sessions.models import Session
from idp.users import services as users
from idp.users.models import User

pytestmark = pytest.mark.django_db


def test_strangers_go_through_everybodys_sign_in(client):
    first = client.get("/admin/")
    assert first.status_code == 302
    answer = client.get(first.headers["Location"])
    assert answer.headers["Location"] == "/accounts/login/?next=%2Fadmin%2F"


def test_its_own_form_is_not_there(client, boss):
    answer = client.post("/admin/login/", {"username": "boss", "password": "bosspass"})
    assert answer.status_code == 302
    assert not Session.objects.exists()


def test_who_is_not_staff_is_refused(alice, sign_in):
    client = sign_in(alice)
    assert client.get("/admin/", follow=True).status_code == 403
    assert client.get("/admin/idp/user/", follow=True).status_code == 403


def test_only_our_own_modules_are_there():
    assert all(
        type(model_admin).__module__.startswith(("idp.", "oauth_ext.")) for model_admin in admin.site._registry.values()
    )
    assert User in admin.site._registry


def test_everything_can_be_looked_at(boss, alice, sign_in):
    client = sign_in(boss)
    put("greet", {"secret": "of alice"})
    assert client.get("/admin/").status_code == 200
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        assert client.get(reverse(f"{name}_changelist")).status_code == 200, name
        for row in model._default_manager.all()[:1]:
            page = client.get(reverse(f"{name}_change", args=[row.pk]))
            assert page.status_code == 200, name
            assert "of alice" not in page.text
            assert "argon2" not in page.text


@pytest.mark.parametrize(
    "guess",
    [
        "idp/user/?password__startswith=argon2",
        "idp/outboxmessage/?payload__startswith=e1",
        "oauth_ext/signingkey/?private_sealed__startswith=e1",
        "oauth_ext/family/?salt__gt=0",
        "oauth_ext/application/?secrets__digest__startswith=0",
        "oauth_ext/consent/?user__password__startswith=argon2",
    ],
)
def test_what_is_not_shown_is_not_told_by_a_filter(boss, sign_in, guess):
    assert sign_in(boss).get(f"/admin/{guess}").status_code == 400


def test_what_is_shown_can_be_filtered(boss, sign_in):
    client = sign_in(boss)
    for filters in ("idp/user/?is_active__exact=1&role__id__exact=1", "oauth_ext/signingkey/?state__exact=active"):
        assert client.get(f"/admin/{filters}").status_code == 200


def test_nothing_is_added_and_nothing_deleted(boss, alice, sign_in):
    client = sign_in(boss)
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        assert client.get(reverse(f"{name}_add")).status_code == 403, name
    assert client.post(f"/admin/idp/user/{alice.pk}/delete/", {"post": "yes"}).status_code == 403
    refused = client.post(
        "/admin/idp/user/", {"action": "delete_selected", "_selected_action": [alice.pk], "post": "yes"}
    )
    assert refused.status_code in {302, 403}
    assert User.objects.filter(pk=alice.pk).exists()


def test_T79_no_password_is_set_or_shown(boss, alice, sign_in):
    client = sign_in(boss)
    assert 'type="password"' not in client.get(f"/admin/idp/user/{alice.pk}/change/").text
    assert client.get(f"/admin/idp/user/{alice.pk}/password/").status_code in {302, 404}
    before = alice.password
    client.post(f"/admin/idp/user/{alice.pk}/change/", {"role": alice.role_id, "is_active": "on", "password": "mine"})
    alice.refresh_from_db()
    assert alice.password == before
    assert client.get("/admin/password_change/").headers["Location"] == reverse("account_reset_password")


def test_a_role_given_here_goes_through_the_service(boss, alice, sign_in):
    role = users.find_role("admin")
    sign_in(boss).post(
        f"/admin/idp/user/{alice.pk}/change/", {"role": role.pk, "is_active": "on", "is_superuser": "on"}
    )
    alice.refresh_from_db()
    assert (alice.role, alice.epoch, alice.is_superuser) == (role, 0, False)


def test_deactivating_here_ends_what_they_have(boss, alice, sign_in):
    sign_in(boss).post(f"/admin/idp/user/{alice.pk}/change/", {"role": alice.role_id})
    alice.refresh_from_db()
    assert (alice.is_active, alice.epoch) == (False, 1)


def test_sessions_are_ended_by_the_one_act(boss, alice, sign_in):
    sign_in(alice)
    hers = Session.objects.get()
    client = sign_in(boss)
    client.post("/admin/idp/session/", {"action": "end", "_selected_action": [hers.pk]})
    hers.refresh_from_db()
    assert (hers.ended_at is not None, hers.epoch) == (True, 1)
    client.post("/admin/idp/user/", {"action": "sign_out_everywhere", "_selected_action": [alice.pk]})
    assert User.objects.get(pk=alice.pk).epoch == 1


def test_signing_out_here_is_signing_out(boss, sign_in):
    client = sign_in(boss)
    client.post("/admin/logout/")
    assert Session.objects.get().ended_at is not None
    assert client.get("/admin/").status_code == 302


def test_a_link_to_the_sign_out_signs_nobody_out(boss, sign_in):
    client = sign_in(boss)
    assert client.get("/admin/logout/").status_code == 405
    assert Session.objects.get().ended_at is None
