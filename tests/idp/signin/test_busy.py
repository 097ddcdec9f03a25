"""Where no password can be checked now: said on the page, the same to all, and nothing is done or lost."""

import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.hashers import make_password
from django.core import mail

from idp.audit.models import AuditEvent, Event
from idp.factors import recovery_codes
from idp.factors.models import RecoveryCode
from idp.outbox import services as outbox
from idp.outbox.models import OutboxMessage
from idp.sessions.models import Session
from idp.signin import line
from idp.users import invitations, models
from idp.users.models import Role, User
from tests.full_house import full_doorstep, full_house
from tests.idp.signin.test_second_factor import app  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
SENTENCE = "So many passwords are being checked at this moment that yours was not."
NEW = "seven brown owls on a tin roof"


@pytest.fixture(params=[full_doorstep, full_house])
def full(request):
    """Both places where a stranger's password waits: before its page is at it, and before it is hashed."""
    return request.param


def is_busy(response) -> bool:
    page = response.content.decode()
    return (response.status_code, response.headers.get("Retry-After")) == (503, "5") and SENTENCE in page


def test_T71_it_is_said_alike_of_known_and_unknown_names_and_the_name_stays_typed(full, alice, gone, type_in):
    with full():
        pages = [type_in(name, "alicepass", way_back="/x/") for name in ("alice", "gone", "nobody")]
    for page, name in zip(pages, ("alice", "gone", "nobody"), strict=True):
        assert is_busy(page)
        assert f'name="login" id="id_login" value="{name}"' in page.text
        assert '<input type="hidden" name="next" value="/x/">' in page.text
        assert "alicepass" not in page.text
    alike = {re.sub(r'value="[^"]*"', "", page.text) for page in pages}
    assert len(alike) == 1


def test_it_counts_as_no_try_and_leaves_no_trace(full, alice, type_in):
    with full():
        for _ in range(10):
            type_in("alice", "wrong")
    assert not AuditEvent.objects.filter(event=Event.SIGN_IN_FAILED).exists()
    assert not Session.objects.exists()
    assert [type_in("alice", "wrong").status_code for _ in range(5)] == [200] * 5
    assert type_in("alice", "alicepass").status_code == 429


def test_programs_are_told_in_json(full, client):
    with full():
        fields = {"login": "alice", "password": "x"}
        answer = client.post("/accounts/login/", fields, headers={"accept": "application/json"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.json()["error"] == "temporarily_unavailable"


def prove(browser):
    Session.objects.update(auth_time="2020-01-01T00:00Z")
    return browser.post(browser.get("/accounts/factors/").headers["Location"], {"password": "alicepass"})


def change(browser):
    return browser.post("/accounts/password/change/", {"current": "alicepass", "password1": NEW})


def test_the_signed_in_are_told_and_stay_as_they_are(alice, sign_in):
    browser = sign_in(alice)
    with full_house():
        assert is_busy(change(browser))
        assert is_busy(prove(browser))
    alice.refresh_from_db()
    assert (alice.epoch, alice.check_password("alicepass")) == (0, True)
    assert prove(browser).status_code == 303
    assert change(browser).status_code == 303


def test_a_new_account_is_not_begun_and_no_mail_is_counted(full, client, settings):
    settings.SIGN_UP = True
    typed = {"username": "carol", "email": "carol@example.com", "password1": NEW}
    with full():
        for _ in range(4):
            page = client.post("/accounts/signup/", typed)
    assert is_busy(page)
    assert 'value="carol"' in page.text
    assert 'value="carol@example.com"' in page.text
    assert NEW not in page.text
    assert not OutboxMessage.objects.exists()
    assert client.post("/accounts/signup/", typed).status_code == 303


def test_an_invitation_stays_open(client):
    invitations.invite("carol@example.com", Role.objects.get(name="user"), None)
    outbox.run_once()
    client.get(str(mail.outbox[-1].body).partition("http://localhost:8000")[2].split()[0])
    typed = {"username": "carol", "password1": NEW}
    with full_house():
        page = client.post("/accounts/invitation/", typed)
    assert is_busy(page)
    assert 'value="carol"' in page.text
    assert not User.objects.exists()
    assert client.post("/accounts/invitation/", typed).status_code == 303


def test_a_reset_can_still_be_used(alice, client):
    client.post("/accounts/password/reset/", {"email": alice.email})
    outbox.run_once()
    path = str(mail.outbox[-1].body).partition("http://localhost:8000")[2].split()[0]
    page = client.get(path).headers["Location"]
    with full_house():
        assert is_busy(client.post(page, {"password1": NEW, "password2": NEW}))
    alice.refresh_from_db()
    assert alice.epoch == 0
    assert client.post(page, {"password1": NEW, "password2": NEW}).status_code == 303


def test_what_is_no_password_does_not_wait_behind_them(alice, client, type_in, app):  # noqa: F811
    code = recovery_codes.make(alice)[0]
    page = type_in("alice", "alicepass").headers["Location"]
    with full_doorstep():
        assert client.get("/accounts/login/").status_code == 200
        assert client.post("/accounts/login/", {"login": "alice"}).status_code == 200
        assert client.post("/accounts/login/", {"credential": "{}"}).status_code == 200
        assert client.post(page, {"code": code}).status_code == 303
    assert Session.objects.filter(ended_at=None).exists()


def test_T41_who_has_tried_too_often_is_told_so_and_takes_nobodys_turn(alice, type_in):
    for _ in range(5):
        type_in("alice", "wrong")
    with full_doorstep():
        assert type_in("alice", "wrong").status_code == 429


def test_one_has_ones_turn_until_the_page_has_answered_and_waits_for_it_once():
    def have_a_turn() -> bool:
        with line.until_answered():
            line.wait()
            return True

    with ThreadPoolExecutor(1) as somebody:
        with line.until_answered():
            line.wait()
            line.wait()
            other = somebody.submit(have_a_turn)
            while not line._line._waiting:
                time.sleep(0.001)
            assert not other.done()
        assert other.result(10) is True


def test_a_recovery_code_is_not_used_up_and_counts_as_no_try(alice, client, type_in, app):  # noqa: F811
    code = recovery_codes.make(alice)[0]
    page = type_in("alice", "alicepass").headers["Location"]
    with full_house():
        for _ in range(6):
            assert is_busy(client.post(page, {"code": code}))
    assert not AuditEvent.objects.filter(event=Event.FACTOR_REFUSED).exists()
    assert client.post(page, {"code": code}).status_code == 303
    assert Session.objects.filter(ended_at=None).exists()


def test_recovery_codes_are_not_made_and_those_there_are_stay(alice, client, type_in, app):  # noqa: F811
    code = recovery_codes.make(alice)[0]
    page = type_in("alice", "alicepass").headers["Location"]
    client.post(page, {"code": code})
    kept = set(RecoveryCode.objects.values_list("code_hash"))
    with full_house():
        answer = client.post("/accounts/factors/recovery-codes/")
    assert is_busy(answer)
    assert 'href="/accounts/factors/recovery-codes/"' in answer.text
    assert set(RecoveryCode.objects.values_list("code_hash")) == kept


def test_an_old_hash_is_upgraded_another_time(alice, monkeypatch, type_in):
    def crowded(password: str) -> str:
        with full_house():
            return make_password(password)

    old = make_password("alicepass", hasher="pbkdf2_sha256")
    User.objects.update(password=old)
    monkeypatch.setattr(models, "make_password", crowded)
    assert type_in("alice", "alicepass").status_code == 303
    assert User.objects.get().password == old
