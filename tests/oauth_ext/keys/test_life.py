"""How keys are born, what happens when one is lost, and that its private half stays where it is."""

import hashlib
import json
import threading
import time

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client

from idp.ops import keyring, probes
from oauth_ext.keys import birth, jws, ring
from oauth_ext.keys import services as keys
from oauth_ext.keys.models import KeyState, SigningKey
from tests.oauth_ext.keys.tokens import active, claims, encode
from tests.oauth_ext.token_endpoint import get, signed_in
from tests.stack import environment
from tests.stack.gatehouse import manage, template
from tests.stack.postgres import Postgres

pytestmark = pytest.mark.django_db


def published() -> set[str]:
    return {key["kid"] for key in Client().get("/.well-known/jwks.json").json()["keys"]}


def test_both_algorithms_are_there_after_migrate():
    assert sorted(SigningKey.objects.values_list("algorithm", "state")) == [("ES256", "active"), ("RS256", "active")]
    before = set(SigningKey.objects.values_list("kid", flat=True))
    call_command("migrate", verbosity=0)
    assert set(SigningKey.objects.values_list("kid", flat=True)) == before == published()


def test_a_key_is_named_by_its_thumbprint():
    for row in SigningKey.objects.all():
        assert ring.current().checkers[row.kid].algorithm == row.algorithm
        members = {"ES256": ("crv", "kty", "x", "y"), "RS256": ("e", "kty", "n")}[row.algorithm]
        canonical = json.dumps({name: row.public_jwk[name] for name in members}, separators=(",", ":"))
        assert row.kid == encode(hashlib.sha256(canonical.encode()).digest())


def test_one_key_signs_for_each_algorithm():
    with pytest.raises(IntegrityError, match="oauth_ext_signing_key_one_active"), transaction.atomic():
        birth.make_active(settings.ISSUER_URL, "ES256")


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
            born = connection.execute("SELECT algorithm, state FROM oauth_ext_signingkey ORDER BY 1").fetchall()
        assert born == [("ES256", "active"), ("RS256", "active")]
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
    assert published() == {active("ES256").kid, other.kid}


def test_a_key_that_is_gone_is_not_trusted():
    real = signed_in(scope="openid")
    SigningKey.objects.filter(kid=active("ES256").kid).delete()
    assert get("/o/userinfo/", real.access_token).status == 401


def test_retired_and_coming_keys_are_published_and_checked():
    token = keys.sign("ES256", claims(), typ="JWT")
    old = active("ES256")
    for state in (KeyState.RETIRED, KeyState.NEXT):
        SigningKey.objects.filter(pk=old.pk).update(state=state)
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
    with pytest.raises(keyring.SealBroken):
        keys.sign("ES256", claims(), typ="JWT")


def test_readiness_says_that_the_keys_do_not_open(settings):
    assert "signing keys" not in probes.failing()
    settings.ENCRYPTION_KEYS = [b"x" * 32]
    assert "signing keys" in probes.failing()


def test_T52_the_private_half_shows_nowhere(admin_browser, caplog, settings):
    secret = [_numbers(ring.current().signers[name].key) for name in ("ES256", "RS256")]
    sealed = list(SigningKey.objects.values_list("private_sealed", flat=True))
    rows = json.dumps(list(SigningKey.objects.values()), default=str)
    seen = [repr(ring.current()), repr(SigningKey.objects.all()), json.dumps(keys.jwks())]
    for path in ("", *(f"{pk}/change/" for pk in SigningKey.objects.values_list("pk", flat=True))):
        page = admin_browser.get(f"/admin/oauth_ext/signingkey/{path}")
        assert page.status_code == 200
        seen.append(page.content.decode())
    settings.ENCRYPTION_KEYS = [b"x" * 32]
    ring.forget()
    with pytest.raises(keyring.SealBroken) as caught:
        keys.sign("ES256", claims(), typ="JWT")
    seen += [repr(caught.value), str(caught.value), caplog.text]
    for number in (form for forms in secret for form in forms):
        assert number not in rows
        assert not any(number in text for text in seen)
    assert not any(text in shown for text in sealed for shown in seen)


def _numbers(key: jws.PrivateKey) -> list[str]:
    """The secret numbers of a key in every form in which they might show."""
    numbers = key.private_numbers()
    names = ("private_value",) if hasattr(numbers, "private_value") else ("d", "p", "q")
    forms = []
    for value in (getattr(numbers, name) for name in names):
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
