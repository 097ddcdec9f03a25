"""Who is signed in: a row decides."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.sessions.models import Session as StoredSession
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from redis import Redis

from idp.sessions import services as sessions
from idp.sessions.cleaning import clean_sessions
from idp.sessions.models import Session
from idp.signin.methods import PASSWORD_ACR, PASSWORD_AMR
from idp.users import services as users
from idp.users.errors import AccountGone
from idp.users.models import User

pytestmark = pytest.mark.django_db


def signed_in(client: Client) -> bool:
    """Whether the admin's door, which asks `request.user`, knows this browser: 403 for who is no staff."""
    return client.get("/admin/login/").status_code == 403


def test_a_session_begins_and_ends(alice, sign_in):
    client = sign_in(alice)
    session = Session.objects.get()
    assert signed_in(client)
    assert (session.user, session.acr, session.amr) == (alice, PASSWORD_ACR, list(PASSWORD_AMR))
    assert sessions.end(session.pk) is True
    assert sessions.end(session.pk) is False
    session.refresh_from_db()
    assert session.epoch == 1
    assert not signed_in(client)


def test_a_persons_row_is_written_before_their_sessions(alice, sign_in, request_of):
    """As a change of the password does it: two acts of one browser at once never wait for each other."""
    client = sign_in(alice)
    acts = [
        lambda request: sessions.start(request, alice, amr=list(PASSWORD_AMR), acr=PASSWORD_ACR),
        sessions.end_others,
    ]
    for act in acts:
        request = request_of(client)
        with CaptureQueriesContext(connection) as captured:
            act(request)
            client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key
            request.session.save()
        written = [query["sql"].split()[1] for query in captured if query["sql"].startswith("UPDATE")]
        assert written.index('"idp_user"') < written.index('"idp_session"'), written


def test_whoever_was_deleted_since_their_password_was_judged_has_no_session(alice, client, request_of):
    User.objects.filter(pk=alice.pk).delete()
    with pytest.raises(AccountGone):
        sessions.start(request_of(client), alice, amr=list(PASSWORD_AMR), acr=PASSWORD_ACR)
    assert not Session.objects.exists()


def test_an_ended_row_beats_a_valid_cookie(alice, sign_in):
    client = sign_in(alice)
    stored = StoredSession.objects.get()
    sessions.end(Session.objects.get().pk)
    assert StoredSession.objects.get() == stored
    assert not signed_in(client)


@pytest.mark.parametrize(
    "act", [users.deactivate, users.sign_out_everywhere, lambda user: users.set_password(user, "x")]
)
def test_what_ends_trust_in_the_user_ends_the_session(alice, sign_in, act):
    client = sign_in(alice)
    act(alice)
    assert not signed_in(client)


def test_reactivation_brings_no_session_back(alice, sign_in):
    client = sign_in(alice)
    users.deactivate(alice)
    users.activate(alice)
    assert not signed_in(client)


def test_a_row_that_is_gone_means_no(alice, sign_in):
    client = sign_in(alice)
    Session.objects.all().delete()
    assert not signed_in(client)


@pytest.mark.parametrize("field", ["idle_end", "absolute_end"])
def test_either_end_ends_it(alice, sign_in, field):
    client = sign_in(alice)
    Session.objects.update(**{field: timezone.now()})
    assert not signed_in(client)


def test_being_seen_puts_off_the_idle_end_at_most_once_a_minute(alice, sign_in):
    client = sign_in(alice)
    begun = Session.objects.get().idle_end
    assert signed_in(client)
    assert Session.objects.get().idle_end == begun
    Session.objects.update(idle_end=begun - timedelta(seconds=61))
    assert signed_in(client)
    assert Session.objects.get().idle_end >= begun


def test_the_idle_end_never_passes_the_absolute_one(alice, sign_in):
    client = sign_in(alice)
    end = timezone.now() + timedelta(minutes=30)
    Session.objects.update(idle_end=timezone.now() + timedelta(minutes=1), absolute_end=end)
    assert signed_in(client)
    assert Session.objects.get().idle_end == end


def test_asking_who_it_is_costs_one_select_for_the_cookie_and_one_for_the_row(
    alice, sign_in, request_of, django_assert_num_queries
):
    request = request_of(sign_in(alice))
    with django_assert_num_queries(2):
        assert sessions.current(request).user.role.name == "user"
        sessions.current(request)


def test_T53_signing_in_changes_the_cookies_key_and_keeps_what_was_behind_it(alice, client, request_of):
    request = request_of(client)
    request.session["reason"] = "kept"
    request.session.save()
    fixed = request.session.session_key
    sessions.start(request, alice, amr=["pwd"], acr="aal1")
    assert request.session.session_key != fixed
    assert request.session["reason"] == "kept"
    client.cookies[settings.SESSION_COOKIE_NAME] = fixed
    assert not signed_in(client)


def test_T53_proving_it_again_changes_the_key_and_renews_the_row(alice, sign_in, request_of):
    client = sign_in(alice)
    Session.objects.update(auth_time=timezone.now() - timedelta(hours=1))
    request = request_of(client)
    before = request.session.session_key
    sessions.renew(request, amr=["pwd", "otp"], acr="aal2")
    session = Session.objects.get()
    assert request.session.session_key != before
    assert (session.acr, session.amr) == ("aal2", ["pwd", "otp"])
    assert timezone.now() - session.auth_time < timedelta(minutes=1)
    assert not signed_in(client)


def test_a_changed_password_spares_the_session_that_changed_it(alice, sign_in, request_of):
    other = request_of(sign_in(alice))
    client = sign_in(alice)
    users.set_password(alice, "another")
    # looked at before the change, as a view does
    request = request_of(client)
    Session.objects.filter(pk=request.session["login_session"]).update(user_epoch=alice.epoch)
    sessions.renew(request, amr=["pwd"], acr="aal1")
    assert sessions.current(request) is not None
    assert sessions.current(other) is None


@pytest.mark.parametrize(
    "act", [users.deactivate, users.sign_out_everywhere, lambda user: users.set_password(user, "x")]
)
def test_proving_it_again_saves_no_session_that_was_ended_meanwhile(alice, sign_in, request_of, act):
    client = sign_in(alice)
    request = request_of(client)
    assert sessions.current(request) is not None  # and now its password is being hashed
    act(users.find_user("alice"))
    sessions.renew(request, amr=["pwd"], acr="aal1")
    request.session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = str(request.session.session_key)
    assert not signed_in(client)


def test_the_password_changed_here_spares_this_session(alice, sign_in, request_of):
    client = sign_in(alice)
    request = request_of(client)
    users.set_password(sessions.current(request).user, "another")
    sessions.renew(request, amr=["pwd"], acr="aal1")
    request.session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = str(request.session.session_key)
    assert signed_in(client)


def test_somebody_elses_sign_in_ends_the_first_and_takes_over_nothing(alice, boss, sign_in, request_of):
    request = request_of(sign_in(alice))
    request.session["draft"] = "alice's"
    sessions.start(request, boss, amr=["pwd"], acr="aal1")
    assert "draft" not in request.session
    assert Session.objects.get(user=alice).ended_at is not None
    assert sessions.current(request).user == boss


def test_signing_out_by_djangos_own_door_ends_the_row(alice, sign_in, request_of):
    request = request_of(sign_in(alice))
    request.user = sessions.current(request).user
    logout(request)
    assert Session.objects.get().ended_at is not None
    assert not StoredSession.objects.exists()


def test_a_flushed_redis_brings_no_ended_session_back(alice, sign_in):
    client = sign_in(alice)
    sessions.end(Session.objects.get().pk)
    Redis.from_url(settings.REDIS_URL).flushdb()
    assert not signed_in(client)


def test_only_what_is_long_past_is_cleaned(alice, sign_in):
    sign_in(alice)
    past, long_past = timezone.now() - timedelta(days=1), timezone.now() - timedelta(days=8)
    fresh = Session.objects.get()
    for end in (past, long_past):
        Session.objects.create(user=alice, user_epoch=0, auth_time=end, acr="aal1", idle_end=end, absolute_end=end)
    assert clean_sessions() == 1
    assert set(Session.objects.values_list("absolute_end", flat=True)) == {fresh.absolute_end, past}


def test_a_browser_that_was_never_seen_is_told_of_by_mail_but_not_the_first(alice, client, sign_in):
    from django.core import mail

    from idp.outbox import services as outbox

    def told():
        while outbox.run_once():
            pass
        return [message.subject for message in mail.outbox]

    client.defaults["HTTP_USER_AGENT"] = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    page = {"login": "alice", "password": "alicepass"}
    client.post("/accounts/login/", page)
    assert told() == []
    client.post("/accounts/logout/")
    client.post("/accounts/login/", page)
    assert told() == [], "this browser is known"
    type(client)(HTTP_USER_AGENT=client.defaults["HTTP_USER_AGENT"], REMOTE_ADDR="203.0.113.9").post(
        "/accounts/login/", page
    )
    assert told() == ["Your account was signed in to from a new browser"]
    assert "Firefox · Linux" in mail.outbox[0].body
    assert "203.0.113.0/24" in mail.outbox[0].body
