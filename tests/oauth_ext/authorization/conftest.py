"""A browser, a person, two clients."""

import pytest
from django.test import Client

from idp.models import Session, User
from oauth_ext.clients.models import Application
from tests import factories
from tests.factories import Pkce


@pytest.fixture
def browser() -> Client:
    """A browser, without scripts; a form without its token is refused, as in a real one."""
    return Client()


@pytest.fixture
def alice(db: None) -> User:
    return factories.make_user("alice")


@pytest.fixture
def signed_in(browser: Client, alice: User) -> Session:
    return factories.sign_in(browser, alice)


@pytest.fixture
def app(db: None) -> Application:
    """A public client that nobody vouches for."""
    return factories.make_client("app", name="The App")


@pytest.fixture
def trusted(db: None) -> Application:
    """One of our own: nobody is asked for consent."""
    return factories.make_client("trusted", name="Our App", trusted=True)


@pytest.fixture
def pair() -> Pkce:
    return factories.pkce()
