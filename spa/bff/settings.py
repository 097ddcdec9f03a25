"""What the backend is told from outside: the environment, else `.env` beside `manage.py`, or the file `ENV_FILE` names.

An empty value is no value.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import environ

REPOSITORY = Path(__file__).resolve().parents[2]
SCOPE = "openid profile email roles account:read account:write"


class SettingsError(Exception):
    """A setting is missing or malformed; its words name it."""


@dataclass(frozen=True)
class Settings:
    """The settings, judged. URLs are origins without a slash at the end; times are seconds."""

    client_secret: str
    """BFF_CLIENT_SECRET: what this client authenticates with. Keys of our own are derived from it."""
    auth_server_url: str = "http://localhost:8000"
    """AUTH_SERVER_URL, else ISSUER_URL: the issuer, and the one upstream that calls are forwarded to."""
    public_url: str = "http://localhost:3000"
    """BFF_PUBLIC_URL: the origin that browsers see."""
    client_id: str = "bff"
    """BFF_CLIENT_ID."""
    spa_client_id: str = "spa"
    """SPA_CLIENT_ID: who the browser application is when it signs in by itself."""
    session_idle: int = 30 * 60
    """BFF_SESSION_IDLE_SECONDS: a session without a call for so long is over."""
    session_max_age: int = 12 * 60 * 60
    """BFF_SESSION_MAX_AGE_SECONDS: a session is over then, used or not."""
    dist: Path = REPOSITORY / "spa" / "dist"
    """Where the built application is."""

    @property
    def secure(self) -> bool:
        """Whether browsers come by HTTPS, so that cookies can be Secure."""
        return self.public_url.startswith("https:")

    @property
    def redirect_uri(self) -> str:
        """Where the authorization server answers, as registered."""
        return f"{self.public_url}/bff/callback"

    @property
    def post_logout_uri(self) -> str:
        """Where the browser comes back to after signing out, as registered."""
        return f"{self.public_url}/"


def load() -> Settings:
    """Read the settings once. Raises SettingsError with one line that names the setting."""
    env = environ.Env()
    name = os.environ.get("ENV_FILE", ".env")
    if name and (dotenv := REPOSITORY / name).is_file():
        env.read_env(dotenv)

    def text(name: str, default: str = "") -> str:
        return env.str(name, default="") or default

    return Settings(
        client_secret=_secret(text("BFF_CLIENT_SECRET")),
        auth_server_url=_origin("AUTH_SERVER_URL", text("AUTH_SERVER_URL") or text("ISSUER_URL"), 8000),
        public_url=_origin("BFF_PUBLIC_URL", text("BFF_PUBLIC_URL"), 3000),
        client_id=text("BFF_CLIENT_ID", Settings.client_id),
        spa_client_id=text("SPA_CLIENT_ID", Settings.spa_client_id),
        session_idle=_seconds("BFF_SESSION_IDLE_SECONDS", text("BFF_SESSION_IDLE_SECONDS", "1800")),
        session_max_age=_seconds("BFF_SESSION_MAX_AGE_SECONDS", text("BFF_SESSION_MAX_AGE_SECONDS", "43200")),
    )


def _secret(value: str) -> str:
    if not value:
        raise SettingsError(
            "BFF_CLIENT_SECRET is missing: it is what `manage.py create_oauth_app --client-id bff` printed"
        )
    return value


def _origin(name: str, value: str, default_port: int) -> str:
    """The value as an origin; http is for loopback only, where nobody listens in between."""
    origin = (value or f"http://localhost:{default_port}").rstrip("/")
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError as error:
        raise SettingsError(f"{name} is not an origin: {value!r}") from error
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    if (
        not host
        or parts.scheme not in {"http", "https"}
        or origin != f"{parts.scheme}://{host}" + (f":{port}" if port else "")
    ):
        raise SettingsError(f"{name} is not an origin: {value!r}")
    if parts.scheme == "http" and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
        raise SettingsError(f"{name} must be https, except on a loopback host: {value!r}")
    return origin


def _seconds(name: str, value: str) -> int:
    if not value.isdecimal() or int(value) == 0:
        raise SettingsError(f"{name} is not a number of seconds: {value!r}")
    return int(value)
