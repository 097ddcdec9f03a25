"""The refresh token grant: families turn, repeat within the grace, and end at theft (RFC 9700 §4.14)."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from idp.sessions import services as sessions
from idp.sessions.models import Session
from idp.users import services as users
from oauth_ext.clients import services as clients
from oauth_ext.consents.models import Consent
from oauth_ext.families.models import EndReason, Family
from tests.factories import authorize, make_client, pkce
from tests.oauth_ext.token_endpoint import signed_in, token

pytestmark = pytest.mark.django_db


def back_in_time(**ages: timedelta) -> None:
    """Move columns of every family into the past."""
    Family.objects.update(**{name: F(name) - age for name, age in ages.items()})


def after_the_grace() -> None:
    back_in_time(turned_at=timedelta(seconds=11))


def test_T22_a_refresh_turns_the_family():
    person = signed_in()
    answer = person.refresh()
    assert answer.status == 200
    assert answer.body["refresh_token"] != person.refresh_token
    assert answer.body["access_token"] != person.access_token
    assert "id_token" not in answer.body
    assert person.is_live(answer.body["access_token"])
    assert person.refresh(answer.body["refresh_token"]).status == 200
    assert Family.objects.get().counter == 2


def test_T22_a_replay_after_the_grace_ends_the_family():
    person = signed_in()
    newest = person.refresh().body
    after_the_grace()
    assert person.refresh().body["error"] == "invalid_grant"
    assert Family.objects.get().end_reason == EndReason.REFRESH_REPLAY
    assert person.refresh(newest["refresh_token"]).body["error"] == "invalid_grant"
    assert not person.is_live(newest["access_token"])


def test_T22_a_token_older_than_the_one_before_is_theft_within_the_grace_too():
    person = signed_in()
    second = person.refresh().body
    person.refresh(second["refresh_token"])
    assert person.refresh().body["error"] == "invalid_grant"
    assert Family.objects.get().end_reason == EndReason.REFRESH_REPLAY


def test_T22_a_higher_counter_means_the_database_went_back_in_time():
    person = signed_in()
    newest = person.refresh().body
    Family.objects.update(counter=0)
    assert person.refresh(newest["refresh_token"]).body["error"] == "invalid_grant"
    assert Family.objects.get().end_reason == EndReason.DATABASE_RESTORED


def test_T23_a_repeat_within_the_grace_gets_the_same_successor():
    person = signed_in()
    first, again = person.refresh(), person.refresh()
    assert (first.status, again.status) == (200, 200)
    assert first.body["refresh_token"] == again.body["refresh_token"]
    assert first.body["access_token"] != again.body["access_token"]
    assert Family.objects.get().counter == 1


def test_T23_a_repeat_does_not_renew_the_grace():
    person = signed_in()
    person.refresh()
    back_in_time(turned_at=timedelta(seconds=6))
    assert person.refresh().status == 200
    back_in_time(turned_at=timedelta(seconds=6))
    assert person.refresh().status == 400


def test_T23_only_the_same_request_is_repeated(settings):
    person = signed_in(scope="openid profile")
    assert person.refresh(scope="openid").status == 200
    assert person.refresh().body["error"] == "invalid_grant"
    assert Family.objects.get().ended_at is None
    assert person.refresh(scope="openid").status == 200


def test_T23_a_grace_of_nothing_is_off(settings):
    settings.REFRESH_TOKEN_GRACE_SECONDS = 0
    person = signed_in()
    person.refresh()
    assert person.refresh().status == 400
    assert Family.objects.get().end_reason == EndReason.REFRESH_REPLAY


def test_T24_a_family_ends_absolutely_however_often_it_turns():
    person = signed_in()
    back_in_time(expires_at=timedelta(days=89, hours=23))
    answer = person.refresh()
    assert answer.status == 200
    back_in_time(expires_at=timedelta(hours=2))
    assert person.refresh(answer.body["refresh_token"]).body["error"] == "invalid_grant"
    assert not person.is_live(answer.body["access_token"])


def test_T24_a_family_that_is_not_used_ends():
    person = signed_in(scope="openid offline_access")
    back_in_time(turned_at=timedelta(days=30, seconds=1))
    assert person.refresh().body["error"] == "invalid_grant"


def test_a_family_without_a_person_is_not_refreshed():
    person = signed_in()
    Family.objects.update(user=None)
    assert person.refresh().body["error"] == "invalid_grant"


def test_T25_bound_to_its_client():
    person = signed_in()
    other = make_client("other")
    assert token(other, "refresh_token", refresh_token=person.refresh_token).body["error"] == "invalid_grant"
    assert person.refresh().status == 200


def test_T25_scope_narrows_for_one_token_and_never_grows():
    person = signed_in(scope="openid profile")
    narrowed = person.refresh(scope="openid")
    assert narrowed.body["scope"] == "openid"
    whole = person.refresh(narrowed.body["refresh_token"])
    assert whole.body["scope"] == "openid profile"
    wider = person.refresh(whole.body["refresh_token"], scope="openid profile email")
    assert wider.body["error"] == "invalid_scope"


def test_T25_resource_never_grows_and_the_refusal_spends_nothing():
    person = signed_in()
    assert person.refresh(resource="https://api.example").body["error"] == "invalid_target"
    assert person.refresh(scope="nothing:known").body["error"] == "invalid_scope"
    assert Family.objects.get().counter == 0
    assert person.refresh().status == 200


@pytest.mark.parametrize(
    "forge",
    [
        lambda token: token[:-1] + ("A" if token[-1] != "A" else "E"),
        lambda token: token.replace("r1.", "r2."),
        lambda token: ".".join(["r1", "unknown1", *token.split(".")[2:]]),
        lambda token: ".".join([*token.split(".")[:3], "1", token.split(".")[4]]),
        lambda token: ".".join([*token.split(".")[:3], "00", token.split(".")[4]]),
        lambda token: ".".join([*token.split(".")[:3], "-1", token.split(".")[4]]),
        lambda token: ".".join([*token.split(".")[:3], "9" * 30, token.split(".")[4]]),
        lambda token: ".".join([*token.split(".")[:3], "٠", token.split(".")[4]]),
        lambda token: token + "=",
        lambda token: token + ".x",
        lambda token: token + "\n",
        lambda token: "r1....",
        lambda token: "x",
    ],
)
def test_a_forged_token_is_refused_and_touches_nothing(forge):
    person = signed_in()
    before = Family.objects.values().get()
    assert person.refresh(forge(person.refresh_token)).body["error"] == "invalid_grant"
    assert Family.objects.values().get() == before


def test_neither_the_row_nor_the_key_alone_makes_a_token():
    person = signed_in()
    Family.objects.update(salt=b"another salt....")
    assert person.refresh().body["error"] == "invalid_grant"
    assert Family.objects.get().ended_at is None


def test_a_token_of_another_issuer_is_refused(settings):
    person = signed_in()
    settings.ISSUER_URL = "https://another.example"
    assert person.refresh().body["error"] == "invalid_grant"


ENDS = {
    "user deactivated": lambda person: users.deactivate(person.user),
    "signed out everywhere": lambda person: users.sign_out_everywhere(person.user),
    "password changed": lambda person: users.set_password(person.user, "another horse battery staple"),
    "client switched off": lambda person: clients.disable(person.client),
    "client switched off and on": lambda person: [end(person.client) for end in (clients.disable, clients.enable)],
    "user deleted": lambda person: person.user.delete(),
}
SESSION_ENDS = {
    "session ended": lambda person: sessions.end(person.session.pk),
    "session idle": lambda person: Session.objects.update(idle_end=timezone.now()),
    "session over": lambda person: Session.objects.update(absolute_end=timezone.now()),
    "session row gone": lambda person: Session.objects.all().delete(),
}


@pytest.mark.parametrize("what", [*ENDS, *SESSION_ENDS])
def test_T38_what_ends_trust_ends_refresh_and_access(what):
    person = signed_in()
    assert person.is_live()
    (ENDS | SESSION_ENDS)[what](person)
    assert not person.is_live()
    assert person.refresh().status >= 400


@pytest.mark.parametrize("what", SESSION_ENDS)
def test_with_offline_access_a_family_outlives_the_session(what):
    person = signed_in(scope="openid offline_access")
    SESSION_ENDS[what](person)
    assert person.is_live()
    assert person.refresh().status == 200


@pytest.mark.parametrize("what", ENDS)
def test_with_offline_access_a_family_does_not_outlive_trust(what):
    person = signed_in(scope="openid offline_access")
    ENDS[what](person)
    assert not person.is_live()
    assert person.refresh().status >= 400


def test_a_consent_taken_back_ends_the_family_and_a_new_one_does_not_wake_it():
    person = signed_in(make_client())
    Consent.objects.update(revoked_at=timezone.now())
    assert not person.is_live()
    Consent.objects.create(user=person.user, client=person.client, scopes=["openid", "profile"])
    assert not person.is_live()
    assert person.refresh().status == 400


def test_a_scope_taken_from_the_role_is_gone_at_once():
    client = make_client(trusted=True, scopes=["openid", "roles:read"])
    person = signed_in(client, scope="openid roles:read")
    assert person.tokens["scope"] == "openid"  # the role `user` has no such scope
    users.set_role(person.user, "admin")
    assert person.refresh().body["scope"] == "openid"  # and what was not granted then is not granted now


def test_a_session_holds_only_so_many_families_of_a_client(settings):
    settings.FAMILIES_PER_SESSION_AND_CLIENT = 2
    person = signed_in()
    for _ in range(3):
        pair = pkce()
        code = authorize(person.browser, person.client, pair)
        token(
            person.client,
            "authorization_code",
            code=code,
            code_verifier=pair.verifier,
            redirect_uri=person.client.redirect_uris[0],
        )
    assert Family.objects.filter(ended_at=None).count() == 2
    assert set(Family.objects.exclude(ended_at=None).values_list("end_reason", flat=True)) == {EndReason.DISPLACED}
