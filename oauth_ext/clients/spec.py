"""A client as somebody wants it, and all that is wrong with it (RFC 7591 §2)."""

from collections.abc import Collection
from dataclasses import dataclass, field, fields

from idp.ops import outbound
from idp.theme import colours
from idp.users import acr
from oauth_ext import scopes
from oauth_ext.clients import jwks, lifetimes
from oauth_ext.clients.checks import MAX_URI, redirect_uri_problem
from oauth_ext.clients.exchange import exchange_problems
from oauth_ext.clients.models import Application, AuthMethod, GrantType, ResponseMode, SubjectType, query_alone
from oauth_ext.clients.problem import Problem
from oauth_ext.keys.models import SigningAlgorithm


@dataclass(frozen=True)
class ClientSpec:
    """A client as somebody wants it: each field is a column of `Application`. The names are RFC 7591's, nearly all."""

    client_id: str
    name: str = ""
    client_type: str = Application.CLIENT_PUBLIC
    token_endpoint_auth_method: str = AuthMethod.NONE
    grant_types: list[str] = field(default_factory=lambda: [GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN])
    redirect_uris: list[str] = field(default_factory=list)
    post_logout_redirect_uris: list[str] = field(default_factory=list)
    scopes: list[str] = field(default_factory=lambda: list(scopes.COMMON))
    default_scopes: list[str] = field(default_factory=list)
    default_resources: list[str] = field(default_factory=list)
    exchange_resources: list[str] = field(default_factory=list)
    may_impersonate: bool = False
    jwks: dict[str, object] | None = None
    jwks_uri: str = ""
    algorithm: str = SigningAlgorithm.RS256
    subject_type: str = SubjectType.PUBLIC
    sector_identifier_uri: str = ""
    backchannel_logout_uri: str = ""
    dpop_bound_access_tokens: bool = False
    response_modes: list[str] = field(default_factory=query_alone)
    require_pushed_authorization_requests: bool = False
    access_token_expire_seconds: int | None = None
    refresh_token_max_age_seconds: int | None = None
    minimum_acr: str = ""
    accent: str = ""
    trusted: bool = False
    registration_source: str = Application.RegistrationSource.MANUAL


MAX_NAME = 255
# What two registrations of one client may differ in
COLUMNS = tuple(column.name for column in fields(ClientSpec) if column.name != "client_id")
UNORDERED = frozenset(
    {
        "grant_types",
        "redirect_uris",
        "post_logout_redirect_uris",
        "scopes",
        "default_scopes",
        "exchange_resources",
        "response_modes",
    }
)


def usual_scopes(grant_types: Collection[str]) -> list[str]:
    """Return what a client may ask for that is registered without scopes.

    The common five tell of a person: where none takes part there is nothing to ask for.
    """
    asks_people = not {GrantType.AUTHORIZATION_CODE, GrantType.DEVICE_CODE}.isdisjoint(grant_types)
    return list(scopes.COMMON) if asks_people else []


def problems(spec: ClientSpec) -> list[tuple[str, str]]:
    """Return everything that is wrong with a registration, as (field, sentence)."""
    return [(problem.field, problem.sentence) for problem in judge(spec)]


def judge(spec: ClientSpec) -> list[Problem]:
    """Return everything that is wrong with a registration, to the entry of a list."""
    public = spec.client_type == Application.CLIENT_PUBLIC
    found = []
    if not spec.client_id or len(spec.client_id) > MAX_NAME or not spec.client_id.isprintable():
        found.append(Problem("client_id", f"It must be 1 to {MAX_NAME} printable characters."))
    # Basic ends the name there; and a URL is its owner's
    if ":" in spec.client_id and spec.registration_source != Application.RegistrationSource.CIMD:
        found.append(Problem("client_id", "It must be without a colon."))
    if len(spec.name) > MAX_NAME or not spec.name.isprintable():
        found.append(Problem("client_name", f"It must be at most {MAX_NAME} printable characters."))
    if public != (spec.token_endpoint_auth_method == AuthMethod.NONE):
        sentence = "Public clients have none, confidential clients must have one."
        found.append(Problem("token_endpoint_auth_method", sentence))
    found += _outside("grant_types", spec.grant_types, list(GrantType))
    found += _outside("scopes", spec.scopes, scopes.catalogue())
    found += _outside("default_scopes", spec.default_scopes, spec.scopes)
    if spec.algorithm == "EdDSA":
        sentence = "EdDSA is not supported: RFC 9864 names the curve, Ed25519."
        found.append(Problem("id_token_signed_response_alg", sentence))
    else:
        found += _not_of("id_token_signed_response_alg", spec.algorithm, list(SigningAlgorithm))
    found += _not_of("subject_type", spec.subject_type, list(SubjectType))
    found += _not_of("token_endpoint_auth_method", spec.token_endpoint_auth_method, list(AuthMethod))
    if problem := acr.minimum_problem(spec.minimum_acr):
        found.append(Problem("minimum_acr", problem))
    found += _wrong_accent(spec)
    found += _outside("response_modes", spec.response_modes, list(ResponseMode))
    if not spec.response_modes:
        found.append(Problem("response_modes", "It must have at least one."))
    if public and GrantType.CLIENT_CREDENTIALS in spec.grant_types:
        found.append(Problem("grant_types", "client_credentials is for confidential clients."))
    found += exchange_problems(
        spec.grant_types, public=public, resources=spec.exchange_resources, may_impersonate=spec.may_impersonate
    )
    if GrantType.AUTHORIZATION_CODE in spec.grant_types and not spec.redirect_uris:
        found.append(Problem("redirect_uris", "authorization_code needs at least one."))
    return found + _wrong_uris(spec, public=public) + _wrong_keys(spec) + _wrong_lifetimes(spec)


def _wrong_uris(spec: ClientSpec, *, public: bool) -> list[Problem]:
    judged: list[tuple[str, str, int | None, str | None]] = [
        (name, uri, index, redirect_uri_problem(uri, public=public))
        for name in ("redirect_uris", "post_logout_redirect_uris")
        for index, uri in enumerate(getattr(spec, name))
    ]
    for name in ("backchannel_logout_uri", "jwks_uri"):
        uri = getattr(spec, name)
        judged.append((name, uri, None, _asked_uri_problem(uri) if uri else None))
    return [Problem(name, f"{uri}: {problem}", index) for name, uri, index, problem in judged if problem]


def _asked_uri_problem(uri: str) -> str | None:
    return "It is too long." if len(uri) > MAX_URI else outbound.problem(uri)


def _wrong_keys(spec: ClientSpec) -> list[Problem]:
    if spec.jwks is not None and spec.jwks_uri:
        return [Problem("jwks_uri", "Keys are registered here or at an address, not both.")]
    if spec.jwks is not None:
        problem = jwks.problem(spec.jwks)
        return [Problem("jwks", problem)] if problem else []
    if not spec.jwks_uri and spec.token_endpoint_auth_method == AuthMethod.PRIVATE_KEY_JWT:
        return [Problem("jwks", "private_key_jwt needs public keys, here or at an address.")]
    return []


def _wrong_accent(spec: ClientSpec) -> list[Problem]:
    """Whoever describes itself can't dress up the page on which people type their password."""
    if spec.accent and spec.registration_source != Application.RegistrationSource.MANUAL:
        return [Problem("accent", "It is for clients that an operator registered.")]
    problem = colours.wrong(spec.accent) if spec.accent else ""
    return [Problem("accent", problem)] if problem else []


def _wrong_lifetimes(spec: ClientSpec) -> list[Problem]:
    judged = ((name, lifetimes.problem(name, getattr(spec, name))) for name in lifetimes.SETTINGS)
    return [Problem(name, problem) for name, problem in judged if problem]


def _outside(name: str, values: list[str], allowed: Collection[str]) -> list[Problem]:
    return [_unsupported(name, value, index) for index, value in enumerate(values) if value not in allowed]


def _not_of(name: str, value: str, allowed: Collection[str]) -> list[Problem]:
    return [] if value in allowed else [_unsupported(name, value)]


def _unsupported(name: str, value: str, index: int | None = None) -> Problem:
    return Problem(name, f"{value} is not supported.", index)
