"""Defaults, but for two things to its advantage.

Secrets are hashed by one round (by default a million: a quarter of a second a request), and connections are
kept. DATABASE_URL and OIDC_KEY (PEM) come from the environment.
"""

import os

import environ

ALLOWED_HOSTS = ["localhost"]
ROOT_URLCONF = "tests.bench.plain_dot.urls"
SECRET_KEY = "of no use here"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": {**environ.Env().db_url("DATABASE_URL"), "CONN_MAX_AGE": None}}
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "tests.bench.plain_dot.hasher.OneRound",
]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "oauth2_provider",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
OAUTH2_PROVIDER = {
    "OIDC_ENABLED": True,
    "OIDC_RSA_PRIVATE_KEY": os.environ["OIDC_KEY"],
    "CLIENT_SECRET_HASHER": os.environ.get("CLIENT_SECRET_HASHER", "one_round"),
    "ROTATE_REFRESH_TOKEN": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "SCOPES": {name: name for name in ("openid", "profile", "introspection")},
}
