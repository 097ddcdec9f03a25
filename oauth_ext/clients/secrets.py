"""Client secrets: random, so a fast keyed hash is enough; neither the row nor the key alone tells one."""

import hmac
import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from idp.ops import keyring
from oauth_ext.clients.models import Application, ClientSecret
from oauth_ext.clients.rows import SecretRow

PURPOSE = "client-secret"
SECRET_BYTES = 32
LIVE_SECRETS = 2


def generate() -> str:
    """Return a new secret of 256 bits."""
    return secrets.token_urlsafe(SECRET_BYTES)


def digest(client_id: str, secret: str, key_id: str) -> str:
    """Return the keyed hash of a secret, bound to its client, as hex."""
    return keyring.mac(PURPOSE, f"{client_id}\x00{secret}".encode(), key_id).hex()


def matches(client_id: str, secret: str, rows: Iterable[SecretRow]) -> bool:
    """Whether the secret is one of the stored ones.

    The work is one hash a configured key, whatever the rows: an unknown client costs what a wrong secret costs.
    """
    now = timezone.now()
    presented = {key_id: digest(client_id, secret, key_id) for key_id in keyring.key_ids()}
    found = False
    for row in rows:
        candidate = presented.get(row.key_id or "")
        if candidate is not None and row.digest is not None and (row.expires_at is None or row.expires_at > now):
            found |= hmac.compare_digest(candidate, row.digest)
    return found


def add(client: Application, secret: str, *, overlap: timedelta | None = None) -> ClientSecret:
    """Give a client another secret, under the newest key; of those before it only the newest lives on.

    Two live at once, so that a secret is changed without a gap; with `overlap` the one before ends after that.
    """
    if overlap is not None:
        end = timezone.now() + overlap
        client.secrets.filter(Q(expires_at=None) | Q(expires_at__gt=end)).update(expires_at=end)
    key_id = keyring.key_ids()[0]
    row = ClientSecret.objects.create(client=client, key_id=key_id, digest=digest(client.client_id, secret, key_id))
    newest = client.secrets.order_by("-pk").values_list("pk", flat=True)[:LIVE_SECRETS]
    client.secrets.exclude(pk__in=list(newest)).delete()
    return row


def is_newest(client: Application, secret: str) -> bool:
    """Whether the client's newest secret is this one."""
    newest = client.secrets.order_by("-pk").values_list("key_id", "digest", "expires_at")[:1]
    return matches(client.client_id, secret, [SecretRow(*row) for row in newest])


def clients_under_other_keys(key_id: str) -> list[str]:
    """Return the `client_id`s of clients with a live secret that is hashed under another key than this one."""
    live = ClientSecret.objects.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now())).exclude(key_id=key_id)
    return sorted(set(live.values_list("client__client_id", flat=True)))
