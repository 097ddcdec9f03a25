"""`manage.py reencrypt`: after it only the newest of ENCRYPTION_KEYS is needed, whatever was made under the others."""

import re
import secrets
from importlib import import_module
from io import StringIO

import pytest
from django.contrib.sessions.models import Session as StoredSession
from django.core.management import CommandError, call_command
from django.test import Client

from idp.ops import sealed_columns
from idp.outbox import services as outbox
from idp.outbox.models import OutboxMessage
from oauth_ext.claims.subjects import sid_for
from oauth_ext.keys import ring
from oauth_ext.keys import services as keys
from oauth_ext.keys.models import SigningKey
from tests.factories import make_client, make_user, sign_in
from tests.stack.gatehouse import ROOT

pytestmark = pytest.mark.django_db

# What is sealed and not kept: it travels in a page for minutes.
IN_A_PAGE = {"oauth_ext/logout/request.py", "idp/sessions/devices.py"}


def reencrypt() -> str:
    out = StringIO()
    call_command("reencrypt", stdout=out)
    return out.getvalue()


@pytest.fixture
def keyed(settings):
    """Change ENCRYPTION_KEYS, as a restart with another environment would."""

    def change(*wanted: bytes) -> None:
        settings.ENCRYPTION_KEYS = list(wanted)
        ring.forget()

    return change


def test_after_it_the_older_key_can_go(keyed):
    old, new = secrets.token_bytes(32), secrets.token_bytes(32)
    SigningKey.objects.all().delete()
    keyed(old)
    keys.ensure_keys()
    keys.advance()  # a next key of each
    browser = Client()
    session = sign_in(browser, make_user())
    outbox.put("a topic", {"to": "alice"})
    known = sid_for(session.sid, "app")

    keyed(new, old)
    assert reencrypt().count("sealed anew") == len(sealed_columns.registered())
    keyed(new)

    assert len(keys.sign("ES256", {"exp": 1}, typ="JWT").split(".")) == 3
    assert not ring.read().broken
    assert all(ring.opens(row) for row in SigningKey.objects.exclude(private_sealed=""))
    assert browser.get("/accounts/login/").headers["Location"] == "/", "still signed in"
    assert sid_for(session.sid, "app") == known
    newest = StoredSession.objects.get().session_data.split(".")[1]
    assert OutboxMessage.objects.get(topic="a topic").payload.split(".")[1] == newest


def test_a_second_run_finds_nothing_to_do(keyed):
    keyed(secrets.token_bytes(32), *[secrets.token_bytes(32)])
    SigningKey.objects.all().delete()
    keys.ensure_keys()
    before = list(SigningKey.objects.order_by("pk").values_list("private_sealed", flat=True))
    assert set(re.findall(r": (\d+) sealed anew", reencrypt())) == {"0"}
    assert list(SigningKey.objects.order_by("pk").values_list("private_sealed", flat=True)) == before


def test_what_opens_under_no_key_is_left_and_told(keyed):
    keyed(secrets.token_bytes(32))
    SigningKey.objects.all().delete()
    keys.ensure_keys()
    before = list(SigningKey.objects.order_by("pk").values_list("private_sealed", flat=True))
    keyed(secrets.token_bytes(32))
    with pytest.raises(CommandError, match="4 rows open under none"):
        reencrypt()
    assert list(SigningKey.objects.order_by("pk").values_list("private_sealed", flat=True)) == before


def test_whose_secret_needs_the_older_key_is_named(keyed):
    old = secrets.token_bytes(32)
    SigningKey.objects.all().delete()
    keyed(old)
    make_client("backend", client_type="confidential")
    assert "backend" not in reencrypt()
    keyed(secrets.token_bytes(32), old)
    assert "manage.py rotate_client_secret backend" in reencrypt()


def test_whatever_is_sealed_for_a_column_is_registered():
    sealing = {
        str(path.relative_to(ROOT))
        for room in ("idp", "oauth_ext", "graph")
        for path in (ROOT / room).rglob("*.py")
        if "keyring.seal(" in path.read_text()
    }
    purposes = {column.purpose for column in sealed_columns.registered()}
    by_room = {
        "idp/sessions/store.py": "idp.sessions.store",
        "idp/outbox/services.py": "idp.outbox.services",
        "idp/factors/authenticator_app.py": "idp.factors.authenticator_app",
        "idp/providers/client_authentication.py": "idp.providers.client_authentication",
        "oauth_ext/keys/birth.py": "oauth_ext.keys.ring",
        "idp/ops/sealed_columns.py": None,
    }
    assert sealing - IN_A_PAGE == by_room.keys(), "register its column in the app's ready(), and name it here"
    for module in filter(None, by_room.values()):
        named = {value for name, value in vars(import_module(module)).items() if name.endswith("PURPOSE")}
        assert named, module
        assert named <= purposes, module
