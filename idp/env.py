"""Every setting that comes from outside: its name, type, unit, default, and why it is there.

They are read from the environment, and from `.env` beside `manage.py` where the environment is silent (another file by
ENV_FILE, which only the environment sets; empty: none). A value that is malformed, or unsafe outside DEBUG, stops the
start with one line that names it. `manage.py settings_reference` writes docs/settings.md and .env.example from here.
"""

import os
from email.utils import formataddr
from urllib.parse import urlsplit

import environ

from idp.service_urls import BASE_DIR, parse_database, parse_email, parse_redis
from idp.setting import (
    BOOLEAN,
    DESCRIPTIONS,
    KEYS,
    NAMES,
    NETWORKS,
    ORIGIN,
    ORIGINS,
    TEXT,
    Kind,
    Setting,
    SettingError,
    choice,
    integer,
    is_loopback,
    parse_keys,
    seconds,
)
from idp.theme import colours
from idp.theme.logo import read as read_logo

DEVELOPMENT_KEY = "cHVibGljLWRldmVsb3BtZW50LWtleS1vZi0zMi1ieXQ="
MINUTE, HOUR, DAY = 60, 3600, 86400


def _issuer_host() -> str:
    return urlsplit(ISSUER_URL.value).hostname or ""


def _refuse_plain_issuer(issuer: str) -> str:
    return (
        "" if issuer.startswith("https://") or is_loopback(urlsplit(issuer).hostname) else "https, or a loopback host"
    )


def _refuse_development_key(keys: list[bytes]) -> str:
    return "the development key is public" if parse_keys(DEVELOPMENT_KEY)[0] in keys else ""


def _refuse_any_host(hosts: list[str]) -> str:
    return "`*` lets anybody choose the name we answer to" if "*" in hosts else ""


def _refuse_plain_origins(origins: list[str]) -> str:
    plain = [origin for origin in origins if _refuse_plain_issuer(origin)]
    return f"{plain[0]} is not https" if plain else ""


def _parse_product_name(text: str) -> str:
    name = text.strip()
    if not name or len(name) > 60 or not name.isprintable():
        raise ValueError("not 1 to 60 printable characters")
    return name


ISSUER_URL = Setting(
    "ISSUER_URL",
    ORIGIN,
    "Who we are in every token and document, whatever Host a request names. Without a path: metadata lies at the root.",
    default="http://localhost:8000",
    refuse=_refuse_plain_issuer,
)
DEBUG = Setting(
    "DEBUG",
    BOOLEAN,
    "Development: tracebacks, demo passwords, public keys; only loopback hosts are served.",
    default=lambda: str(is_loopback(_issuer_host())).lower(),
    default_text="whether ISSUER_URL is on a loopback host",
)
SECRET_KEY = Setting(
    "SECRET_KEY",
    TEXT,
    "Signs what Django signs (reset links, CSRF). At least 32 characters.",
    default="public-development-key-which-a-production-start-refuses",
    needed=True,
    refuse=lambda key: "at least 32 characters" if len(key) < 32 else "",
)
ENCRYPTION_KEYS = Setting(
    "ENCRYPTION_KEYS",
    KEYS,
    "Seal what is kept and authenticate refresh tokens, newest first; an old one stays while its work lives.",
    default=DEVELOPMENT_KEY,
    needed=True,
    refuse=_refuse_development_key,
)
ALLOWED_HOSTS = Setting(
    "ALLOWED_HOSTS",
    NAMES,
    "The host names we answer to; in DEBUG only loopback ones.",
    default=lambda: "localhost,127.0.0.1,[::1]" if DEBUG.value else _issuer_host(),
    default_text="loopback hosts in DEBUG, else the host of ISSUER_URL",
    refuse=_refuse_any_host,
)
DATABASE_URL = Setting(
    "DATABASE_URL",
    Kind("URL", parse_database),
    "`postgres://user:password@host/name`, or `sqlite:///file`.",
    default="sqlite:///db.sqlite3",
)
REDIS_URL = Setting(
    "REDIS_URL",
    Kind("URL", parse_redis),
    "Where limits are counted; without it, or while it is away, in the database. Nothing here decides trust.",
)
TRUSTED_PROXIES = Setting(
    "TRUSTED_PROXIES",
    integer(0, 10, "proxies"),
    "How many proxies in front of us append to X-Forwarded-For and set X-Forwarded-Proto; 0 believes no such header.",
    default="0",
)
PASSWORDS_WAITING = Setting(
    "PASSWORDS_WAITING",
    integer(0, 1000, "requests"),
    "How many requests of a process may wait until their password is checked: four fewer than it has threads.",
    default="28",
)
RATE_LIMIT_FACTOR = Setting(
    "RATE_LIMIT_FACTOR",
    integer(1, 1000),
    "Lets so many times more pass by the limits, but those of one person's password and mailbox.",
    default="1",
)
OUTBOUND_PRIVATE_NETWORKS = Setting(
    "OUTBOUND_PRIVATE_NETWORKS",
    NETWORKS,
    "Private networks in which we may call addresses of clients (keys, metadata, logout) and of identity providers.",
    default=lambda: "127.0.0.0/8,::1/128" if DEBUG.value else "",
    default_text="loopback in DEBUG, else none",
)
ACCESS_TOKEN_EXPIRE_SECONDS = Setting(
    "ACCESS_TOKEN_EXPIRE_SECONDS",
    seconds(30, HOUR),
    "Life of an access token; a revoked one is refused at once, here.",
    default="600",
)
ID_TOKEN_EXPIRE_SECONDS = Setting(
    "ID_TOKEN_EXPIRE_SECONDS", seconds(30, HOUR), "Life of an ID token, which is read once.", default="600"
)
REFRESH_TOKEN_EXPIRE_SECONDS = Setting(
    "REFRESH_TOKEN_EXPIRE_SECONDS",
    seconds(MINUTE, 366 * DAY),
    "A refresh token not used for this long has ended; not one that is bound to a key and doesn't turn (DPoP).",
    default=str(30 * DAY),
)
REFRESH_TOKEN_MAX_AGE_SECONDS = Setting(
    "REFRESH_TOKEN_MAX_AGE_SECONDS",
    seconds(MINUTE, 3 * 366 * DAY),
    "However often it is used, a grant ends after this.",
    default=str(90 * DAY),
)
PERSONAL_ACCESS_TOKEN_MAX_AGE_SECONDS = Setting(
    "PERSONAL_ACCESS_TOKEN_MAX_AGE_SECONDS",
    seconds(0, 3 * 366 * DAY),
    "A token that somebody makes for their own programs ends after this at the latest; at 0 nobody makes one.",
    default=str(366 * DAY),
)
REFRESH_TOKEN_GRACE_SECONDS = Setting(
    "REFRESH_TOKEN_GRACE_SECONDS",
    seconds(0, MINUTE),
    "A repeat of the last refresh is answered alike for so long, as clients lose answers; at 0 every repeat is theft.",
    default="10",
)
SIGNING_KEY_ROTATION_SECONDS = Setting(
    "SIGNING_KEY_ROTATION_SECONDS",
    seconds(DAY, 3 * 366 * DAY),
    "A signing key signs for so long, then the next one takes over, which `manage.py work` sees to.",
    default=str(90 * DAY),
)
SIGNING_KEY_PUBLISH_SECONDS = Setting(
    "SIGNING_KEY_PUBLISH_SECONDS",
    seconds(HOUR + 10 * MINUTE, 30 * DAY),
    "A signing key is published for so long before it may sign: longer than clients keep the keys they fetched.",
    default=str(DAY),
)
AUTHORIZATION_CODE_EXPIRE_SECONDS = Setting(
    "AUTHORIZATION_CODE_EXPIRE_SECONDS", seconds(5, 10 * MINUTE), "Life of an authorization code.", default="60"
)
AUTHORIZATION_REQUEST_EXPIRE_SECONDS = Setting(
    "AUTHORIZATION_REQUEST_EXPIRE_SECONDS",
    seconds(MINUTE, DAY),
    "How long someone may take from the first page of a sign-in to the last.",
    default="3600",
)
DEVICE_CODE_EXPIRE_SECONDS = Setting(
    "DEVICE_CODE_EXPIRE_SECONDS",
    seconds(MINUTE, HOUR),
    "How long someone may take to type a device's code and answer; the longer, the more codes there are to guess.",
    default="600",
)
DEVICE_POLL_SECONDS = Setting(
    "DEVICE_POLL_SECONDS",
    seconds(1, MINUTE),
    "How long a device waits between asking whether somebody has answered.",
    default="5",
)
PUSHED_AUTHORIZATION_REQUEST_EXPIRE_SECONDS = Setting(
    "PUSHED_AUTHORIZATION_REQUEST_EXPIRE_SECONDS",
    seconds(5, 10 * MINUTE),
    "How long a pushed authorization request waits for the browser that brings its `request_uri`.",
    default="60",
)
REQUIRE_PUSHED_AUTHORIZATION_REQUESTS = Setting(
    "REQUIRE_PUSHED_AUTHORIZATION_REQUESTS",
    BOOLEAN,
    "Every client must push its authorization requests (RFC 9126); for a single one, register it with `--require-par`.",
    default="false",
)
SIGN_UP = Setting(
    "SIGN_UP",
    BOOLEAN,
    "Strangers may make themselves an account, as a `user`; clients may ask for it with `prompt=create`.",
    default="false",
)
# An hour at least: until then the rows are there by which whoever asks learns what ended, as long as a token may live.
ACCOUNT_DELETION_GRACE_SECONDS = Setting(
    "ACCOUNT_DELETION_GRACE_SECONDS",
    seconds(HOUR, 366 * DAY),
    "So long after somebody deleted their account it can be kept by signing in; then it is gone.",
    default=str(14 * DAY),
)
DYNAMIC_REGISTRATION = Setting(
    "DYNAMIC_REGISTRATION",
    choice("off", "token", "open"),
    "Who may register a client by `/o/register/` (RFC 7591): nobody, who has an initial access token, or anybody.",
    default="off",
)
AUDIT_RETENTION_DAYS = Setting(
    "AUDIT_RETENTION_DAYS",
    integer(0, 36500, "days"),
    "What happened longer ago is deleted from the trail, whole sealed minutes, and what clients used; 0 keeps all for "
    "ever.",
    default="400",
)
AUDIT_NETWORK_DAYS = Setting(
    "AUDIT_NETWORK_DAYS",
    integer(0, 36500, "days"),
    "From which network somebody did something is erased from the trail after so long; 0 keeps it as long as the rest.",
    default="90",
)
COUNTS_WRITTEN_SECONDS = Setting(
    "COUNTS_WRITTEN_SECONDS",
    seconds(1, HOUR),
    "How often a process writes down the refreshes and checks that it counted; one that is killed loses as much.",
    default=str(MINUTE),
)
GRAPHQL_INTROSPECTION = Setting(
    "GRAPHQL_INTROSPECTION",
    choice("authenticated", "public"),
    "Who may ask `/graphql` for the schema, and is told what a misspelt name may have meant: who has an access token, "
    "or anybody, as always under DEBUG.",
    default="authenticated",
)
GRAPHQL_TRUSTED_DOCUMENTS = Setting(
    "GRAPHQL_TRUSTED_DOCUMENTS",
    NAMES,
    "Manifests of documents that clients may run by their hash: JSON files, by their path from the project's root, in "
    "Apollo's format or as an object from SHA-256 to text.",
    default="spa/trusted-documents.json",
)
GRAPHQL_TRUSTED_ONLY = Setting(
    "GRAPHQL_TRUSTED_ONLY",
    BOOLEAN,
    "Tokens of public clients in browsers run trusted documents alone; all others still write their own.",
    default="false",
)
CLIENT_ID_METADATA_DOCUMENTS = Setting(
    "CLIENT_ID_METADATA_DOCUMENTS",
    BOOLEAN,
    "A client may be an https URL at which its metadata lies, without being registered; we fetch it from there.",
    default="false",
)
SESSION_IDLE_SECONDS = Setting(
    "SESSION_IDLE_SECONDS",
    seconds(MINUTE, 90 * DAY),
    "A sign-in not used for this long has ended.",
    default=str(12 * HOUR),
)
SESSION_MAX_AGE_SECONDS = Setting(
    "SESSION_MAX_AGE_SECONDS",
    seconds(MINUTE, 366 * DAY),
    "However often it is used, a sign-in ends after this.",
    default=str(7 * DAY),
)
FAMILIES_PER_SESSION_AND_CLIENT = Setting(
    "FAMILIES_PER_SESSION_AND_CLIENT",
    integer(1, 1000, "grants"),
    "So many live grants may a client have in one sign-in; one more ends the oldest unused.",
    default="20",
)
CORS_ALLOWED_ORIGINS = Setting(
    "CORS_ALLOWED_ORIGINS",
    ORIGINS,
    "Origins whose scripts may call us, beside those of registered redirect URIs.",
    default=lambda: "http://localhost:3000" if DEBUG.value else "",
    default_text="http://localhost:3000 in DEBUG, else none",
    refuse=_refuse_plain_origins,
)
HSTS_SECONDS = Setting(
    "HSTS_SECONDS",
    seconds(0, 2 * 366 * DAY),
    "How long browsers remember that this host speaks https only.",
    default=str(365 * DAY),
)
THEME_NAME = Setting(
    "THEME_NAME",
    Kind("text", _parse_product_name),
    "What this service is called, on its pages and in its mails: up to 60 characters.",
    default="Gatehouse",
)
THEME_LOGO = Setting(
    "THEME_LOGO",
    Kind("path", lambda text: read_logo(BASE_DIR, text)),
    "An image of at most 256 KiB (SVG, PNG, WebP, JPEG), by its path from the project's root; shown beside the name.",
)
THEME_ACCENT = Setting(
    "THEME_ACCENT",
    Kind("colour", lambda text: text and colours.accent_of(text), "#rrggbb"),
    "The colour of links, buttons and focus; refused where it can't be read on light pages (WCAG 2.2, 4.5:1).",
)
THEME_ACCENT_DARK = Setting(
    "THEME_ACCENT_DARK",
    Kind("colour", lambda text: text and colours.accent_of(text, dark=True), "#rrggbb"),
    "The same on dark pages.",
    default_text="THEME_ACCENT, as much lighter as it needs to be",
)
EMAIL_URL = Setting(
    "EMAIL_URL",
    Kind("URL", parse_email),
    "`smtp+tls://user:password@host:587`; in DEBUG mail is written to the console.",
    default="consolemail://",
    default_text="`consolemail://` in DEBUG, else to be given",
    needed=True,
)
DEFAULT_FROM_EMAIL = Setting(
    "DEFAULT_FROM_EMAIL",
    TEXT,
    "The sender of our mail.",
    default=lambda: formataddr((THEME_NAME.value, f"no-reply@{_issuer_host()}")),
    default_text="THEME_NAME, no-reply at the host of ISSUER_URL",
)
EXTRA_SCOPES = Setting(
    "EXTRA_SCOPES",
    DESCRIPTIONS,
    "Scopes of your own resource servers, with the words people consent to.",
)
BFF_CLIENT_SECRET = Setting(
    "BFF_CLIENT_SECRET",
    TEXT,
    "The secret of the client `bff`; read by `spa/bff` and by `make run`, which makes one.",
)
# The backend of the browser client has its own process and reads these itself (`spa/bff/settings.py`); they stand here
# for the reference, and are judged with the rest.
AUTH_SERVER_URL = Setting(
    "AUTH_SERVER_URL",
    ORIGIN,
    "For the backend of the browser client: the issuer, and the one server that calls are forwarded to.",
    default=lambda: ISSUER_URL.value,
    default_text="ISSUER_URL",
)
BFF_PUBLIC_URL = Setting(
    "BFF_PUBLIC_URL",
    ORIGIN,
    "For the backend of the browser client: the origin that browsers see.",
    default="http://localhost:3000",
)
BFF_CLIENT_ID = Setting(
    "BFF_CLIENT_ID", TEXT, "For the backend of the browser client: who it is to the issuer.", default="bff"
)
SPA_CLIENT_ID = Setting(
    "SPA_CLIENT_ID",
    TEXT,
    "For the backend of the browser client: who the browser is to the issuer when it signs in by itself.",
    default="spa",
)
BFF_SESSION_IDLE_SECONDS = Setting(
    "BFF_SESSION_IDLE_SECONDS",
    seconds(MINUTE, 366 * DAY),
    "For the backend of the browser client: a session without a call for so long is over.",
    default=str(30 * MINUTE),
)
BFF_SESSION_MAX_AGE_SECONDS = Setting(
    "BFF_SESSION_MAX_AGE_SECONDS",
    seconds(MINUTE, 366 * DAY),
    "For the backend of the browser client: a session is over then, used or not.",
    default=str(12 * HOUR),
)

SETTINGS: tuple[Setting[object], ...] = tuple(value for value in globals().values() if isinstance(value, Setting))


def load() -> None:
    """Read `.env` into the environment, which wins, and judge every value. Raises SystemExit with one line."""
    if name := os.environ.get("ENV_FILE", ".env"):
        environ.Env.read_env(BASE_DIR / name)
    try:
        production = not DEBUG.value
        for setting in SETTINGS:
            setting.check(production=production)
        if DEBUG.value:
            _check_development()
    except SettingError as error:
        raise SystemExit(f"Gatehouse does not start. {error}") from None


def _check_development() -> None:
    if not is_loopback(_issuer_host()):
        raise SettingError("DEBUG: only where ISSUER_URL is on a loopback host")
    if not all(is_loopback(host) for host in ALLOWED_HOSTS.value):
        raise SettingError("ALLOWED_HOSTS: in DEBUG only loopback hosts are served")
