"""How signing keys come to be: under a lock, the private half sealed at once."""

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from joserfc.jwk import ECKey, OKPKey, RSAKey

from idp.ops import keyring
from oauth_ext.keys import ring
from oauth_ext.keys.models import KeyState, SigningAlgorithm, SigningKey

# As everybody: 3072 would take 2.5 times the work for each signature, and ES256 is there for who wants 128 bits.
RSA_BITS = 2048
LOCK = 0x6B657973  # "keys"


def ensure_keys() -> None:
    """Make what is missing of this issuer's active keys; safe where several processes try at once.

    They sign at once: no client of this issuer can have fetched its keys before it had any.
    """
    with transaction.atomic():
        lock()
        active = SigningKey.objects.filter(issuer=settings.ISSUER_URL, state=KeyState.ACTIVE)
        there = set(active.values_list("algorithm", flat=True))
        for algorithm in SigningAlgorithm.values:
            if algorithm not in there:
                make(settings.ISSUER_URL, algorithm, KeyState.ACTIVE)
    ring.forget()


def make(issuer: str, algorithm: str, state: KeyState) -> SigningKey:
    """Make a key that signs from now on, or is the next to; inside the caller's transaction, which holds the lock."""
    key = _generate(algorithm)
    kid, now = key.thumbprint(), timezone.now()
    public = {**key.as_dict(private=False), "kid": kid, "use": "sig", "alg": algorithm}
    return SigningKey.objects.create(
        kid=kid,
        issuer=issuer,
        algorithm=algorithm,
        state=state,
        public_jwk=public,
        private_sealed=keyring.seal(key.as_pem(private=True), purpose=ring.PURPOSE, bound_to=kid),
        created_at=now,
        activated_at=now if state == KeyState.ACTIVE else None,
    )


def lock() -> None:
    """Let one process at a time past, until its transaction ends (SQLite: the transaction is IMMEDIATE already)."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _generate(algorithm: str) -> ECKey | RSAKey | OKPKey:
    if algorithm == SigningAlgorithm.ES256:
        return ECKey.generate_key("P-256")
    if algorithm == SigningAlgorithm.ED25519:
        return OKPKey.generate_key("Ed25519")
    return RSAKey.generate_key(RSA_BITS)
