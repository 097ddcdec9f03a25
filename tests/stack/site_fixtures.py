"""The whole deployment as fixtures, one a worker: it starts in seconds, and no test leaves anything behind in it."""

from collections.abc import Iterator

import pytest

from tests.stack.site import Site, Start, Visitor


@pytest.fixture(scope="session")
def site(start_gatehouse: Start) -> Iterator[Site]:
    """Gatehouse, the BFF and a listener between them."""
    with Site(start_gatehouse) as site:
        yield site


@pytest.fixture
def visitor(site: Site) -> Iterator[Visitor]:
    """A browser without JavaScript and without a session."""
    with Visitor() as visitor:
        yield visitor


@pytest.fixture
def alice(site: Site, visitor: Visitor) -> Visitor:
    """A browser without JavaScript, in which alice is signed in through the BFF."""
    visitor.sign_in(f"{site.url}/bff/login")
    assert visitor.get(f"{site.url}/bff/session").json()["authenticated"] is True
    return visitor
