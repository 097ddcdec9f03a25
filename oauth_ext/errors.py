"""The closed catalogue of errors: one class a code, named as the RFC has it.

Rooms raise these; `oauth_ext.responses` and `graph` turn them into answers, each in one place.
"""

from typing import ClassVar

MAX_DESCRIPTION = 1000  # characters, where a description quotes what was sent


class OAuthError(Exception):
    """An error that a client may see: `error` (the RFC's code), `description` (ASCII, no secret), `status` (HTTP)."""

    error: ClassVar[str]
    status: ClassVar[int] = 400
    default_description: ClassVar[str] = ""

    def __init__(self, description: str = "") -> None:
        """Keep the description, or the class's own."""
        self.description = description or self.default_description
        super().__init__(f"{self.error}: {self.description}")


class InvalidRequest(OAuthError):
    """RFC 6749 §5.2: a parameter is missing, repeated, malformed or not supported."""

    error = "invalid_request"


class InvalidClient(OAuthError):
    """RFC 6749 §5.2: the client did not prove who it is; one wording for every reason."""

    error = "invalid_client"
    status = 401
    default_description = "Client authentication failed."


class InvalidGrant(OAuthError):
    """RFC 6749 §5.2: what was presented buys nothing; one wording for every reason."""

    error = "invalid_grant"
    default_description = "The grant is invalid, expired, revoked, already used, or was issued to another client."


class UnauthorizedClient(OAuthError):
    """RFC 6749 §5.2: the client may not use this grant."""

    error = "unauthorized_client"
    default_description = "The client may not use this grant type."


class UnsupportedGrantType(OAuthError):
    """RFC 6749 §5.2."""

    error = "unsupported_grant_type"
    default_description = "The grant type is not supported."


class InvalidScope(OAuthError):
    """RFC 6749 §5.2: unknown, malformed, or wider than what was granted."""

    error = "invalid_scope"
    default_description = "The scope is unknown, malformed, or more than was granted."


class InvalidTarget(OAuthError):
    """RFC 8707 §2: the resource is unknown or was not granted."""

    error = "invalid_target"
    default_description = "The resource is unknown, malformed, or was not granted."


class DPoPError(OAuthError):
    """What is wrong with a proof (RFC 9449): 400 at the token endpoint, 401 with a challenge at a resource."""


class InvalidDPoPProof(DPoPError):
    """RFC 9449 §5, §7.1: the proof is missing, or doesn't prove what it should for this request."""

    error = "invalid_dpop_proof"
    default_description = "A DPoP proof is required."


class UseDPoPNonce(DPoPError):
    """RFC 9449 §8, §9: the proof's nonce is missing or no longer accepted; the answer brings a new one."""

    error = "use_dpop_nonce"
    default_description = "The DPoP proof needs the nonce of the header DPoP-Nonce."


class UnsupportedResponseType(OAuthError):
    """RFC 6749 §4.1.2.1."""

    error = "unsupported_response_type"
    default_description = "Only response_type=code is supported."


class AccessDenied(OAuthError):
    """RFC 6749 §4.1.2.1: the person said no."""

    error = "access_denied"
    default_description = "The request was denied."


class TemporarilyUnavailable(OAuthError):
    """RFC 6749 §4.1.2.1: too much is asked at once, and the client is told by redirect, where no status can say so."""

    error = "temporarily_unavailable"
    default_description = "Too many requests came from here. Try again later."


class AuthorizationPending(OAuthError):
    """RFC 8628 §3.5: nobody has answered yet."""

    error = "authorization_pending"
    default_description = "Nobody has answered yet."


class SlowDown(OAuthError):
    """RFC 8628 §3.5: nobody has answered yet, and from now on the client waits five seconds longer between requests."""

    error = "slow_down"
    default_description = "Nobody has answered yet. Wait five seconds longer between requests from now on."


class ExpiredToken(OAuthError):
    """RFC 8628 §3.5: the device code has ended."""

    error = "expired_token"
    default_description = "The device code has expired."


class LoginRequired(OAuthError):
    """OIDC Core §3.1.2.6."""

    error = "login_required"
    default_description = "Nobody is signed in, or not in the way that was asked for."


class UnmetAuthenticationRequirements(OAuthError):
    """OpenID Connect Core Unmet Authentication Requirements 1.0 §2; RFC 9470 §5."""

    error = "unmet_authentication_requirements"
    default_description = "Whoever is signed in could not sign in as strongly as was asked for, or did not want to."


class ConsentRequired(OAuthError):
    """OIDC Core §3.1.2.6."""

    error = "consent_required"
    default_description = "The person has not allowed this yet."


class RequestNotSupported(OAuthError):
    """OIDC Core §3.1.2.6: the parameter `request`."""

    error = "request_not_supported"
    default_description = "The parameter request is not supported."


class RequestUriNotSupported(OAuthError):
    """OIDC Core §3.1.2.6: a `request_uri` that is no pushed request's."""

    error = "request_uri_not_supported"
    default_description = "The parameter request_uri is not supported, except for pushed requests (RFC 9126)."


class InvalidRequestUri(OAuthError):
    """RFC 9101 §7: a pushed request that is unknown, over, used, or another client's; one wording for every reason."""

    error = "invalid_request_uri"
    default_description = "The pushed request is unknown, has expired, was used already, or is another client's."


class RegistrationNotSupported(OAuthError):
    """OIDC Core §3.1.2.6: the parameter `registration`."""

    error = "registration_not_supported"
    default_description = "The parameter registration is not supported."


class InvalidClientMetadata(OAuthError):
    """RFC 7591 §3.2.2: `problems` are (field, sentence) pairs, all of them at once."""

    error = "invalid_client_metadata"

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        """Keep what is wrong, field by field."""
        self.problems = problems
        text = "; ".join(f"{field}: {sentence}" for field, sentence in problems)
        super().__init__(text.encode("ascii", "replace").decode()[:MAX_DESCRIPTION])


class InvalidPersonalToken(OAuthError):
    """None of an RFC: a personal access token can't be made like this; `problems` are (field, sentence) pairs."""

    error = "invalid_request"

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        """Keep what is wrong, field by field."""
        self.problems = problems
        super().__init__("; ".join(f"{field}: {sentence}" for field, sentence in problems)[:MAX_DESCRIPTION])


class InvalidRedirectUri(InvalidClientMetadata):
    """RFC 7591 §3.2.2: nothing is wrong but redirect URIs."""

    error = "invalid_redirect_uri"


class UnapprovedSoftwareStatement(OAuthError):
    """RFC 7591 §3.2.2: we know nobody whose statements about software we would believe."""

    error = "unapproved_software_statement"
    default_description = "Software statements are not supported."


class InvalidToken(OAuthError):
    """RFC 6750 §3.1: expired, revoked, malformed, or for somebody else; one wording for every reason.

    `auth_scheme` is that by which the token was presented.
    """

    error = "invalid_token"
    status = 401
    default_description = "The access token is invalid, expired, revoked, or for another resource."

    def __init__(self, description: str = "", *, auth_scheme: str = "Bearer") -> None:
        """Keep the scheme."""
        self.auth_scheme = auth_scheme
        super().__init__(description)


class InsufficientUserAuthentication(OAuthError):
    """RFC 9470 §3: the sign-in that the token tells of is too old, or too weak.

    One of `max_age` seconds at most would do, of one of `acr_values` where there are any.
    """

    error = "insufficient_user_authentication"
    status = 401
    default_description = "This needs a more recent or a stronger sign-in."

    def __init__(self, *, max_age: int, acr_values: str = "", auth_scheme: str = "Bearer") -> None:
        """Keep what would be enough, and the token's scheme."""
        self.max_age, self.acr_values, self.auth_scheme = max_age, acr_values, auth_scheme
        super().__init__()


class InvalidRegistrationToken(InvalidToken):
    """RFC 7591 §3, RFC 7592 §2: what opens the registration is missing or wrong; one wording for every reason."""

    default_description = "The initial or registration access token is missing, wrong, used up, expired or revoked."


class InsufficientScope(OAuthError):
    """RFC 6750 §3.1: `scope` is what would be enough, space separated, or empty; `auth_scheme` the token's."""

    error = "insufficient_scope"
    status = 403
    default_description = "The access token does not allow this."

    def __init__(self, description: str = "", *, scope: str = "", auth_scheme: str = "Bearer") -> None:
        """Keep the scope that would be enough, and the scheme."""
        self.scope, self.auth_scheme = scope, auth_scheme
        super().__init__(description)


class RateLimited(OAuthError):
    """RFC 6585 §4: too many, too fast; `retry_after` is in seconds. RFC 6749 has no code for it, so it is our own."""

    error = "rate_limited"
    status = 429
    default_description = "Too many requests from here failed. Wait as long as Retry-After says."

    def __init__(self, retry_after: int) -> None:
        """Keep how long to wait."""
        self.retry_after = retry_after
        super().__init__()
