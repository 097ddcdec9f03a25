"""Fixtures of the API's tests."""

import pytest

from tests.graph.asking import World


@pytest.fixture
def world(db: None) -> World:
    """A world of its own for each test."""
    return World()
