"""The cookie's session: a table that gives nothing away."""

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session as StoredSession
from django.utils import timezone

from idp.sessions.store import SessionStore, hashed

pytestmark = pytest.mark.django_db


def kept(**values: object) -> SessionStore:
    store = SessionStore()
    store.update(values)
    store.save()
    return store


def test_what_is_kept_comes_back_by_its_key():
    store = kept(reason="somebody asks")
    assert dict(SessionStore(store.session_key)) == {"reason": "somebody asks"}


def test_neither_key_nor_content_stands_in_the_table():
    store = kept(reset_key="very-secret-key")
    row = StoredSession.objects.get()
    assert store.session_key not in (row.session_key, row.session_data)
    assert "very-secret-key" not in row.session_data
    assert "very-secret-key" not in str(row.get_decoded())
    assert SessionStore(row.session_key).load() == {}


def test_a_row_copied_under_another_key_opens_nothing():
    victim, thief = kept(login_session=1), kept(login_session=2)
    rows = {row.session_key: row.session_data for row in StoredSession.objects.all()}
    StoredSession.objects.filter(pk=hashed(thief.session_key)).update(session_data=rows[hashed(victim.session_key)])
    assert SessionStore(thief.session_key).load() == {}


def test_the_key_has_more_than_128_bits():
    key = kept().session_key
    assert len(key) == 32
    assert len({kept().session_key for _ in range(50)}) == 50


def test_an_expired_row_is_no_session():
    store = kept(a=1)
    StoredSession.objects.update(expire_date=timezone.now())
    again = SessionStore(store.session_key)
    assert dict(again) == {}
    assert again.session_key is None


def test_a_session_deleted_meanwhile_is_not_written_back():
    store = kept(a=1)
    other_tab = SessionStore(store.session_key)
    other_tab.flush()
    store["b"] = 2
    with pytest.raises(UpdateError):
        store.save()
    assert not StoredSession.objects.exists()


def test_cycling_the_key_keeps_what_there_is_and_forgets_the_old_key():
    store = kept(a=1)
    old = store.session_key
    store.cycle_key()
    store.save()
    assert store.session_key != old
    assert dict(SessionStore(store.session_key)) == {"a": 1}
    assert SessionStore(old).load() == {}


def test_what_is_kept_under_a_new_key_is_written_once_and_with_all_that_came(django_assert_num_queries):
    store = SessionStore()
    with django_assert_num_queries(1):
        store.create()
        store["a"] = 1
        store.save()
    with django_assert_num_queries(1):
        store["b"] = 2
        store.save()
    assert dict(SessionStore(store.session_key)) == {"a": 1, "b": 2}


def test_an_unknown_key_from_a_cookie_is_never_taken_over():
    store = SessionStore("chosenbytheattacker0000000000000")
    store["a"] = 1
    store.load()
    store.save()
    assert store.session_key != "chosenbytheattacker0000000000000"
