"""How keys are born, what happens when one is lost, and that its private half stays where it is."""

import hashlib
import json
import threading
import time

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from idp.ops import keyring, probes
from oauth_ext.keys import birth, jws, ring, times
from oauth_ext.keys import services as keys
from oauth_ext.keys.errors import TokenOutlivesKey
from oauth_ext.keys.models import KeyState, SigningAlgorithm, SigningKey
from tests.oauth_ext.keys.tokens import active, claims, encode
from tests.oauth_ext.token_endpoint import get, signed_in
from tests.stack import environment
from tests.stack.gatehouse import manage, template
from tests.stack.postgres import Postgres

pytestmark = pytest.mark.django_db


def published() -> set[str]:
    return {key["kid"] for key in Client().get("/.well-known/jwks.json").json()["keys"]}


def standing() -> set[str]:
    return set(SigningKey.objects.exclude(state=KeyState.COMPROMISED).values_list("kid", flat=True))


ACTIVE = [(name, "active") for name in ("ES256", "Ed25519", "PS256", "RS256")]


def test_every_algorithm_has_a_key_after_migrate():
    assert sorted(SigningKey.objects.values_list("algorithm", "state")) == ACTIVE
    before = set(SigningKey.objects.values_list("kid", flat=True))
    call_command("migrate", verbosity=0)
    assert set(SigningKey.objects.values_list("kid", flat=True)) == before == published()


def test_a_key_is_named_by_its_thumbprint():
    for row in SigningKey.objects.all():
        assert ring.current().checkers[row.kid].algorithm == row.algorithm
        members = {"EC": ("crv", "kty", "x", "y"), "RSA": ("e", "kty", "n"), "OKP": ("crv", "kty", "x")}[
            row.public_jwk["kty"]
        ]
        canonical = json.dumps({name: row.public_jwk[name] for name in members}, separators=(",", ":"))
        assert row.kid == encode(hashlib.sha256(canonical.encode()).digest())


@pytest.mark.parametrize("state", [KeyState.ACTIVE, KeyState.NEXT])
def test_one_key_signs_for_each_algorithm_and_one_is_next(state):
    keys.advance()
    with pytest.raises(IntegrityError, match=f"oauth_ext_signing_key_one_{state}"), transaction.atomic():
        birth.make(settings.ISSUER_URL, "ES256", state)


def test_two_that_migrate_at_once_make_one_pair(postgres_server: Postgres):
    """Both come to the lock before either has looked."""
    url = postgres_server.create("gatehouse_births", template=template(postgres_server))
    env = environment.of_process({"DATABASE_URL": url})
    try:
        with psycopg.connect(url) as connection:
            connection.execute("DELETE FROM oauth_ext_signingkey")
            connection.commit()
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [birth.LOCK])
            both = [threading.Thread(target=manage, args=(env, "migrate", "-v0")) for _ in range(2)]
            for process in both:
                process.start()
            _wait_until(lambda: _waiting(connection) == 2)
        for process in both:
            process.join(timeout=60)
        with psycopg.connect(url) as connection:
            born = connection.execute("SELECT algorithm, state FROM oauth_ext_signingkey").fetchall()
        assert sorted(born) == ACTIVE
    finally:
        postgres_server.drop("gatehouse_births")


def test_a_compromised_key_is_refused_though_its_signature_is_remembered():
    real = signed_in(scope="openid")
    lost = active("ES256")
    assert real.is_live()
    keys.mark_compromised(lost.kid)
    assert not real.is_live()
    assert lost.kid not in published()
    assert Client().get("/o/logout/", {"id_token_hint": _hint(lost)}).status_code == 400


def test_a_compromised_key_has_a_successor_at_once():
    lost, other = active("ES256"), active("RS256")
    keys.mark_compromised(lost.kid)
    assert active("ES256").kid not in {lost.kid, other.kid}
    assert keys.verify(keys.sign("ES256", claims(), typ="JWT"), typ="JWT").kid == active("ES256").kid
    assert {active("ES256").kid, other.kid} <= published() == standing()


def test_a_key_that_is_gone_is_not_trusted():
    real = signed_in(scope="openid")
    SigningKey.objects.filter(kid=active("ES256").kid).delete()
    assert get("/o/userinfo/", real.access_token).status == 401


def test_retired_and_coming_keys_are_published_and_checked():
    token = keys.sign("ES256", claims(), typ="JWT")
    old = active("ES256")
    for state in (KeyState.RETIRED, KeyState.NEXT):
        SigningKey.objects.filter(pk=old.pk).update(state=state, retired_at=timezone.now())
        ring.forget()
        assert old.kid in published()
        assert keys.verify(token, typ="JWT").kid == old.kid


def test_an_issuer_that_was_renamed_gets_keys_of_its_own(settings):
    before = published()
    settings.ISSUER_URL = "https://new.example"
    token = keys.sign("ES256", claims(iss="https://new.example"), typ="JWT")
    assert keys.verify(token, typ="JWT").kid not in before
    settings.ISSUER_URL = "http://localhost:8000"
    assert published() == before


def test_a_sealed_key_opens_for_its_own_kid_only():
    one, other = active("ES256"), active("RS256")
    one.private_sealed, other.private_sealed = other.private_sealed, one.private_sealed
    SigningKey.objects.bulk_update([one, other], ["private_sealed"])
    ring.forget()
    with pytest.raises(keys.KeyUnusable, match="it was sealed for something else, or is damaged"):
        keys.sign("ES256", claims(), typ="JWT")


def test_one_key_that_does_not_open_leaves_the_others_and_checking_alone():
    token = keys.sign("ES256", claims(), typ="JWT")
    SigningKey.objects.filter(algorithm="ES256").update(private_sealed="e1.x.y")
    ring.forget()
    assert keys.verify(token, typ="JWT").claims["sub"] == "somebody"
    assert keys.sign("RS256", claims(), typ="JWT")
    with pytest.raises(keys.KeyUnusable):
        keys.sign("ES256", claims(), typ="JWT")


def test_readiness_says_that_the_keys_do_not_open_and_the_log_says_why(settings, caplog):
    sealed_under = keyring.key_ids()[0]
    assert "signing keys" not in probes.failing()
    settings.ENCRYPTION_KEYS = [b"x" * 32]
    assert "signing keys" in probes.failing()
    assert active("PS256").kid in caplog.text
    assert f"it is sealed under the key '{sealed_under}', which is not in ENCRYPTION_KEYS" in caplog.text


def test_no_token_outlives_the_publication_of_its_key():
    now = int(time.time())
    assert keys.sign("ES256", claims(exp=now + int(times.LONGEST_TOKEN.total_seconds()) - 5), typ="JWT")
    with pytest.raises(TokenOutlivesKey):
        keys.sign("ES256", claims(exp=now + int(times.LONGEST_TOKEN.total_seconds()) + 5), typ="JWT")


def test_T52_the_private_half_shows_nowhere(admin_browser, caplog, settings):
    secret = [_numbers(ring.current().signers[name].key) for name in SigningAlgorithm.values]
    sealed = list(SigningKey.objects.values_list("private_sealed", flat=True))
    rows = json.dumps(list(SigningKey.objects.values()), default=str)
    seen = [repr(ring.current()), repr(SigningKey.objects.all()), keys.jwks().decode()]
    for path in ("", *(f"{pk}/change/" for pk in SigningKey.objects.values_list("pk", flat=True))):
        page = admin_browser.get(f"/admin/oauth_ext/signingkey/{path}")
        assert page.status_code == 200
        seen.append(page.content.decode())
    settings.ENCRYPTION_KEYS = [b"x" * 32]
    ring.forget()
    with pytest.raises(keys.KeyUnusable) as caught:
        keys.sign("ES256", claims(), typ="JWT")
    seen += [repr(caught.value), str(caught.value), caplog.text]
    for number in (form for forms in secret for form in forms):
        assert number not in rows
        assert not any(number in text for text in seen)
    assert not any(text in shown for text in sealed for shown in seen)


def _numbers(key: jws.PrivateKey) -> list[str]:
    """The secret numbers of a key in every form in which they might show."""
    if isinstance(key, ed25519.Ed25519PrivateKey):
        values = [int.from_bytes(key.private_bytes_raw(), "big")]
    elif isinstance(key, ec.EllipticCurvePrivateKey):
        values = [key.private_numbers().private_value]
    else:
        values = [getattr(key.private_numbers(), name) for name in ("d", "p", "q")]
    forms = []
    for value in values:
        raw = value.to_bytes((value.bit_length() + 7) // 8, "big")
        forms += [str(value), raw.hex(), encode(raw)]
    return forms


def _hint(key: SigningKey) -> str:
    """An ID token as whoever stole the key would make one."""
    signer = ring._signer(key)
    return jws.sign("ES256", signer.key, {"alg": "ES256", "kid": signer.kid, "typ": "JWT"}, claims(aud="app"))


def _waiting(connection: psycopg.Connection) -> int:
    row = connection.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted").fetchone()
    return int(row[0]) if row else 0


def _wait_until(true, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "nobody came"
        time.sleep(0.05)
