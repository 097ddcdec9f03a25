"""A running server with one client for each way to authenticate, and Authlib's journey through it as each of them."""

from collections.abc import Iterator

import pytest

from tests.interop.journey import KINDS, Journey, Provider
from tests.stack.fixtures import StartGatehouse


@pytest.fixture(scope="module")
def provider(start_gatehouse: StartGatehouse) -> Iterator[Provider]:
    """The server as its metadata describe it."""
    with start_gatehouse() as gatehouse:
        gatehouse.manage("seed_demo_users", "--force")
        for kind in KINDS.values():
            gatehouse.manage("create_oauth_app", *kind.options())
        with Provider(gatehouse.issuer) as provider:
            yield provider


@pytest.fixture(scope="module")
def journeys(provider: Provider) -> dict[str, Journey]:
    """What each client lived through, from the first redirect to signing out."""
    return {name: Journey(provider, kind) for name, kind in KINDS.items()}


@pytest.fixture(params=KINDS)
def journey(journeys: dict[str, Journey], request: pytest.FixtureRequest) -> Journey:
    """One of them."""
    return journeys[request.param]
