"""Forms, sent as a browser sends them."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from idp.ops import redis
from idp.users import services as users
from idp.users.models import User

Send = Callable[..., object]


@pytest.fixture(autouse=True)
def no_limit_of_an_earlier_test(redis_url: str) -> Iterator[None]:
    """Buckets live in Redis, which no transaction of a test empties."""
    client = redis.client()
    assert client is not None
    client.flushdb()
    yield
    client.flushdb()


@pytest.fixture
def gone(db: None) -> User:
    """Someone who may not sign in any more."""
    user = users.create_user("gone", "gonepass", email="gone@example.com")
    users.deactivate(user)
    return user


@pytest.fixture
def type_in(client: Client) -> Send:
    """A function that sends the sign-in form."""

    def send(
        login: str, password: str, *, way_back: str = "", at: str = "/accounts/login/", address: str = "127.0.0.1"
    ):
        fields = {"login": login, "password": password} | ({"next": way_back} if way_back else {})
        return client.post(at, fields, REMOTE_ADDR=address)

    return send
