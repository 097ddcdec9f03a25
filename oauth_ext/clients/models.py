"""The clients (RFC 6749 §2, RFC 7591) and their secrets."""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from oauth2_provider.models import AbstractApplication, ApplicationManager

from idp.users.acr import MAX_LENGTH as ACR_MAX_LENGTH
from idp.users.acr import is_known as is_known_acr
from oauth_ext.keys.models import SigningAlgorithm

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})
LOOPBACK_ADDRESSES = frozenset({"127.0.0.1", "::1"})
ANY_PORT = re.compile(r"(?::([0-9]{1,5}))?")


class GrantType(models.TextChoices):
    """What a client may present at the token endpoint, by the RFCs' names."""

    AUTHORIZATION_CODE = "authorization_code"
    REFRESH_TOKEN = "refresh_token"
    CLIENT_CREDENTIALS = "client_credentials"
    DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
    TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"


class AuthMethod(models.TextChoices):
    """How a client authenticates (RFC 7591 §2)."""

    NONE = "none"
    CLIENT_SECRET_BASIC = "client_secret_basic"
    CLIENT_SECRET_POST = "client_secret_post"
    PRIVATE_KEY_JWT = "private_key_jwt"


SECRET_METHODS = frozenset({AuthMethod.CLIENT_SECRET_BASIC, AuthMethod.CLIENT_SECRET_POST})


class SubjectType(models.TextChoices):
    """How clients know people (OIDC Core §8): all by one name, or each sector by its own."""

    PUBLIC = "public"
    PAIRWISE = "pairwise"


class ResponseMode(models.TextChoices):
    """How an authorization answer travels (OAuth 2.0 Multiple Response Types §2.1, Form Post Response Mode)."""

    QUERY = "query"
    FORM_POST = "form_post"


def query_alone() -> list[str]:
    """Return the response modes of a client that was registered without any."""
    return [ResponseMode.QUERY.value]


class Application(AbstractApplication):
    """A client: DOT's model, swapped, with lists for lists and no secret in the row.

    `epoch` rises with everything that ends trust in the client; what carries an older one is dead.
    """

    # DOT's single grant, its one secret and its consent switch: ours are lists, rows and `trusted`.
    authorization_grant_type = None  # type: ignore[assignment]
    client_secret = None
    hash_client_secret = None  # type: ignore[assignment]
    skip_authorization = None  # type: ignore[assignment]
    allowed_origins = None  # type: ignore[assignment]

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="registered_clients"
    )
    redirect_uris = models.JSONField(default=list, blank=True)
    post_logout_redirect_uris = models.JSONField(default=list, blank=True)
    # Where we tell it that a session has ended (OIDC Back-Channel Logout §2.2); always with `sid`.
    backchannel_logout_uri = models.CharField(max_length=2048, blank=True)
    grant_types = models.JSONField(default=list)
    scopes = models.JSONField(default=list)
    default_scopes = models.JSONField(default=list, blank=True)
    default_resources = models.JSONField(default=list, blank=True)
    # By exchanging a token (RFC 8693): for what beyond its resources; whether in the subject's place, without `act`
    exchange_resources = models.JSONField(default=list, blank=True)
    may_impersonate = models.BooleanField(default=False)
    token_endpoint_auth_method = models.CharField(max_length=32, choices=AuthMethod.choices)
    # The public keys of a client that signs (RFC 7591 §2), here or at an address
    jwks = models.JSONField("JWKS", null=True, blank=True)
    jwks_uri = models.CharField("JWKS URI", max_length=2048, blank=True)
    algorithm = models.CharField(
        "ID token algorithm", max_length=16, choices=SigningAlgorithm.choices, default=SigningAlgorithm.RS256
    )
    subject_type = models.CharField(max_length=16, choices=SubjectType.choices, default=SubjectType.PUBLIC)
    sector_identifier_uri = models.CharField(max_length=2048, blank=True)
    # The host by which subjects are kept apart, as it was settled at registration; only pairwise clients have one.
    sector_identifier = models.CharField(max_length=255, blank=True, editable=False)
    dpop_bound_access_tokens = models.BooleanField(
        "DPoP always", default=False, help_text="No token without a proof of possession (RFC 9449, section 5.2)."
    )
    response_modes = models.JSONField(default=query_alone)
    require_pushed_authorization_requests = models.BooleanField(default=False)
    # Where these are None, the deployment's (clients/lifetimes.py)
    access_token_expire_seconds = models.PositiveIntegerField(null=True, blank=True)
    refresh_token_max_age_seconds = models.PositiveIntegerField(null=True, blank=True)
    # Of a client that registered itself (RFC 7592 §3): the hash of what lets it see and change its registration
    registration_token_hash = models.CharField(max_length=64, blank=True, editable=False)
    # How strongly people must sign in for it: `idp.users.acr`
    minimum_acr = models.CharField("Least acr", max_length=ACR_MAX_LENGTH, blank=True, default="")
    # The colour of the pages on which people are for it, `#rrggbb`: `idp.theme.colours`
    accent = models.CharField(max_length=7, blank=True, default="")
    trusted = models.BooleanField(default=False, help_text="One of our own: nobody is asked for consent.")
    is_active = models.BooleanField(default=True)
    epoch = models.PositiveIntegerField(default=0, editable=False)

    objects = ApplicationManager()

    class Meta(AbstractApplication.Meta):
        """A public client has nothing to authenticate with, a confidential one must; a pairwise one has a sector.

        Who describes itself is not trusted, and our pages don't wear its colour.
        """

        swappable = "OAUTH2_PROVIDER_APPLICATION_MODEL"
        constraints = (
            models.CheckConstraint(
                condition=Q(client_type="public", token_endpoint_auth_method="none")
                | Q(client_type="confidential") & ~Q(token_endpoint_auth_method="none"),
                name="oauth_ext_client_type_fits_auth_method",
            ),
            models.CheckConstraint(
                condition=Q(subject_type="public", sector_identifier="")
                | Q(subject_type="pairwise") & ~Q(sector_identifier=""),
                name="oauth_ext_client_pairwise_has_sector",
            ),
            models.CheckConstraint(
                condition=Q(registration_source="manual") | Q(trusted=False),
                name="oauth_ext_client_trusted_is_registered_by_us",
            ),
            models.CheckConstraint(condition=is_known_acr("minimum_acr"), name="oauth_ext_client_minimum_acr"),
            models.CheckConstraint(
                condition=Q(registration_source="manual") | Q(accent=""),
                name="oauth_ext_client_accent_is_registered_by_us",
            ),
        )

    def clean(self) -> None:
        """Leave out DOT's checks, which are for its columns of text: `services.problems` judges a registration."""

    @property
    def is_public(self) -> bool:
        """Whether the client can keep no secret (RFC 6749 §2.1)."""
        return self.client_type == self.CLIENT_PUBLIC

    @property
    def describes_itself(self) -> bool:
        """Whether nobody here vouches for what the client says of itself, its name above all."""
        return self.registration_source != self.RegistrationSource.MANUAL

    @property
    def default_redirect_uri(self) -> str | None:
        """The registered URI, if there is just one; a request may then leave it out (RFC 6749 §3.1.2.3)."""
        return self.redirect_uris[0] if len(self.redirect_uris) == 1 else None

    def redirect_uri_allowed(self, uri: str) -> bool:
        """Whether the URI is registered: the exact string, or a loopback address with any port (RFC 8252 §7.3)."""
        return uri in self.redirect_uris or any(_same_but_for_port(uri, known) for known in self.redirect_uris)

    def post_logout_redirect_uri_allowed(self, uri: str) -> bool:
        """Whether people may be sent here after signing out: the exact string."""
        return uri in self.post_logout_redirect_uris

    def allows_grant_type(self, *grant_types: str) -> bool:
        """Whether the client may use one of these grants."""
        return any(grant in self.grant_types for grant in grant_types)

    def get_allowed_schemes(self) -> list[str]:
        """Return the schemes that a redirect to this client may have: those of its registered URIs."""
        return sorted({urlsplit(uri).scheme for uri in self.redirect_uris})


def _same_but_for_port(uri: str, known: str) -> bool:
    registered = urlsplit(known)
    if registered.scheme != "http" or registered.hostname not in LOOPBACK_ADDRESSES:
        return False
    host = f"[{registered.hostname}]" if ":" in registered.hostname else registered.hostname
    head, tail = f"http://{host}", known.removeprefix(f"http://{registered.netloc}")
    if not uri.startswith(head) or not uri.endswith(tail):
        return False
    port = ANY_PORT.fullmatch(uri, len(head), len(uri) - len(tail))
    return port is not None and int(port[1] or 0) <= 65535


class ClientSecret(models.Model):
    """A secret of a confidential client: a keyed hash, and which key made it; two may live at once."""

    client = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="secrets")
    key_id = models.CharField(max_length=16)
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"secret {self.pk} of client {self.client_id}"
