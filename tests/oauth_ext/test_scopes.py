"""Asked, granted, effective: one function each."""

import pytest

from oauth_ext import scopes
from oauth_ext.errors import InvalidScope

CLIENT = ["openid", "profile", "roles:read", "tokens:introspect"]


def test_asking_for_none_asks_for_the_default():
    assert scopes.asked(None, ["openid"]) == ["openid"]


@pytest.mark.parametrize("parameter", ["nothing:known", "openid  profile", " openid", 'open"id', "öpenid", "openid\n"])
def test_unknown_and_malformed_names_are_refused(parameter):
    with pytest.raises(InvalidScope):
        scopes.asked(parameter, [])


def test_a_person_grants_the_common_scopes_and_those_of_the_role():
    asked = ["openid", "email", "roles:read", "tokens:introspect"]
    assert scopes.granted(asked, CLIENT, ["roles:read"]) == ["openid", "roles:read"]


def test_a_client_by_itself_has_its_list_without_what_tells_of_a_person():
    assert scopes.granted(["openid", "tokens:introspect"], CLIENT, None) == ["tokens:introspect"]


def test_nothing_left_of_what_was_asked_is_an_error():
    with pytest.raises(InvalidScope):
        scopes.granted(["email"], CLIENT, [])


def test_nothing_asked_and_nothing_granted_is_none():
    assert scopes.granted([], CLIENT, []) == []


def test_a_scope_taken_from_the_role_or_the_client_is_gone():
    assert scopes.effective(["openid", "roles:read"], CLIENT, ["roles:read"]) == ["openid", "roles:read"]
    assert scopes.effective(["openid", "roles:read"], CLIENT, []) == ["openid"]
    assert scopes.effective(["openid", "roles:read"], ["roles:read"], ["roles:read"]) == ["roles:read"]


def test_T25_a_refresh_narrows_and_never_widens():
    assert scopes.narrowed(None, ["openid", "email"]) == ["openid", "email"]
    assert scopes.narrowed("email", ["openid", "email"]) == ["email"]
    with pytest.raises(InvalidScope):
        scopes.narrowed("email profile", ["openid", "email"])
