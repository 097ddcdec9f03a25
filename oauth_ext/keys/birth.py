"""How signing keys come to be: one active for each algorithm, born under a lock, the private half sealed at once."""

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from joserfc.jwk import ECKey, RSAKey

from idp.ops import keyring
from oauth_ext.keys import ring
from oauth_ext.keys.models import KeyState, SigningAlgorithm, SigningKey

# As everybody: 3072 would take 2.5 times the work for each signature, and ES256 is there for who wants 128 bits.
RSA_BITS = 2048
LOCK = 0x6B657973  # "keys"


def ensure_keys() -> None:
    """Make what is missing of this issuer's active keys; safe where several processes try at once."""
    with transaction.atomic():
        _lock()
        active = SigningKey.objects.filter(issuer=settings.ISSUER_URL, state=KeyState.ACTIVE)
        there = set(active.values_list("algorithm", flat=True))
        for algorithm in SigningAlgorithm.values:
            if algorithm not in there:
                make_active(settings.ISSUER_URL, algorithm)
    ring.forget()


def make_active(issuer: str, algorithm: str) -> SigningKey:
    """Make a key that signs from now on; inside the caller's transaction, which holds the lock."""
    key = RSAKey.generate_key(RSA_BITS) if algorithm == "RS256" else ECKey.generate_key("P-256")
    kid, now = key.thumbprint(), timezone.now()
    public = {**key.as_dict(private=False), "kid": kid, "use": "sig", "alg": algorithm}
    return SigningKey.objects.create(
        kid=kid,
        issuer=issuer,
        algorithm=algorithm,
        state=KeyState.ACTIVE,
        public_jwk=public,
        private_sealed=keyring.seal(key.as_pem(private=True), purpose=ring.PURPOSE, bound_to=kid),
        created_at=now,
        activated_at=now,
    )


def mark_compromised(kid: str) -> None:
    """Trust a key no more: out of JWKS, its signatures refused with this commit; a new one signs in its place.

    Raises `SigningKey.DoesNotExist`.
    """
    with transaction.atomic():
        _lock()
        row = SigningKey.objects.get(kid=kid)
        was_active = row.state == KeyState.ACTIVE
        SigningKey.objects.filter(pk=row.pk).update(state=KeyState.COMPROMISED, retired_at=timezone.now())
        if was_active:
            make_active(row.issuer, row.algorithm)
    ring.forget()


def _lock() -> None:
    """Let one process at a time past, until its transaction ends (SQLite: the transaction is IMMEDIATE already)."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
