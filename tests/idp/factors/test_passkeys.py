"""Passkeys: for our origin alone, a challenge answered once, a counter that rises."""

import json
import time

import pytest
from fido2.webauthn import AuthenticatorData

from idp.factors import passkeys, recovery_codes
from idp.factors import services as factors
from idp.factors.errors import BadPasskey, LastWayIn, NoSuchFactor, TooManyFactors
from idp.factors.models import Passkey
from idp.factors.services import has_second_factor
from idp.users import services as users
from tests.passkey import SoftPasskey, b64
from tests.side_by_side import waiting

pytestmark = pytest.mark.django_db
FLAG = AuthenticatorData.FLAG


def add(user, device, name="Phone"):
    begun = passkeys.begin_adding(user)
    return passkeys.add(user, name, begun.state, device.create(begun.options))


def use(device, *, owner=None, of=None, **changes):
    begun = passkeys.begin_using(owner)
    device.count += 1
    return passkeys.use(begun.state | changes, device.get(begun.options), user=of)


@pytest.fixture
def device(alice):
    made = SoftPasskey()
    add(alice, made)
    return made


def test_T77_who_uses_it_alone_must_show_who_they_are(alice, device):
    device.flags = FLAG.UP | FLAG.BE | FLAG.BS
    with pytest.raises(BadPasskey):
        use(device)
    assert use(device, owner=alice, of=alice).verified is False
    device.flags |= FLAG.UV
    proof = use(device)
    assert (proof.user, proof.verified, proof.synced) == (alice, True, True)


def test_T77_not_by_a_challenge_either_that_was_made_for_a_second_factor(alice, device):
    device.flags = FLAG.UP | FLAG.BE | FLAG.BS
    with pytest.raises(BadPasskey):
        use(device, owner=alice)


@pytest.mark.parametrize(
    "bad",
    [
        {"origin": "http://localhost:8001"},
        {"origin": "https://localhost:8000"},
        {"origin": "http://localhost.evil.example"},
        {"rp_id": "evil.example"},
        {"cross_origin": True},
        {"handle": b"somebody else's"},
        {"flags": FLAG.UV},
    ],
)
def test_T77_for_our_origin_alone(device, bad):
    for name, value in bad.items():
        setattr(device, name, value)
    with pytest.raises(BadPasskey):
        use(device)


@pytest.mark.parametrize("bad", [{"origin": "http://evil.example"}, {"rp_id": "evil.example"}, {"cross_origin": True}])
def test_T77_none_is_made_for_another_origin(alice, bad):
    device = SoftPasskey()
    for name, value in bad.items():
        setattr(device, name, value)
    with pytest.raises(BadPasskey):
        add(alice, device)
    assert not has_second_factor(alice.pk)


def test_T77_a_challenge_is_answered_once(alice, device):
    begun = passkeys.begin_using(None)
    device.count = 5
    passkeys.use(begun.state, device.get(begun.options))
    device.count = 6
    with pytest.raises(BadPasskey):
        passkeys.use(begun.state, device.get(begun.options))
    assert len(begun.options["challenge"]) * 6 >= 128


def test_T77_a_challenge_is_another_ones_or_too_old(device):
    other = passkeys.begin_using(None)
    with pytest.raises(BadPasskey):
        use(device, challenge=other.state["challenge"])
    with pytest.raises(BadPasskey):
        use(device, at=int(time.time()) - 601)


def test_T77_a_counter_that_does_not_rise_is_a_copys(device):
    device.count = 7
    use(device)
    device.count -= 1
    with pytest.raises(BadPasskey):
        use(device)
    use(device)
    assert Passkey.objects.get().sign_count == 9


def test_T77_what_the_device_says_of_itself_is_kept(alice, device):
    row = Passkey.objects.get()
    assert (row.verified, row.discoverable, row.backup_eligible, row.backed_up) == (True, True, True, True)
    assert row.transports == ["internal"]
    device.flags = FLAG.UP | FLAG.UV | FLAG.BE
    use(device)
    row.refresh_from_db()
    assert row.backed_up is False
    assert row.last_used_at is not None


def test_another_persons_is_none_of_mine(alice, boss, device):
    with pytest.raises(BadPasskey):
        use(device, owner=boss, of=boss)


def test_who_was_switched_off_has_none(alice, device):
    users.deactivate(alice)
    with pytest.raises(BadPasskey):
        use(device)


def test_another_key_signs_for_nobody(device):
    device.key = SoftPasskey().key
    with pytest.raises(BadPasskey):
        use(device)


def test_the_same_passkey_is_added_once(alice, boss, device):
    for user in (alice, boss):
        with pytest.raises(BadPasskey):
            add(user, device)
    assert Passkey.objects.count() == 1


BROKEN = [
    {},
    {"id": "AA", "rawId": "AB", "type": "public-key"},
    {"id": "AA", "rawId": "AA", "type": "public-key", "response": {}},
    {"id": 5, "rawId": [], "type": None, "response": "x"},
    {
        "rawId": "\x00",
        "id": "\x00",
        "response": {"clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA"},
    },
]


@pytest.mark.parametrize("answer", BROKEN, ids=json.dumps)
def test_what_is_no_answer_is_refused_and_nothing_more(alice, device, answer):
    with pytest.raises(BadPasskey):
        passkeys.use(passkeys.begin_using(None).state, answer)
    with pytest.raises(BadPasskey):
        passkeys.add(alice, "", passkeys.begin_adding(alice).state, answer)


@pytest.mark.parametrize("field", ["clientDataJSON", "authenticatorData", "signature", "userHandle"])
@pytest.mark.parametrize("value", ["", "AA", "!!", "9" * 3000, 7, None, b64(b"\x9f" * 2000)])
def test_each_part_that_is_broken_is_refused(device, field, value):
    begun = passkeys.begin_using(None)
    device.count += 1
    answer = device.get(begun.options)
    if (field, value) == ("userHandle", None):
        return
    answer["response"][field] = value
    with pytest.raises(BadPasskey):
        passkeys.use(begun.state, answer)


@pytest.mark.parametrize("value", ["", "AA", "!!", 7, None, b64(b"\x9f" * 2000), b64(b"\xa3\x63fmt\x64none")])
def test_a_new_one_that_is_broken_is_refused(alice, value):
    begun = passkeys.begin_adding(alice)
    answer = SoftPasskey().create(begun.options)
    answer["response"]["attestationObject"] = value
    with pytest.raises(BadPasskey):
        passkeys.add(alice, "", begun.state, answer)


def test_names_are_printable_and_short(alice, device):
    row = Passkey.objects.get()
    passkeys.rename(alice, row.pk, " My\x00 phone\n" + "x" * 100)
    row.refresh_from_db()
    assert row.name == ("My phone" + "x" * 100)[:64]
    with pytest.raises(NoSuchFactor):
        passkeys.rename(alice, row.pk + 1, "x")


def test_there_are_so_many_at_most(alice, device, monkeypatch):
    monkeypatch.setattr(passkeys, "MOST", 1)
    with pytest.raises(TooManyFactors):
        passkeys.begin_adding(alice)


def test_only_the_owner_removes_it(alice, boss, device):
    row = Passkey.objects.get()
    with pytest.raises(NoSuchFactor):
        passkeys.remove(boss, row.pk)
    passkeys.remove(alice, row.pk)
    assert not has_second_factor(alice.pk)


def test_an_id_is_as_long_as_it_may_be_and_of_one_passkey(alice, boss):
    device = SoftPasskey()
    device.id = bytes(1024)
    with pytest.raises(BadPasskey):
        add(alice, device)
    device.id = bytes(1023)
    add(alice, device)
    with pytest.raises(BadPasskey):
        add(boss, device)
    assert Passkey.objects.get().user == alice


@pytest.mark.django_db(transaction=True)
def test_of_two_ways_in_that_are_given_up_at_once_one_stays(alice, device):
    add(alice, SoftPasskey())
    alice.set_unusable_password()
    alice.save()
    first, second = passkeys.of_user(alice.pk)
    with waiting(lambda: factors.remove_passkey(alice, second.pk)) as outcome:
        factors.remove_passkey(alice, first.pk)
    assert isinstance(outcome[0], LastWayIn)
    assert Passkey.objects.get() == second


@pytest.mark.django_db(transaction=True)
def test_old_recovery_codes_are_forgotten_with_the_last_factors_though_both_go_at_once(alice, device):
    add(alice, SoftPasskey())
    recovery_codes.make(alice)
    first, second = passkeys.of_user(alice.pk)
    with waiting(lambda: factors.remove_passkey(alice, second.pk)) as outcome:
        factors.remove_passkey(alice, first.pk)
    assert outcome == [None]
    assert recovery_codes.left(alice.pk) == 0
