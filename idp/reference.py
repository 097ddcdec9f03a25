"""The reference of all settings, written from their declarations."""

from collections.abc import Iterable

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


def markdown(settings: Iterable[Setting[object]]) -> str:
    """Return docs/settings.md."""
    return MARKDOWN_HEAD + "".join(f"| `{s.name}` | {_type(s)} | {_default(s)} | {s.why} |\n" for s in settings)


def env_example(settings: Iterable[Setting[object]]) -> str:
    """Return .env.example."""
    return ENV_HEAD + "".join(
        f"\n# {s.why}\n# {_type(s)}; default: {_default(s).replace('`', '')}\n{s.name}={_static(s)}\n" for s in settings
    )


def _type(setting: Setting[object]) -> str:
    return f"{setting.kind.type}, {setting.kind.unit}" if setting.kind.unit else setting.kind.type


def _static(setting: Setting[object]) -> str:
    return setting.default if isinstance(setting.default, str) and not setting.needed else ""


def _default(setting: Setting[object]) -> str:
    if setting.needed:
        return "public in DEBUG, else to be given"
    if setting.default_text:
        return setting.default_text
    return f"`{setting.default}`" if setting.default else "none"
