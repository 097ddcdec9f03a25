"""What every test may ask for. The services themselves are started by `tests.stack.plugin` (see `pyproject.toml`)."""

import math

import pytest

pytest_plugins = ("tests.stack.fixtures", "tests.stack.site_fixtures")


@pytest.fixture(autouse=True)
def keys_stay_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Statements are counted exactly: no signing key is read again in between because some seconds have passed."""
    from oauth_ext.keys import ring

    monkeypatch.setattr(ring, "RELOAD_SECONDS", math.inf)
