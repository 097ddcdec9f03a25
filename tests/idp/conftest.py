"""People, and browsers that are signed in, without going through the pages."""

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.http import HttpRequest
from django.test import Client

from idp.ops import redis
from idp.sessions import services as sessions
from idp.sessions.store import SessionStore
from idp.signin.methods import PASSWORD_ACR, PASSWORD_AMR
from idp.users import services as users
from idp.users.models import User

SignIn = Callable[[User], Client]


@pytest.fixture
def alice(db: None) -> User:
    """Someone."""
    return users.create_user("alice", "alicepass", email="alice@example.com")


@pytest.fixture
def boss(db: None) -> User:
    """Someone who may do everything in the admin."""
    return users.create_user("boss", "bosspass", role="admin", staff=True, superuser=True)


@pytest.fixture
def request_of() -> Callable[[Client], HttpRequest]:
    """A function that makes a request as this browser would, with its session behind it."""

    def make(client: Client) -> HttpRequest:
        request = HttpRequest()
        cookie = client.cookies.get(settings.SESSION_COOKIE_NAME)
        request.session = SessionStore(cookie.value if cookie else None)
        return request

    return make


@pytest.fixture
def sign_in(client: Client, request_of: Callable[[Client], HttpRequest]) -> SignIn:
    """A function that signs this test's browser in."""

    def act(user: User) -> Client:
        request = request_of(client)
        sessions.start(request, user, amr=list(PASSWORD_AMR), acr=PASSWORD_ACR)
        request.session.save()
        client.cookies[settings.SESSION_COOKIE_NAME] = str(request.session.session_key)
        return client

    return act


@pytest.fixture
def no_breaker() -> Iterator[None]:
    """Whatever an earlier test did to Redis is forgotten, and what this one does, too."""
    redis._away_until = 0.0
    yield
    redis._away_until = 0.0
