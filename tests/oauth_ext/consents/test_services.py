"""Consents by themselves."""

import threading
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from idp.audit.models import AuditEvent
from idp.models import User
from oauth_ext.clients.models import Application
from oauth_ext.consents import services as consents
from oauth_ext.consents.models import Consent
from oauth_ext.families.models import Family
from oauth_ext.families.standing import standing
from tests import factories


@pytest.fixture
def alice(db: None) -> User:
    return factories.make_user("alice")


@pytest.fixture
def app(db: None) -> Application:
    return factories.make_client("app")


def test_there_is_one_live_consent_and_it_widens(alice: User, app: Application) -> None:
    first = consents.grant(alice.pk, app.pk, ["openid"], ["https://a.example/"])
    second = consents.grant(alice.pk, app.pk, ["email", "openid"], ["https://b.example/"])

    assert first.pk == second.pk
    consent = Consent.objects.get()
    assert consent.scopes == ["openid", "email"]
    assert consent.details == {"at": {"https://a.example/": ["openid"], "https://b.example/": ["email", "openid"]}}


@pytest.mark.parametrize(
    ("scopes", "resources", "covered"),
    [
        (["openid"], ["https://a.example/"], True),
        (["openid", "email"], ["https://a.example/"], True),
        ([], ["https://a.example/"], True),
        (["openid", "profile"], ["https://a.example/"], False),
        (["openid"], ["https://b.example/"], False),
        (["openid"], ["https://a.example/", "https://b.example/"], False),
        ([], ["https://b.example/"], False),
        (["openid"], [], False),
    ],
)
def test_a_consent_covers_what_it_names(
    alice: User, app: Application, scopes: list[str], resources: list[str], covered: bool
) -> None:
    consent = consents.grant(alice.pk, app.pk, ["openid", "email"], ["https://a.example/"])

    assert consents.covers(consent, scopes, resources) is covered


def test_what_was_allowed_at_one_resource_is_not_allowed_at_another(alice: User, app: Application) -> None:
    consents.grant(alice.pk, app.pk, ["openid"], [])
    consent = consents.grant(alice.pk, app.pk, ["roles:read"], ["https://a.example/"])

    assert consents.covers(consent, ["openid"], [])
    assert consents.covers(consent, ["openid"], [settings.ISSUER_URL])
    assert consents.covers(consent, ["roles:read"], ["https://a.example/"])
    assert not consents.covers(consent, ["roles:read"], [])
    assert not consents.covers(consent, ["openid"], ["https://a.example/"])


def test_a_consent_is_one_persons_for_one_client(alice: User, app: Application) -> None:
    consents.grant(alice.pk, app.pk, ["openid"], [])

    assert consents.live(factories.make_user("bob").pk, app.pk) is None
    assert consents.live(alice.pk, factories.make_client("other").pk) is None


def test_what_was_taken_back_stays_dead(alice: User, app: Application) -> None:
    consent = consents.grant(alice.pk, app.pk, ["openid", "email"], [])
    session = factories.sign_in(Client(), alice)
    family = Family.objects.create(
        user=alice,
        client=app,
        consent=consent,
        session=session,
        client_epoch=app.epoch,
        issuer="http://localhost:8000",
        salt=b"s" * 16,
        expires_at=timezone.now() + timedelta(days=1),
    )
    assert Family.objects.filter(standing(timezone.now(), settings.ISSUER_URL)).count() == 1

    assert consents.revoke(consent.pk)
    assert not consents.revoke(consent.pk)
    assert consents.live(alice.pk, app.pk) is None
    again = consents.grant(alice.pk, app.pk, ["openid"], [])

    assert again.pk != consent.pk
    assert again.scopes == ["openid"]
    assert not Family.objects.filter(standing(timezone.now(), settings.ISSUER_URL), pk=family.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_allow_at_once_lose_nothing() -> None:
    alice, app = factories.make_user("alice"), factories.make_client("app")
    names = ["openid", "profile", "email", "roles"]
    ready = threading.Barrier(len(names))

    def allow(name: str) -> None:
        ready.wait(10)
        consents.grant(alice.pk, app.pk, [name], [])
        connection.close()

    threads = [threading.Thread(target=allow, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(Consent.objects.get().scopes) == sorted(names)


def test_taking_back_all_of_a_client_is_an_event_for_each_person(alice: User, app: Application) -> None:
    bob, other = factories.make_user("bob"), factories.make_client("other")
    for user in (alice, bob):
        consents.grant(user.pk, app.pk, ["openid"], [])
    consents.grant(alice.pk, other.pk, ["openid"], [])

    assert consents.revoke_all_of(app.pk) == 2
    assert consents.revoke_all_of(app.pk) == 0
    told = AuditEvent.objects.filter(event="consent_revoked")
    assert sorted((str(row.for_user), row.for_client) for row in told) == sorted(
        [(str(alice.sub), "app"), (str(bob.sub), "app")]
    )
    assert consents.live(alice.pk, other.pk) is not None
