"""Django's settings. What comes from outside is declared in `idp.env`; the rest is decided here."""

from idp import env
from idp.ops import logs, without_gis
from idp.ops.csp import POLICY
from idp.service_urls import BASE_DIR

env.load()

DEBUG = env.DEBUG.value
SECRET_KEY = env.SECRET_KEY.value
ENCRYPTION_KEYS = env.ENCRYPTION_KEYS.value
ISSUER_URL = env.ISSUER_URL.value
HTTPS = ISSUER_URL.startswith("https://")
ALLOWED_HOSTS = env.ALLOWED_HOSTS.value
TRUSTED_PROXIES = env.TRUSTED_PROXIES.value
RATE_LIMIT_FACTOR = env.RATE_LIMIT_FACTOR.value
PASSWORDS_WAITING = env.PASSWORDS_WAITING.value
OUTBOUND_PRIVATE_NETWORKS = env.OUTBOUND_PRIVATE_NETWORKS.value

# Lifetimes, in seconds
ACCESS_TOKEN_EXPIRE_SECONDS = env.ACCESS_TOKEN_EXPIRE_SECONDS.value
ID_TOKEN_EXPIRE_SECONDS = env.ID_TOKEN_EXPIRE_SECONDS.value
REFRESH_TOKEN_EXPIRE_SECONDS = env.REFRESH_TOKEN_EXPIRE_SECONDS.value
REFRESH_TOKEN_MAX_AGE_SECONDS = env.REFRESH_TOKEN_MAX_AGE_SECONDS.value
REFRESH_TOKEN_GRACE_SECONDS = env.REFRESH_TOKEN_GRACE_SECONDS.value
SIGNING_KEY_ROTATION_SECONDS = env.SIGNING_KEY_ROTATION_SECONDS.value
SIGNING_KEY_PUBLISH_SECONDS = env.SIGNING_KEY_PUBLISH_SECONDS.value
AUTHORIZATION_CODE_EXPIRE_SECONDS = env.AUTHORIZATION_CODE_EXPIRE_SECONDS.value
AUTHORIZATION_REQUEST_EXPIRE_SECONDS = env.AUTHORIZATION_REQUEST_EXPIRE_SECONDS.value
DEVICE_CODE_EXPIRE_SECONDS = env.DEVICE_CODE_EXPIRE_SECONDS.value
DEVICE_POLL_SECONDS = env.DEVICE_POLL_SECONDS.value
PUSHED_AUTHORIZATION_REQUEST_EXPIRE_SECONDS = env.PUSHED_AUTHORIZATION_REQUEST_EXPIRE_SECONDS.value
SESSION_IDLE_SECONDS = env.SESSION_IDLE_SECONDS.value
SESSION_MAX_AGE_SECONDS = env.SESSION_MAX_AGE_SECONDS.value
FAMILIES_PER_SESSION_AND_CLIENT = env.FAMILIES_PER_SESSION_AND_CLIENT.value
THEME_NAME = env.THEME_NAME.value
THEME_LOGO = env.THEME_LOGO.value
THEME_ACCENT = env.THEME_ACCENT.value
THEME_ACCENT_DARK = env.THEME_ACCENT_DARK.value
EXTRA_SCOPES = env.EXTRA_SCOPES.value
REQUIRE_PUSHED_AUTHORIZATION_REQUESTS = env.REQUIRE_PUSHED_AUTHORIZATION_REQUESTS.value
DYNAMIC_REGISTRATION = env.DYNAMIC_REGISTRATION.value
CLIENT_ID_METADATA_DOCUMENTS = env.CLIENT_ID_METADATA_DOCUMENTS.value

# The parts
without_gis.install()
INSTALLED_APPS = [
    "idp",
    "oauth_ext",
    "graph.apps.GraphConfig",
    "idp.ops.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "oauth2_provider",
    "corsheaders",
    "csp",
    "allauth",
    "allauth.account",
    "strawberry_django",
]
# Programs meet these alone (idp/ops/short_way.py).
MIDDLEWARE_OF_BOTH_WAYS = [
    "idp.ops.middleware.RequestLogMiddleware",
    "idp.audit.acting.ActingMiddleware",
    "idp.ops.middleware.JsonErrorsMiddleware",
]
MIDDLEWARE = [
    "idp.ops.middleware.ProxyMiddleware",
    *MIDDLEWARE_OF_BOTH_WAYS,
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "idp.ops.csp_middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "idp.sessions.middleware.SessionMiddleware",
    "idp.sessions.middleware.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "idp.sessions.middleware.CsrfViewMiddleware",
    "idp.sessions.middleware.AuthenticationMiddleware",
    "idp.sessions.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "idp.urls"
WSGI_APPLICATION = "idp.wsgi.application"
# Paths are routed with and without a slash: a redirect would lose a POST.
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
            "builtins": ["idp.theme.tags"],
        },
    },
]

# Where things are kept. Nothing that decides trust is in a cache, so each process has its own.
DATABASES = {"default": env.DATABASE_URL.value}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.REDIS_URL.value
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# People
AUTH_USER_MODEL = "idp.User"
AUTHENTICATION_BACKENDS = ["idp.signin.backends.PasswordBackend"]
PASSWORD_HASHERS = [
    "idp.users.hashers.Argon2idHasher",
    "idp.users.hashers.PBKDF2Hasher",
]
AUTH_PASSWORD_VALIDATORS = [{"NAME": "idp.users.passwords.Rule"}]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
PASSWORD_RESET_TIMEOUT = 3600
ACCOUNT_ADAPTER = "idp.signin.adapter.AccountAdapter"
# Our view decides: whoever is signed in may have to prove it again.
ACCOUNT_AUTHENTICATED_LOGIN_REDIRECTS = False
SIGN_UP = env.SIGN_UP.value
GRAPHQL_INTROSPECTION = "public" if DEBUG else env.GRAPHQL_INTROSPECTION.value
PERSONAL_ACCESS_TOKEN_MAX_AGE_SECONDS = env.PERSONAL_ACCESS_TOKEN_MAX_AGE_SECONDS.value
ACCOUNT_DELETION_GRACE_SECONDS = env.ACCOUNT_DELETION_GRACE_SECONDS.value
AUDIT_RETENTION_DAYS = env.AUDIT_RETENTION_DAYS.value
AUDIT_NETWORK_DAYS = env.AUDIT_NETWORK_DAYS.value
COUNTS_WRITTEN_SECONDS = env.COUNTS_WRITTEN_SECONDS.value
GRAPHQL_TRUSTED_DOCUMENTS = env.GRAPHQL_TRUSTED_DOCUMENTS.value
GRAPHQL_TRUSTED_ONLY = env.GRAPHQL_TRUSTED_ONLY.value
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
# One limiter, ours (idp/ratelimit): allauth's would lock an account for everybody.
ACCOUNT_RATE_LIMITS = False

# Cookies. Ports of one host share a jar, so the names are our own; `__Host-` pins them to this host and to https.
COOKIE_PREFIX = "__Host-" if HTTPS else ""
SESSION_ENGINE = "idp.sessions.store"
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}gatehouse_session"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = SESSION_MAX_AGE_SECONDS
DEVICE_COOKIE_NAME = f"{COOKIE_PREFIX}gatehouse_device"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}gatehouse_csrf"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# What browsers are told
SECURE_SSL_REDIRECT = HTTPS
SECURE_SSL_HOST = ISSUER_URL.removeprefix("https://") if HTTPS else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = env.HSTS_SECONDS.value if HTTPS else 0
SECURE_REFERRER_POLICY = "no-referrer"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = [
    "security.W003",  # looks for Django's CSRF middleware by name; ours is a subclass
    "security.W005",  # what subdomains speak is not ours to say
    "security.W021",  # nor whether browsers shall carry it in a list
]
CONTENT_SECURITY_POLICY = {"DIRECTIVES": POLICY}

# Who may call from another origin (with oauth_ext/cors.py): never with cookies, never the pages
CORS_ALLOWED_ORIGINS = env.CORS_ALLOWED_ORIGINS.value
CORS_URLS_REGEX = r"^/(graphql|api/(?!docs/?$).*|o/(token|revoke_token|userinfo)|\.well-known/.*)/?$"
CORS_ALLOW_METHODS = ["GET", "POST", "OPTIONS"]
CORS_ALLOW_HEADERS = ["authorization", "content-type", "dpop"]
CORS_EXPOSE_HEADERS = ["www-authenticate", "dpop-nonce", "retry-after"]
CORS_PREFLIGHT_MAX_AGE = 600

# Mail, sent by the worker: a server that hangs is tried again, see idp/outbox
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.DEFAULT_FROM_EMAIL.value
locals().update(env.EMAIL_URL.value)

# Logging
LOGGING_CONFIG = "idp.ops.logs.configure"
LOGGING = logs.config(debug=DEBUG)

# Words and files
LANGUAGE_CODE = "en"
# Those that every page is written in: Django speaks others, and a page in two would be in none.
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
TIME_ZONE = "UTC"
USE_TZ = True
LOCALE_PATHS = [BASE_DIR / "idp" / "locale"]
STATIC_URL = "/static/"
# Served from the packages they come with: nothing to collect before a start.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

# django-oauth-toolkit: each of its models is ours, and each switch that a setting can close is closed
OAUTH2_PROVIDER_APPLICATION_MODEL = "oauth_ext.Application"
OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL = "oauth_ext.AccessToken"
OAUTH2_PROVIDER_REFRESH_TOKEN_MODEL = "oauth_ext.RefreshToken"
OAUTH2_PROVIDER_ID_TOKEN_MODEL = "oauth_ext.IDToken"
OAUTH2_PROVIDER_GRANT_MODEL = "oauth_ext.AuthorizationCode"
OAUTH2_PROVIDER_DEVICE_GRANT_MODEL = "oauth_ext.DeviceGrant"
OAUTH2_PROVIDER = {
    "OAUTH2_VALIDATOR_CLASS": "oauth_ext.validator.OAuth2Validator",
    "OAUTH2_SERVER_CLASS": "oauth_ext.server.Server",
    "OAUTH2_BACKEND_CLASS": "oauth_ext.server.Core",
    "ACCESS_TOKEN_EXPIRE_SECONDS": ACCESS_TOKEN_EXPIRE_SECONDS,
    "ID_TOKEN_EXPIRE_SECONDS": ID_TOKEN_EXPIRE_SECONDS,
    "REFRESH_TOKEN_EXPIRE_SECONDS": REFRESH_TOKEN_EXPIRE_SECONDS,
    "AUTHORIZATION_CODE_EXPIRE_SECONDS": AUTHORIZATION_CODE_EXPIRE_SECONDS,
    "DEFAULT_SCOPES": [],
    "PKCE_REQUIRED": True,
    "ROTATE_REFRESH_TOKEN": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    # Or refresh tokens come out of the access token's generator, as valid access tokens.
    "REFRESH_TOKEN_GENERATOR": "oauthlib.oauth2.rfc6749.tokens.random_token_generator",
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    "OAUTH2_RESPONSE_TYPES_SUPPORTED": ["code"],
    "OAUTH2_GRANT_TYPES_SUPPORTED": [
        "authorization_code",
        "refresh_token",
        "client_credentials",
        "urn:ietf:params:oauth:grant-type:device_code",
    ],
    "OIDC_ENABLED": True,
    "OIDC_ISS_ENDPOINT": ISSUER_URL,
    "OIDC_USERINFO_ENDPOINT": f"{ISSUER_URL}/o/userinfo/",
    "OIDC_RESPONSE_TYPES_SUPPORTED": ["code"],
    "OIDC_RP_INITIATED_LOGOUT_ENABLED": True,
    "OIDC_RP_INITIATED_LOGOUT_STRICT_REDIRECT_URIS": True,
    # Ours ends the session and its families.
    "OIDC_RP_INITIATED_LOGOUT_DELETE_TOKENS": False,
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_PKCE_REQUIRED": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "COMPLIANT_BCP_RFC9700_REFRESH_TOKEN": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_SCHEME": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_MATCHING": True,
}
