"""Two transactions side by side on PostgreSQL: the second waits for the first, asks again, and loses.

A volley of requests may pass by luck where a condition stands across a join; this can't.
"""

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from idp.models import Session, User
from oauth_ext.authorization import pushed
from oauth_ext.authorization import services as authorization
from oauth_ext.authorization.device import services as devices
from oauth_ext.authorization.device import user_codes
from oauth_ext.authorization.device.errors import UnknownCode
from oauth_ext.authorization.device.models import DeviceGrant
from oauth_ext.authorization.errors import RequestGone
from oauth_ext.authorization.models import AuthorizationCode, AuthorizationRequest
from oauth_ext.clients import rows as client_rows
from oauth_ext.consents.models import Consent
from oauth_ext.errors import InvalidGrant, InvalidRegistrationToken, InvalidRequestUri
from oauth_ext.families import rows
from oauth_ext.families import services as families
from oauth_ext.families.models import EndReason, Family, FamilyKind
from oauth_ext.grants import authorization_code, device_code
from oauth_ext.grants.issuing import new_family
from oauth_ext.parameters import Parameters
from oauth_ext.registration import tokens as initial_access_tokens
from tests.factories import make_client, make_user, pkce, sign_in
from tests.oauth_ext.authorization.device.steps import allowed, start
from tests.oauth_ext.token_endpoint import get_code, signed_in
from tests.side_by_side import WAIT_SECONDS, other_connection, waiting

pytestmark = pytest.mark.django_db(transaction=True)


def test_T23_of_two_turns_side_by_side_one_counts():
    signed_in()
    row = rows.ask(Family.objects.get().pk).row()
    assert row is not None
    with waiting(lambda: families.claim_turn(row, "", "")) as second:
        assert families.claim_turn(row, "", "") is True
    assert second == [False]
    assert Family.objects.get().counter == 1


@pytest.mark.parametrize(
    "ending",
    [
        lambda family: families.end(family.pk, EndReason.REVOKED),
        lambda family: Family.objects.filter(pk=family.pk).update(counter=5),
    ],
)
def test_T22_a_turn_that_waited_for_an_end_does_not_count(ending):
    signed_in()
    family = Family.objects.get()
    row = rows.ask(family.pk).row()
    assert row is not None
    with waiting(lambda: families.claim_turn(row, "", "")) as second:
        ending(family)
    assert second == [False]


@pytest.mark.parametrize("model", [User, Session])
def test_T38_a_turn_beside_a_rising_epoch_leaves_the_family_dead(model):
    person = signed_in()
    row = rows.ask(Family.objects.get().pk).row()
    assert row is not None
    with transaction.atomic():
        model.objects.update(epoch=7)
        thread, _ = other_connection(lambda: families.claim_turn(row, "", ""))
        thread.join(WAIT_SECONDS)
    assert not person.is_live()
    assert rows.ask(row.pk).row() is None


def test_T10_of_two_redemptions_side_by_side_one_buys_and_the_other_ends_it():
    code = get_code()
    client, _ = client_rows.load(code.client.client_id)
    row, allowed = authorization_code._present(authorization_code._ask(code.code), client, "")
    first, second = (new_family(FamilyKind.AUTHORIZATION_CODE, allowed, client, jkt="") for _ in range(2))
    with waiting(lambda: authorization_code._CODES.claim(row.pk, second, client, allowed)) as lost:
        authorization_code._CODES.claim(row.pk, first, client, allowed)
    assert [type(error) for error in lost] == [InvalidGrant]
    family = Family.objects.get()
    assert (family.pk, family.end_reason) == (first.pk, EndReason.CODE_REPLAY)


def test_T42_of_two_devices_with_one_code_one_buys_and_the_other_ends_it():
    device = allowed()
    client, _ = client_rows.load(device.client.client_id)
    row, may = device_code._present(device_code._ask(device.device_code), client)
    first, second = (new_family(FamilyKind.DEVICE_CODE, may, client, jkt="") for _ in range(2))
    with waiting(lambda: device_code._GRANTS.claim(row.pk, second, client, may)) as lost:
        device_code._GRANTS.claim(row.pk, first, client, may)
    assert [type(error) for error in lost] == [InvalidGrant]
    family = Family.objects.get()
    assert (family.pk, family.end_reason) == (first.pk, EndReason.CODE_REPLAY)


def test_T42_of_two_requests_for_an_answer_the_second_came_too_soon():
    device = start()
    grant = DeviceGrant.objects.get()
    row = device_code.GrantRow(grant.pk, device.client.pk, grant.expires_at, 5, None, None, None, None, False)
    now = timezone.now()
    with waiting(lambda: device_code.poll(row, now)) as second:
        assert device_code.poll(row, now) is True
    assert second == [False]
    assert DeviceGrant.objects.get().interval == 10


@pytest.mark.parametrize("other", [devices.allow, devices.deny])
@pytest.mark.parametrize("one", [devices.allow, devices.deny])
def test_T42_of_two_answers_to_a_device_one_counts(client, one, other):
    device = start()
    session = sign_in(client, make_user())
    code = user_codes.read(device.user_code) or ""
    devices.show(devices.find(code), session)
    first, second = (devices.find(code, shown_to=session) for _ in range(2))
    with waiting(lambda: other(second, session)) as lost:
        one(first, session)
    assert [type(error) for error in lost] == [UnknownCode]
    grant = DeviceGrant.objects.get()
    assert (grant.allowed_at is not None, grant.denied_at is not None) == (one is devices.allow, one is devices.deny)
    assert Consent.objects.count() == (1 if one is devices.allow else 0), "who lost leaves nothing"


def test_T42_who_answers_while_another_is_shown_it_loses(client):
    device = start()
    session, other = sign_in(client, make_user()), sign_in(Client(), make_user("bob"))
    code = user_codes.read(device.user_code) or ""
    devices.show(devices.find(code), session)
    grant = devices.find(code, shown_to=session)
    with waiting(lambda: devices.allow(grant, session)) as lost:
        devices.show(devices.find(code), other)
    assert [type(error) for error in lost] == [UnknownCode]
    assert DeviceGrant.objects.get().session == other


def test_of_two_answers_to_a_request_side_by_side_one_counts(client):
    app, user = make_client(trusted=True), make_user()
    session = sign_in(client, user)
    asked = authorization.Asked(redirect_uri=app.redirect_uris[0], code_challenge=pkce().challenge, scopes=["openid"])
    ongoing = authorization.store(app, asked)
    with waiting(lambda: authorization.answer(ongoing, session, ["openid"], None)) as second:
        authorization.answer(ongoing, session, ["openid"], None)
    assert [type(error) for error in second] == [RequestGone]
    assert AuthorizationCode.objects.count() == 1
    assert AuthorizationRequest.objects.get().claimed_at <= timezone.now()


def test_9126_4_of_two_browsers_side_by_side_one_takes_a_pushed_request_up():
    app = make_client(trusted=True)
    asked = authorization.Asked(redirect_uri=app.redirect_uris[0], code_challenge=pkce().challenge, scopes=["openid"])
    handle = authorization.store(app, asked, pushed=True).handle
    brought = Parameters([("client_id", app.client_id), ("request_uri", pushed.URN + handle)])
    with waiting(lambda: pushed.take_up(brought)) as second:
        first = pushed.take_up(brought)
    assert [type(error) for error in second] == [InvalidRequestUri]
    assert authorization.find(first, None).client == app
    assert AuthorizationRequest.objects.count() == 1


def test_of_two_registrations_side_by_side_one_uses_up_the_token():
    token = initial_access_tokens.issue("once", uses=1, lifetime=timedelta(hours=1))
    with waiting(lambda: initial_access_tokens.use(token)) as second:
        initial_access_tokens.use(token)
    assert [type(error) for error in second] == [InvalidRegistrationToken]
