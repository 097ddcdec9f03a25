"""Forms, sent as a browser sends them."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from idp.users import services as users
from idp.users.models import User

Send = Callable[..., object]


@pytest.fixture
def gone(db: None) -> User:
    """Someone who may not sign in any more."""
    user = users.create_user("gone", "gonepass", email="gone@example.com")
    users.deactivate(user)
    return user


@pytest.fixture
def late(db: None) -> User:
    """Someone who deleted their account, and whom the worker has yet to delete."""
    user = users.create_user("late", "latepass", email="late@example.com")
    User.objects.filter(pk=user.pk).update(deletion_due_at=timezone.now())
    return User.objects.get(pk=user.pk)


@pytest.fixture
def type_in(client: Client) -> Send:
    """A function that sends the sign-in form."""

    def send(
        login: str, password: str, *, way_back: str = "", at: str = "/accounts/login/", address: str = "127.0.0.1"
    ):
        fields = {"login": login, "password": password} | ({"next": way_back} if way_back else {})
        return client.post(at, fields, REMOTE_ADDR=address)

    return send
