"""Client metadata (RFC 7591 §2, OIDC Registration §2) and the columns that hold them.

What stands in no table here is dropped, and so missing in the answer: links and logos (the consent page shows nothing
that a stranger chose but a name), contacts, software versions.
"""

from collections.abc import Mapping
from typing import Final

import orjson
from django.conf import settings

from oauth_ext import scopes
from oauth_ext.clients.models import Application, AuthMethod, GrantType
from oauth_ext.clients.spec import ClientSpec
from oauth_ext.errors import InvalidClientMetadata, InvalidRedirectUri, UnapprovedSoftwareStatement

# By the RFCs' names, the columns
TEXTS: Final = {
    "client_name": "name",
    "token_endpoint_auth_method": "token_endpoint_auth_method",
    "id_token_signed_response_alg": "algorithm",
    "subject_type": "subject_type",
    "sector_identifier_uri": "sector_identifier_uri",
    "jwks_uri": "jwks_uri",
    "backchannel_logout_uri": "backchannel_logout_uri",
}
LISTS: Final = {name: name for name in ("redirect_uris", "post_logout_redirect_uris", "grant_types")}
FLAGS: Final = {name: name for name in ("dpop_bound_access_tokens", "require_pushed_authorization_requests")}
MAX_ENTRIES: Final = 20
RESPONSE_TYPES: Final = ["code"]
# Where somebody signs in and allows it. Who acts as itself, or for others, is known to the operator.
GRANTS: Final = frozenset({GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN, GrantType.DEVICE_CODE})
# What a client would count on, and not get: asked for, it is refused by name.
NOT_SUPPORTED: Final = frozenset(
    {
        "authorization_encrypted_response_alg",
        "authorization_signed_response_alg",
        "default_acr_values",
        "default_max_age",
        "frontchannel_logout_uri",
        "id_token_encrypted_response_alg",
        "id_token_encrypted_response_enc",
        "introspection_encrypted_response_alg",
        "introspection_signed_response_alg",
        "request_object_encryption_alg",
        "request_object_signing_alg",
        "request_uris",
        "require_signed_request_object",
        "tls_client_certificate_bound_access_tokens",
        "userinfo_encrypted_response_alg",
        "userinfo_signed_response_alg",
    }
)


def read(
    metadata: Mapping[str, object], client_id: str, source: str, *, auth_method: str = AuthMethod.CLIENT_SECRET_BASIC
) -> ClientSpec:
    """Return the client that the metadata describe; `auth_method` where they name none. A member that is null is none.

    Raises `InvalidClientMetadata` for what has the wrong shape or isn't for clients that nobody vouches for, and
    `UnapprovedSoftwareStatement`.
    """
    given = {name: value for name, value in metadata.items() if value is not None}
    if "software_statement" in given:
        raise UnapprovedSoftwareStatement
    if problems := _misshapen(given):
        raise refusal(problems)
    columns = TEXTS | LISTS | FLAGS
    wanted = {column: given[name] for name, column in columns.items() if name in given}
    wanted = {"token_endpoint_auth_method": auth_method, "grant_types": [GrantType.AUTHORIZATION_CODE.value]} | wanted
    for column in LISTS.values():
        wanted[column] = list(dict.fromkeys(wanted.get(column, [])))  # type: ignore[call-overload]  # judged above
    allowed = _scopes(given.get("scope"))
    public = wanted["token_endpoint_auth_method"] == AuthMethod.NONE
    return ClientSpec(
        client_id,
        client_type=Application.CLIENT_PUBLIC if public else Application.CLIENT_CONFIDENTIAL,
        scopes=allowed,
        default_scopes=scopes.defaults(allowed),
        jwks=_plain(given.get("jwks")),
        registration_source=source,
        **wanted,  # type: ignore[arg-type]
    )


def write(client: Application) -> dict[str, object]:
    """Return the metadata of a client, without what it has none of."""
    columns = TEXTS | LISTS | FLAGS | {"jwks": "jwks"}
    held = {name: value for name, column in columns.items() if (value := getattr(client, column))}
    types = RESPONSE_TYPES if GrantType.AUTHORIZATION_CODE in client.grant_types else []
    return held | {"response_types": types, "scope": " ".join(client.scopes)}


def refusal(problems: list[tuple[str, str]]) -> InvalidClientMetadata:
    """Return the error that the RFC has for these problems."""
    wrong = {field for field, _ in problems}
    return InvalidRedirectUri(problems) if wrong == {"redirect_uris"} else InvalidClientMetadata(problems)


def _misshapen(given: Mapping[str, object]) -> list[tuple[str, str]]:
    kinds = {
        **dict.fromkeys(TEXTS, (_is_text, "It must be a string without control characters.")),
        **dict.fromkeys(LISTS, (_is_list, f"It must be an array of at most {MAX_ENTRIES} strings.")),
        **dict.fromkeys(FLAGS, (lambda value: isinstance(value, bool), "It must be true or false.")),
        "response_types": (lambda value: value in (RESPONSE_TYPES, []), "The only response type is code."),
        "grant_types": (
            lambda value: _is_list(value) and GRANTS.issuperset(value),
            f"It must be an array of: {', '.join(sorted(GRANTS))}.",
        ),
        "scope": (_is_text, "It must be a string, its names separated by spaces."),
        "jwks": (_is_object, "It must be a JWK Set, not too deep and without NUL characters."),
        **dict.fromkeys(NOT_SUPPORTED, (lambda value: not value, "It is not supported.")),
    }
    return [(name, words) for name, (fits, words) in kinds.items() if name in given and not fits(given[name])]


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value.isprintable()


def _is_list(value: object) -> bool:
    return isinstance(value, list) and len(value) <= MAX_ENTRIES and all(_is_text(entry) for entry in value)


def _is_object(value: object) -> bool:
    """Whether this can be kept: PostgreSQL's JSON has no NUL, and nobody's keys are nested hundreds of times."""
    try:
        return isinstance(value, dict) and b"\\u0000" not in orjson.dumps(value)
    except orjson.JSONEncodeError:
        return False


def _plain(value: object) -> dict[str, object] | None:
    """Return an object without numbers that no JSON has (an `1e999` is read as infinity)."""
    return orjson.loads(orjson.dumps(value)) if isinstance(value, dict) else None


def _scopes(asked: object) -> list[str]:
    """Return what the client may ask people for: of what it names, or of all, what needs no word of the operator."""
    bearable = [*scopes.COMMON, *settings.EXTRA_SCOPES]
    if not isinstance(asked, str):
        return list(scopes.COMMON)
    return [name for name in dict.fromkeys(asked.split()) if name in bearable]
