"""What another provider says of itself (OpenID Connect Discovery 1.0 §4)."""

from dataclasses import dataclass
from typing import Final

from idp.ops import outbound
from idp.providers import documents
from idp.providers.errors import Untrusted

PATH: Final = "/.well-known/openid-configuration"
DEFAULT_ALGORITHMS: Final = ("RS256",)  # §3: what every provider can


@dataclass(frozen=True)
class Metadata:
    """The part of it that we use; `names_issuer` is whether each answer says who gives it (RFC 9207 §3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str
    algorithms: tuple[str, ...]
    names_issuer: bool


def of(issuer: str) -> Metadata:
    """Return the metadata of the provider that this issuer is, to the letter (§4.3). Raises Untrusted."""
    document = documents.get(issuer.rstrip("/") + PATH)
    if document.get("issuer") != issuer:
        raise Untrusted("the metadata are another issuer's")
    listed = document.get("id_token_signing_alg_values_supported")
    algorithms = tuple(str(name) for name in listed) if isinstance(listed, list) else DEFAULT_ALGORITHMS
    return Metadata(
        issuer=issuer,
        authorization_endpoint=_address(document, "authorization_endpoint"),
        token_endpoint=_address(document, "token_endpoint"),
        jwks_uri=_address(document, "jwks_uri"),
        userinfo_endpoint=_address(document, "userinfo_endpoint") if "userinfo_endpoint" in document else "",
        algorithms=algorithms,
        names_issuer=document.get("authorization_response_iss_parameter_supported") is True,
    )


def _address(document: documents.Document, name: str) -> str:
    url = document.get(name)
    if not isinstance(url, str) or outbound.problem(url):
        raise Untrusted(f"no {name} that may be asked")
    return url
