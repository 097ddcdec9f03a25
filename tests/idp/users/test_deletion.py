"""An account is closed when its owner deletes it, kept by a sign-in, and gone when it is due."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core import mail
from django.utils import timezone

from idp.audit.models import AuditEvent, Event
from idp.models import Session, User
from idp.outbox import registry
from idp.outbox import services as outbox
from idp.users import deletion
from idp.users import services as users
from idp.users.errors import AccountGone, KeptAccount
from oauth_ext.clients.models import Application
from oauth_ext.consents.models import Consent
from oauth_ext.families.models import Family
from tests.factories import make_client, make_user
from tests.oauth_ext.token_endpoint import signed_in
from tests.side_by_side import waiting

pytestmark = pytest.mark.django_db
GRACE = timedelta(days=14)
# What hangs on a person, by the column that points there; the test below finds what was forgotten.
GOES = {
    "account.EmailAddress.user",
    "admin.LogEntry.user",  # of who was once let into Django's admin; the trail has it, too
    "idp.AuthenticatorApp.user",
    "idp.EmailCode.user",
    "idp.Invitation.invited_by",  # an open one stands for whoever invites
    "idp.Identity.user",
    "idp.Passkey.user",
    "idp.RecoveryCode.user",
    "idp.Session.user",
    "idp.User_groups.user",
    "idp.User_user_permissions.user",
    "oauth_ext.AccessToken.user",  # these three are empty
    "oauth_ext.IDToken.user",
    "oauth_ext.RefreshToken.user",
    "oauth_ext.AuthorizationCode.user",
    "oauth_ext.Consent.user",
    "oauth_ext.DeviceGrant.user",
    "oauth_ext.Family.user",
    "oauth_ext.PairwiseSubject.user",
}
STAYS = {"oauth_ext.Application.user"}


def due(user: User, **ago: float) -> None:
    """Have the person's account be due since then, or in a while."""
    User.objects.filter(pk=user.pk).update(deletion_due_at=timezone.now() - timedelta(**ago))
    user.refresh_from_db()


def events(user: User) -> list[str]:
    kinds = {Event.DELETION_ASKED, Event.DELETION_CALLED_OFF, Event.USER_DELETED}
    found = AuditEvent.objects.filter(for_user=user.sub, event__in=kinds)
    return list(found.order_by("pk").values_list("event", flat=True))


def subjects() -> list[str]:
    while outbox.run_once():
        pass
    return [str(message.subject) for message in mail.outbox]


@pytest.mark.parametrize("rank", ["is_staff", "is_superuser"])
def test_whom_the_admin_site_is_open_to_is_kept(alice, rank):
    User.objects.filter(pk=alice.pk).update(**{rank: True})
    with pytest.raises(KeptAccount):
        deletion.ask(alice)
    alice.refresh_from_db()
    assert (alice.epoch, alice.deletion_due_at, events(alice), subjects()) == (0, None, [], [])


def test_what_they_had_is_dead_at_once_and_they_are_told_until_when_it_can_be_kept(time_machine):
    time_machine.move_to("2026-11-27T12:00:00Z", tick=False)
    alice = make_user(email="alice@example.com")
    tokens = signed_in(make_client("app"), alice, scope="openid")
    assert deletion.ask(User.objects.get()) == timezone.now() + GRACE
    assert tokens.refresh().body["error"] == "invalid_grant"
    alice.refresh_from_db()
    assert (alice.epoch, alice.deletion_due_at, events(alice)) == (1, timezone.now() + GRACE, ["deletion_asked"])
    assert subjects() == ["Your account will be deleted"]
    assert "2026-12-11 12:00 UTC" in mail.outbox[0].body
    assert Session.objects.get().ended_at == timezone.now(), "the clients were told, too"


def test_asked_twice_at_once_the_first_time_counts(alice):
    stale = User.objects.get(pk=alice.pk)
    first = deletion.ask(alice)
    assert deletion.ask(stale) == first
    alice.refresh_from_db()
    assert (alice.epoch, alice.deletion_due_at, events(alice)) == (1, first, ["deletion_asked"])


def test_what_was_judged_before_keeps_nothing(alice):
    deletion.ask(alice)
    stale = User.objects.get(pk=alice.pk)
    users.sign_out_everywhere(alice)
    deletion.call_off(stale)
    assert User.objects.get().deletion_due_at is not None
    assert events(alice) == ["deletion_asked"]


def test_of_two_sign_ins_at_once_one_calls_it_off_and_both_are_in(alice):
    deletion.ask(alice)
    first, second = User.objects.get(pk=alice.pk), User.objects.get(pk=alice.pk)
    deletion.call_off(first)
    deletion.call_off(second)
    assert User.objects.get().deletion_due_at is None
    assert events(alice) == ["deletion_asked", "deletion_called_off"]


def test_nothing_is_deleted_before_it_is_due(alice, boss):
    due(alice, minutes=-1)
    assert deletion.delete_due() == 0
    assert User.objects.count() == 2


def test_once_due_it_is_gone_with_all_that_hung_on_it_and_the_trail_says_whose_it_was(alice, boss):
    app = make_client("app")
    signed_in(app, alice, scope="openid")
    Application.objects.update(user=alice)
    before = list(AuditEvent.objects.order_by("pk").values())
    due(alice, seconds=1)
    assert deletion.delete_due() == 1
    assert list(User.objects.values_list("username", flat=True)) == ["boss"]
    assert not Session.objects.exists() and not Family.objects.exists() and not Consent.objects.exists()
    app = Application.objects.get()
    assert (app.user, app.is_active, app.epoch) == (None, True, 0), "others go on to use it"
    *kept, last = AuditEvent.objects.order_by("pk").values()
    assert kept == before
    assert (last["event"], last["for_user"], last["by_user"], last["details"]) == ("user_deleted", alice.sub, None, {})
    assert deletion.delete_due() == 0


def test_T49_the_name_is_free_then_and_the_subject_is_not_used_again(alice):
    due(alice, seconds=1)
    assert users.is_taken("alice")
    deletion.delete_due()
    assert not users.is_taken("alice")
    assert users.create_user("alice", "secret", email="alice@example.com").sub != alice.sub


def test_of_everything_that_hangs_on_a_person_somebody_has_decided():
    """A new table that points to people goes with them, or says here why it stays."""
    found = {
        f"{model._meta.app_label}.{model.__name__}.{column.name}": column.remote_field.on_delete.__name__
        for model in apps.get_models(include_auto_created=True)
        for column in model._meta.local_fields
        if column.related_model is User and model._meta.app_label != "oauth2_provider"
    }
    assert {name for name, act in found.items() if act == "CASCADE"} == GOES
    assert {name for name, act in found.items() if act == "SET_NULL"} == STAYS
    assert set(found) == GOES | STAYS


def test_the_worker_does_it_every_hour(alice):
    [duty] = [job for job in registry.periodic() if job.name == "delete accounts"]
    due(alice, seconds=1)
    duty.run()
    assert (duty.seconds, User.objects.exists()) == (3600, False)


@pytest.mark.django_db(transaction=True)
def test_a_sign_in_first_keeps_it_though_the_worker_found_it_due():
    """The worker's clock is ahead; the row decides."""
    alice = make_user()
    due(alice, minutes=-1)
    ahead = timezone.now() + timedelta(minutes=2)
    with waiting(lambda: deletion._delete(alice, ahead)) as worker:
        deletion.call_off(alice)
    assert worker == [False]
    assert User.objects.get().is_active


@pytest.mark.django_db(transaction=True)
def test_the_worker_first_leaves_nothing_to_sign_in_to():
    alice = make_user()
    due(alice, minutes=-1)

    def sign_in():
        with pytest.raises(AccountGone):
            deletion.call_off(alice)
        return "refused"

    with waiting(sign_in) as person:
        assert deletion._delete(alice, timezone.now() + timedelta(minutes=2))
    assert person == ["refused"]
    assert not User.objects.exists()
