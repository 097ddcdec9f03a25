"""`manage.py rotate_client_secret`: no gap between two secrets."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from oauth_ext.clients.models import ClientSecret
from tests.factories import SECRET, make_client
from tests.oauth_ext.clients.signing import make_signing_client
from tests.oauth_ext.token_endpoint import basic, post

pytestmark = pytest.mark.django_db


def rotate(*arguments: str) -> str:
    out = io.StringIO()
    call_command("rotate_client_secret", "machine", *arguments, stdout=out)
    return out.getvalue()


def works(secret: str) -> bool:
    return post("/o/token/", authorization=basic("machine", secret), grant_type="client_credentials").status == 200


@pytest.fixture
def machine():
    return make_client("machine", client_type="confidential", grant_types=["client_credentials"], redirect_uris=[])


def test_T29_both_secrets_work_for_a_while(machine):
    shown = rotate().strip().rpartition(" ")[2]
    assert works(shown)
    assert works(SECRET)
    old, new = ClientSecret.objects.order_by("pk")
    assert new.expires_at is None
    assert timedelta(hours=23) < old.expires_at - timezone.now() <= timedelta(days=1)


def test_T29_the_old_one_ends_when_it_was_said(machine):
    shown = json.loads(rotate("--expires-in=0", "--json"))
    assert shown["client_id"] == "machine"
    assert works(shown["client_secret"])
    assert not works(SECRET)


def test_T29_an_end_that_was_set_is_not_put_off(machine):
    first = json.loads(rotate("--expires-in=60", "--json"))["client_secret"]
    second = json.loads(rotate("--expires-in=3600", "--json"))["client_secret"]
    assert not works(SECRET)  # two live at once, not three
    assert works(first)
    assert works(second)
    rotate("--expires-in=60")
    assert all(
        row.expires_at is None or row.expires_at < timezone.now() + timedelta(minutes=2)
        for row in ClientSecret.objects.all()
    )


def test_T29_a_client_without_secrets_gets_none():
    for client_id in ("public", "signer"):
        make_client("public") if client_id == "public" else make_signing_client()
        with pytest.raises(CommandError, match="has no secret"):
            call_command("rotate_client_secret", client_id)
    with pytest.raises(CommandError, match="no client"):
        call_command("rotate_client_secret", "nobody")
    for wrong in ("-1", "x", "99999999999"):
        with pytest.raises(CommandError, match="expires-in"):
            call_command("rotate_client_secret", "public", "--expires-in", wrong)
    assert not ClientSecret.objects.exists()
