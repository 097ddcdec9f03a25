"""The reference of all settings, and of all limits, written from their declarations."""

from collections.abc import Iterable

from idp.ratelimit.limits import Limit
from idp.setting import Setting

ENV_HEAD = """\
# Every setting with its default; an empty value is no value. Copy to `.env` what you change.
# The environment wins over `.env`. Explanations: docs/settings.md (both are written by `manage.py settings_reference`).
"""
MARKDOWN_HEAD = """\
# Settings

Read from the environment, else from `.env` beside `manage.py`; an empty value is no value. A malformed value stops the
start with one line that names it, and outside DEBUG so does one that is unsafe or missing. `ENV_FILE`, in the
environment, names another file; when it is empty, there is none.

Written by `manage.py settings_reference` from the declarations in `idp/env.py`.

| name | type | default | why |
|---|---|---|---|
"""
LIMITS_HEAD = "| counted | for each | at once | and as many again in | why |\n|---|---|---|---|---|\n"


def markdown(settings: Iterable[Setting[object]]) -> str:
    """Return docs/settings.md."""
    return MARKDOWN_HEAD + "".join(f"| `{s.name}` | {_type(s)} | {_default(s)} | {s.why} |\n" for s in settings)


def env_example(settings: Iterable[Setting[object]]) -> str:
    """Return .env.example."""
    return ENV_HEAD + "".join(
        f"\n# {s.why}\n# {_type(s)}; default: {_default(s).replace('`', '')}\n{s.name}={_static(s)}\n" for s in settings
    )


def with_limits(page: str, limits: Iterable[Limit]) -> str:
    """Return a page with the table of limits in its place."""
    before, rest = page.split(LIMITS_HEAD)
    _, after = rest.split("\n\n", 1)
    rows = "\n".join(
        f"| {limit.counts} | {limit.per} | {limit.rate.burst} | {limit.rate.per_seconds:.0f} s | {limit.why} |"
        for limit in limits
    )
    return f"{before}{LIMITS_HEAD}{rows}\n\n{after}"


def _type(setting: Setting[object]) -> str:
    return f"{setting.kind.type}, {setting.kind.unit}" if setting.kind.unit else setting.kind.type


def _static(setting: Setting[object]) -> str:
    return setting.default if isinstance(setting.default, str) and not setting.needed else ""


def _default(setting: Setting[object]) -> str:
    if setting.default_text:
        return setting.default_text
    if setting.needed:
        return "public in DEBUG, else to be given"
    return f"`{setting.default}`" if setting.default else "none"
