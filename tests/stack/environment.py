"""The settings that tests run with: as in production, but at the documented development address.

What a developer's `.env` says is kept out; what an environment says too, for processes that tests start.
"""

import base64
import os
import secrets
from collections.abc import Mapping

# what the machine says, not the product: handed on to every process
MACHINE = ("PATH", "HOME", "USER", "LANG", "LC_ALL", "TMPDIR", "TZ", "VIRTUAL_ENV", "SSL_CERT_FILE", "PYTHONPATH")


def settings() -> dict[str, str]:
    """Names and values of the settings for this run; the secrets are new at each call."""
    return {
        "DJANGO_SETTINGS_MODULE": "idp.settings",
        "ENV_FILE": "",
        "DEBUG": "false",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "ENCRYPTION_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
        "ISSUER_URL": "http://localhost:8000",
        "EMAIL_URL": "memorymail://",
        # all tests have one address, and many fail on purpose; those of the limits set it back
        "RATE_LIMIT_FACTOR": "1000",
        "BFF_CLIENT_SECRET": secrets.token_urlsafe(32),
    }


def of_process(changes: Mapping[str, str]) -> dict[str, str]:
    """The environment of a process that a test starts: this run's settings, with `changes`."""
    kept = {
        name: os.environ[name] for name in (*MACHINE, *settings(), "DATABASE_URL", "REDIS_URL") if name in os.environ
    }
    return {**kept, **changes}
