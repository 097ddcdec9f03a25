"""A new password through the API: what goes on is what asked for it."""

import json

import pytest

from idp.audit.models import AuditEvent, Event
from idp.outbox.models import OutboxMessage
from idp.users import services as users
from tests.factories import PASSWORD
from tests.full_house import full_house
from tests.graph.asking import World, asked, codes, post

CHANGE = "mutation($c:String!,$n:String!){changePassword(current:$c new:$n){user{id} errors{code field message}}}"
NEW = "seven brown owls on a tin roof"


def change(token: str, current: str = PASSWORD, new: str = NEW):
    return asked(CHANGE, token, c=current, n=new)["changePassword"]


def test_T59_it_wants_a_recent_sign_in_and_its_scope(world: World):
    variables = {"c": PASSWORD, "n": NEW}
    assert codes(post(CHANGE, world.token("openid"), variables=variables)) == ["INSUFFICIENT_SCOPE"]
    family = world.family(world.user, ["openid", "account:write"])
    family.auth_time = family.auth_time.replace(year=2020) if family.auth_time else None
    old = post(CHANGE, world.token_of(family), variables=variables)
    assert codes(old) == ["INSUFFICIENT_USER_AUTHENTICATION"]
    assert world.user.check_password(PASSWORD)


@pytest.mark.parametrize(
    ("current", "new", "field"),
    [
        ("wrong", NEW, "current"),
        ("", NEW, "current"),
        ("\0", NEW, "current"),
        (PASSWORD, "short", "new"),
        (PASSWORD, "alice@example.com 1", "new"),
        (PASSWORD, NEW + "\0", "new"),
    ],
)
def test_T69_what_is_wrong_is_told_by_its_field(world: World, current, new, field):
    answer = change(world.token("openid", "account:write"), current, new)
    assert [(error["code"], error["field"]) for error in answer["errors"]] == [("INVALID", field)]
    world.user.refresh_from_db()
    assert (world.user.epoch, world.user.check_password(PASSWORD)) == (0, True)


def test_T69_T39_its_own_token_goes_on_and_the_others_end(world: World):
    session = world.session(world.user)
    mine = world.token_of(world.family(world.user, ["openid", "account:write", "account:read"], session))
    same_browser = world.token_of(world.family(world.user, ["openid"], session))
    other = world.token("openid")

    assert change(mine)["errors"] == []

    assert asked("{me{sub}}", mine)["me"]["sub"] == str(world.user.sub)
    for ended in (same_browser, other):
        assert codes(post("{me{sub}}", ended)) == ["UNAUTHENTICATED"]
    session.refresh_from_db()
    world.user.refresh_from_db()
    assert session.user_epoch == world.user.epoch == 1
    assert world.user.check_password(NEW)
    assert OutboxMessage.objects.filter(topic="notice").count() == 1


def test_T69_wrong_ones_are_counted_and_written_down(world: World):
    token = world.token("openid", "account:write")
    for _ in range(5):
        assert change(token, "wrong")["errors"]
    response = post(CHANGE, token, variables={"c": PASSWORD, "n": NEW})
    assert codes(response) == ["RATE_LIMITED"]
    assert 0 < json.loads(response.content)["errors"][0]["extensions"]["retryAfter"] <= 60
    assert AuditEvent.objects.filter(event=Event.SIGN_IN_FAILED, for_user=world.user.sub).count() == 5


def test_T69_a_token_that_ended_meanwhile_stays_ended(world: World, monkeypatch):
    real = users.set_password

    def slower(user, password, and_then):
        users.sign_out_everywhere(type(user).objects.get(pk=user.pk))
        real(user, password, and_then)

    monkeypatch.setattr("idp.users.services.set_password", slower)
    token = world.token("openid", "account:write")
    post(CHANGE, token, variables={"c": PASSWORD, "n": NEW})
    assert codes(post("{me{sub}}", token)) == ["UNAUTHENTICATED"]


def test_where_no_password_can_be_checked_nothing_is_tried_or_counted(world: World):
    token = world.token("openid", "account:write")
    with full_house():
        responses = [post(CHANGE, token, variables={"c": PASSWORD, "n": NEW}) for _ in range(6)]
    assert {(response.status_code, response.headers["Retry-After"]) for response in responses} == {(503, "5")}
    (error,) = json.loads(responses[0].content)["errors"]
    assert error["extensions"] == {"code": "TEMPORARILY_UNAVAILABLE", "retryAfter": 5}
    assert change(token)["errors"] == []
