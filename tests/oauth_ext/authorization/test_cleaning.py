"""What is deleted, and what is kept because it still says something."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from idp.models import Session
from idp.outbox import registry
from oauth_ext.authorization.cleaning import clean_codes, clean_requests
from oauth_ext.authorization.models import AuthorizationCode, AuthorizationRequest
from oauth_ext.clients.models import Application
from oauth_ext.families.models import EndReason, Family
from tests.oauth_ext.authorization.steps import ask

DAY = timedelta(days=1)


def test_requests_go_when_they_have_ended(browser: Client, signed_in: Session, app: Application) -> None:
    ask(browser, app)
    assert clean_requests() == 0
    AuthorizationRequest.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert clean_requests() == 1
    assert not AuthorizationRequest.objects.exists()


@pytest.mark.parametrize(
    ("bought", "deleted"), [("nothing", True), ("a family that lives", False), ("ended", True), ("expired", True)]
)
def test_a_used_code_is_kept_while_what_it_bought_lives(
    browser: Client, signed_in: Session, trusted: Application, bought: str, deleted: bool
) -> None:
    ask(browser, trusted)
    now = timezone.now()
    family = None
    if bought != "nothing":
        family = Family.objects.create(
            client=trusted,
            client_epoch=0,
            issuer="",
            salt=b"s",
            expires_at=now - DAY if bought == "expired" else now + DAY,
            ended_at=now if bought == "ended" else None,
            end_reason=EndReason.REVOKED if bought == "ended" else "",
        )
    AuthorizationCode.objects.update(expires_at=now - 2 * DAY, used_at=now, family=family)

    assert clean_codes() == int(deleted)


def test_a_code_that_could_still_be_redeemed_is_kept(browser: Client, signed_in: Session, trusted: Application) -> None:
    ask(browser, trusted)

    assert clean_codes() == 0


def test_the_worker_knows_of_it() -> None:
    assert {"clean authorization requests", "clean authorization codes"} <= {job.name for job in registry.periodic()}
