"""What of a client's registration is worth so much that what it holds ends when it changes."""

from typing import Final

from oauth_ext.clients.models import Application
from oauth_ext.clients.spec import ClientSpec

# How it proves who it is, and how it knows people; what it proves it with may be renewed, be it a secret or a key
WAYS: Final = ("client_type", "token_endpoint_auth_method", "subject_type", "sector_identifier_uri")
# By which it got what it holds; scopes are not among them, for they are reckoned at each use
LISTS: Final = ("redirect_uris", "grant_types", "exchange_resources")
LEAVES: Final = ("trusted", "may_impersonate")


def ends_trust(client: Application, spec: ClientSpec, sector: str) -> bool:
    """Whether what a client holds ends when its operator changes it so: it lost a way by which it may have got it.

    More than before ends nothing, nor does what counts from the next request on.
    """
    otherwise = any(getattr(client, name) != getattr(spec, name) for name in WAYS)
    less = any(not set(getattr(client, name)) <= set(getattr(spec, name)) for name in LISTS)
    left = any(getattr(client, name) and not getattr(spec, name) for name in LEAVES)
    bound = spec.dpop_bound_access_tokens and not client.dpop_bound_access_tokens
    return otherwise or less or left or bound or client.sector_identifier != sector
