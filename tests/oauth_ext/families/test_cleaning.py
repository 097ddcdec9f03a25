"""Which families are deleted: those that have long been dead, and with them nothing that lives."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone
from structlog.testing import capture_logs

from idp.outbox import registry
from idp.sessions import services as sessions
from oauth_ext.families.cleaning import clean_families, tell_share_of_dead
from oauth_ext.families.models import EndReason, Family
from oauth_ext.families.services import end
from tests.oauth_ext.token_endpoint import get, signed_in

pytestmark = pytest.mark.django_db
MONTH = timedelta(days=30)
MOMENT = timedelta(minutes=1)


def test_a_standing_family_is_kept_and_lives_on():
    person = signed_in()
    assert clean_families() == 0
    assert person.is_live()


@pytest.mark.parametrize(
    ("change", "deleted"),
    [
        ({"ended_at": MONTH - MOMENT}, False),
        ({"ended_at": MONTH + MOMENT}, True),
        ({"expires_at": MONTH - MOMENT}, False),
        ({"expires_at": MONTH + MOMENT}, True),
        ({"turned_at": 2 * MONTH - MOMENT}, False),
        ({"turned_at": 2 * MONTH + MOMENT}, False),
        ({"turned_at": 2 * MONTH + timedelta(minutes=11)}, True),
    ],
)
def test_a_family_goes_a_month_after_its_end(change, deleted):
    sessions.end(signed_in().session.pk)
    values = {name: timezone.now() - age for name, age in change.items()}
    reason = {"end_reason": EndReason.REVOKED} if "ended_at" in change else {}
    Family.objects.update(**values, **reason)
    assert clean_families() == int(deleted)
    assert Family.objects.exists() is not deleted


def test_a_family_is_kept_while_its_session_goes_on_for_its_client_is_to_be_told_of_the_end():
    person = signed_in()
    Family.objects.update(ended_at=timezone.now() - 2 * MONTH, end_reason=EndReason.REVOKED)
    assert clean_families() == 0
    sessions.end(person.session.pk)
    assert clean_families() == 1


def test_a_family_that_does_not_turn_is_not_unused():
    signed_in()
    Family.objects.update(rotates=False, turned_at=F("turned_at") - 3 * MONTH)
    assert clean_families() == 0


def test_tokens_of_a_deleted_family_stay_dead():
    person = signed_in()
    family = Family.objects.get()
    end(family.pk, EndReason.REVOKED)
    sessions.end(person.session.pk)
    Family.objects.update(ended_at=F("ended_at") - MONTH - MOMENT)
    assert clean_families() == 1
    assert get("/o/userinfo/", person.access_token).status == 401
    assert person.refresh().body["error"] == "invalid_grant"


def test_the_worker_knows_of_it():
    assert "clean token families" in {job.name for job in registry.periodic()}


@pytest.mark.parametrize(
    ("change", "dead", "overdue"),
    [
        ({}, 0, 0),
        ({"ended_at": MOMENT}, 1, 0),
        ({"ended_at": MONTH + MOMENT}, 1, 1),
        ({"expires_at": MOMENT}, 1, 0),
        ({"expires_at": MONTH + MOMENT}, 1, 1),
        ({"turned_at": MONTH + timedelta(minutes=11)}, 1, 0),
        ({"turned_at": 2 * MONTH + timedelta(minutes=11)}, 1, 1),
    ],
)
def test_the_log_says_which_share_of_families_is_dead(change, dead, overdue):
    assert tell_share_of_dead() == 0
    first = signed_in()
    signed_in(first.client, first.user)
    values = {name: timezone.now() - age for name, age in change.items()}
    reason = {"end_reason": EndReason.REVOKED} if "ended_at" in change else {}
    Family.objects.filter(pk=Family.objects.earliest("created_at").pk).update(**values, **reason)
    with capture_logs() as logged:
        assert tell_share_of_dead() == dead / 2
    told = {"families": 2, "dead": dead, "overdue": overdue, "share": dead / 2}
    assert logged == [{"event": "families.counted", "log_level": "info", **told}]
