"""What the tests of several rooms ask for."""

import pytest
from django.test import Client

from idp.users.services import create_user
from tests.factories import PASSWORD, sign_in


@pytest.fixture
def admin_browser() -> Client:
    """A browser in which a superuser is signed in."""
    browser = Client()
    sign_in(browser, create_user("root", PASSWORD, role="admin", staff=True, superuser=True))
    return browser
