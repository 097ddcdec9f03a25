"""What every test may ask for. The services themselves are started by `tests.stack.plugin` (see `pyproject.toml`)."""

pytest_plugins = ("tests.stack.fixtures", "tests.stack.site_fixtures")
