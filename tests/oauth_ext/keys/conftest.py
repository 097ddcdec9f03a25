"""A test that changes keys is rolled back; what this process remembers of them must be too."""

from collections.abc import Iterator

import pytest

from oauth_ext.keys import ring


@pytest.fixture(autouse=True)
def fresh_ring() -> Iterator[None]:
    ring.forget()
    yield
    ring.forget()
