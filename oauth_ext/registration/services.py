"""Registration of clients by themselves (RFC 7591), and what they do with it afterwards (RFC 7592)."""

import hmac
from collections.abc import Mapping
from dataclasses import replace as replace_fields
from typing import Final
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from idp.audit import services as audit
from idp.audit.services import Event, Party
from oauth_ext import handles
from oauth_ext.clients import rows, secrets
from oauth_ext.clients import services as clients
from oauth_ext.clients.models import SECRET_METHODS, Application
from oauth_ext.clients.narrowing import ends_trust
from oauth_ext.clients.spec import COLUMNS, ClientSpec, problems
from oauth_ext.consents import services as consents
from oauth_ext.errors import InvalidClientMetadata, InvalidRegistrationToken
from oauth_ext.registration import metadata, tokens

ROUTE: Final = "client-configuration"
# What only we say of a client, and nobody may send back (RFC 7592 §2.2)
OURS: Final = frozenset(
    {"registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at"}
)

Metadata = Mapping[str, object]


def register(wanted: Metadata, initial_access_token: str | None) -> dict[str, object]:
    """Register a client as it describes itself; return the answer (RFC 7591 §3.2.1, RFC 7592 §3), with all its secrets.

    A token that is presented is used up, once everything else was judged; where DYNAMIC_REGISTRATION is "open", none
    need be. Raises `InvalidRegistrationToken`, `InvalidClientMetadata`, `UnapprovedSoftwareStatement`.
    """
    if initial_access_token is None and settings.DYNAMIC_REGISTRATION != "open":
        raise InvalidRegistrationToken
    if initial_access_token is not None:
        tokens.check(initial_access_token)
    # not base64url: a command would take what begins with a hyphen for an option
    spec = metadata.read(wanted, uuid4().hex, Application.RegistrationSource.DCR)
    if found := problems(spec):
        raise metadata.refusal(found)
    sector, token = clients.settle_sector(spec), handles.new()
    with transaction.atomic():
        client, secret = clients.create(spec, sector, registration_token_hash=handles.digest(token))
        if initial_access_token is not None:
            tokens.use(initial_access_token)
    return _information(client, token) | ({"client_secret": secret, "client_secret_expires_at": 0} if secret else {})


def show(client_id: str, registration_access_token: str | None) -> dict[str, object]:
    """Return what is registered (RFC 7592 §2.1); a secret is told once, and not here. Raises as below."""
    client, token = _find(client_id, registration_access_token)
    return _information(client, token)


def update(client_id: str, wanted: Metadata, registration_access_token: str | None) -> dict[str, object]:
    """Register the client anew under its name (RFC 7592 §2.2); raises as `register`."""
    client, token = _find(client_id, registration_access_token)
    _refuse_foreign(client, wanted)
    spec = metadata.read(wanted, client.client_id, Application.RegistrationSource.DCR)
    found = problems(spec)
    if spec.token_endpoint_auth_method != client.token_endpoint_auth_method:
        found.append(("token_endpoint_auth_method", "It stays as it is: register again."))
    if found:
        raise metadata.refusal(found)
    if not replace(client, spec):
        raise InvalidRegistrationToken  # deleted meanwhile
    return _information(Application.objects.get(pk=client.pk), token)


def delete(client_id: str, registration_access_token: str | None) -> None:
    """Take a client back (RFC 7592 §2.3): its secrets, its token and all it holds end with it."""
    client, _ = _find(client_id, registration_access_token)
    with transaction.atomic():
        # the client's row first, as in `rewrite`: of two at once one waits, and neither for what the other holds
        Application.objects.filter(pk=client.pk).update(registration_token_hash="")
        clients.disable(client)
        consents.revoke_all_of(client.pk)
        client.secrets.all().delete()


def replace(client: Application, spec: ClientSpec, **columns: object) -> bool:
    """Write a judged description over the one that `client` was read with; return whether that was still there.

    Where more than its name has changed all that it holds ends, and what people allowed: it was a client that answered
    elsewhere, or proved itself otherwise.
    """
    sector = clients.settle_sector(spec)
    ends = sector != client.sector_identifier or bool(set(clients.differences(client, spec)) - {"name"})
    return rewrite(client, spec, sector, ends=ends, **columns)


def change(client_pk: int, **columns: object) -> Application:
    """Change some columns of what the operator registered; return the client as it is then.

    What it holds ends where it loses a way by which it may have got it (`clients.narrowing`). The row is locked, so
    that of two changes at once neither undoes the other. Raises `InvalidClientMetadata` with all problems, also where
    another's server would have to be asked about its sector: that is for `manage.py apply`.
    """
    with transaction.atomic():
        client: Application = Application.objects.select_for_update(no_key=True).get(pk=client_pk)
        spec = replace_fields(_spec_of(client), **columns)  # type: ignore[arg-type]  # the shapes are the caller's
        found = problems(spec)
        asks = bool(spec.sector_identifier_uri) and spec.redirect_uris != client.redirect_uris
        if asks:
            found.append(("redirect_uris", "Its sector_identifier_uri would have to be fetched: use manage.py apply."))
        if found:
            raise InvalidClientMetadata(found)
        sector = clients.settle_sector(spec) if not spec.sector_identifier_uri else client.sector_identifier
        rewrite(client, spec, sector, ends=ends_trust(client, spec, sector))
        client.refresh_from_db()
    return client


def _spec_of(client: Application) -> ClientSpec:
    return ClientSpec(client.client_id, **{name: getattr(client, name) for name in COLUMNS})


def rewrite(client: Application, spec: ClientSpec, sector: str, *, ends: bool, **columns: object) -> bool:
    """Do as `replace` does, where somebody else has judged what ends and settled the sector.

    A secret that the client authenticates with no more is forgotten.
    """
    there = Application.objects.filter(
        pk=client.pk, is_active=client.is_active, registration_token_hash=client.registration_token_hash
    )
    was, becomes = (party.token_endpoint_auth_method in SECRET_METHODS for party in (client, spec))
    with transaction.atomic():
        replaced = there.update(
            sector_identifier=sector,
            updated=timezone.now(),
            epoch=F("epoch") + int(ends),
            **{name: getattr(spec, name) for name in COLUMNS},
            **columns,
        )
        if replaced and ends:
            consents.revoke_all_of(client.pk)
        if replaced and was and not becomes:
            client.secrets.all().delete()
        if replaced:
            audit.record(Event.CLIENT_CHANGED, {"ended": ends}, about=Party(client=client.client_id))
    return bool(replaced)


def _find(client_id: str, token: str | None) -> tuple[Application, str]:
    """Return the client and the token that was given to it; raises `InvalidRegistrationToken`, whatever is wrong."""
    client = clients.find(client_id)
    if client is None or token is None:
        raise InvalidRegistrationToken
    if not hmac.compare_digest(client.registration_token_hash, handles.digest(token)):
        raise InvalidRegistrationToken
    return client, token


def _refuse_foreign(client: Application, wanted: Metadata) -> None:
    if wanted.get("client_id") != client.client_id:
        raise InvalidClientMetadata([("client_id", "It must be the client's own.")])
    if named := OURS & wanted.keys():
        raise InvalidClientMetadata([(name, "It is not the client's to say.") for name in sorted(named)])
    if "client_secret" in wanted and not _is_its_secret(client.client_id, wanted["client_secret"]):
        raise InvalidClientMetadata([("client_secret", "It must be the client's current one: we choose the next.")])


def _is_its_secret(client_id: str, secret: object) -> bool:
    _, known = rows.load(client_id)
    return isinstance(secret, str) and secrets.matches(client_id, secret, known)


def _information(client: Application, token: str) -> dict[str, object]:
    return {
        "client_id": client.client_id,
        "client_id_issued_at": int(client.created.timestamp()),
        "registration_access_token": token,
        "registration_client_uri": settings.ISSUER_URL + reverse(ROUTE, args=[client.client_id]),
        **metadata.write(client),
    }
