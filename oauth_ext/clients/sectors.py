"""The sector of a pairwise client (OIDC Core §8.1, OIDC Registration §5): settled once, at its registration."""

from urllib.parse import urlsplit

from idp.ops import outbound
from oauth_ext.clients import documents
from oauth_ext.clients.models import LOOPBACK_HOSTS, SubjectType
from oauth_ext.errors import InvalidClientMetadata

MAX_HOST = 255


def settle(subject_type: str, redirect_uris: list[str], sector_identifier_uri: str) -> str:
    """Return the sector identifier: the one host of the redirect URIs, or that of `sector_identifier_uri`; public: "".

    The document at `sector_identifier_uri` is fetched, and must list every redirect URI: nobody joins the sector of
    others without their word. Raises `InvalidClientMetadata`.
    """
    if sector_identifier_uri:
        _check_listed(sector_identifier_uri, redirect_uris)
    if subject_type == SubjectType.PUBLIC:
        return ""
    if sector_identifier_uri:
        return _host(sector_identifier_uri)
    hosts = {_host(uri) for uri in redirect_uris}
    host = hosts.pop() if len(hosts) == 1 else ""
    # one that any program on the device has is nobody's: clients that share it have nothing in common
    if not host or host in LOOPBACK_HOSTS or len(host) > MAX_HOST:
        raise _refused("A pairwise client needs it, unless all its redirect URIs share one host of its own.")
    return host


def _check_listed(uri: str, redirect_uris: list[str]) -> None:
    if problem := outbound.problem(uri):
        raise _refused(problem)
    try:
        listed, _ = documents.read(uri, places=documents.STRANGERS)
    except outbound.Unreachable as error:
        raise _refused("It can't be fetched, or is not JSON.") from error
    if not isinstance(listed, list):
        raise _refused("It does not answer with a JSON array of redirect URIs.")
    if missing := [redirect_uri for redirect_uri in redirect_uris if redirect_uri not in listed]:
        raise _refused(f"It does not list {missing[0]}.")


def _host(uri: str) -> str:
    return urlsplit(uri).hostname or ""


def _refused(sentence: str) -> InvalidClientMetadata:
    return InvalidClientMetadata([("sector_identifier_uri", sentence)])
