"""Signing out by a token: what GraphQL's `logout` calls."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from idp.models import Session, User
from oauth_ext.clients.models import Application
from oauth_ext.families.models import Family
from oauth_ext.families.standing import standing
from oauth_ext.logout.services import logout_by_token
from oauth_ext.tokens.models import RevokedToken
from oauth_ext.tokens.services import Judged
from tests import factories


@pytest.fixture
def alice(db: None) -> User:
    return factories.make_user("alice")


@pytest.fixture
def session(alice: User) -> Session:
    return factories.sign_in(Client(), alice)


@pytest.fixture
def app(db: None) -> Application:
    return factories.make_client("app")


def family(session: Session, client: Application, *, offline: bool = False) -> Family:
    return Family.objects.create(
        user=session.user,
        client=client,
        session=session,
        offline=offline,
        client_epoch=client.epoch,
        issuer="http://localhost:8000",
        salt=b"s" * 16,
        expires_at=timezone.now() + timedelta(days=1),
    )


def judged(family: Family) -> Judged:
    return Judged(
        client_pk=family.client_id,
        client_id="app",
        sub="",
        scopes=(),
        aud=[],
        exp=int(time_in(60)),
        iat=0,
        jti="jti",
        family_id=family.pk,
        session_pk=family.session_id,
        user_pk=family.user_id,
    )


def time_in(seconds: int) -> float:
    return (timezone.now() + timedelta(seconds=seconds)).timestamp()


def stands(family: Family) -> bool:
    return Family.objects.filter(standing(timezone.now(), settings.ISSUER_URL), pk=family.pk).exists()


def test_the_family_its_session_and_what_belongs_to_that_end(session: Session, app: Application) -> None:
    own, other, offline = family(session, app), family(session, app), family(session, app, offline=True)
    elsewhere = family(factories.sign_in(Client(), session.user), app)
    assert all(map(stands, (own, other, offline, elsewhere)))

    logout_by_token(judged(own))

    session.refresh_from_db()
    assert session.ended_at is not None
    assert [stands(row) for row in (own, other, offline, elsewhere)] == [False, False, True, True]


def test_an_offline_family_ends_with_the_session_it_came_from(session: Session, app: Application) -> None:
    offline = family(session, app, offline=True)

    logout_by_token(judged(offline))

    session.refresh_from_db()
    assert session.ended_at is not None
    assert not stands(offline)


def test_a_clients_own_token_is_revoked_by_itself(session: Session, app: Application) -> None:
    own = family(session, app)

    logout_by_token(judged(own)._replace(family_id=None, session_pk=None, user_pk=None))

    assert RevokedToken.objects.get().jti == "jti"
    assert stands(own)
