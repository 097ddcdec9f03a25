"""What a password must be, by whichever door it comes."""

import getpass
import random
import unicodedata

import pytest
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from hypothesis import assume, given
from hypothesis import strategies as st

from idp.users import breached, passwords
from idp.users.errors import BadPassword
from idp.users.hashers import Argon2idHasher
from idp.users.models import User

GOOD = "seven brown owls on a tin roof"
typed = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=80)


class Cheap(Argon2idHasher):
    """The same on as little memory and time as there may be."""

    time_cost, memory_cost = 1, 8


@pytest.mark.parametrize(("second_factor", "shortest"), [(False, 15), (True, 8)])
@given(text=typed)
def test_T67_only_the_length_in_code_points_of_the_normal_form_is_too_short(second_factor, shortest, text):
    said = passwords.problem(text, second_factor=second_factor) or ""
    assert ("too short" in said) is (len(unicodedata.normalize("NFKC", text)) < shortest)


@given(text=typed)
def test_T67_whatever_characters_it_is_made_of_it_does(text):
    """Sixty-four and more, any Unicode, spaces: no rule says what must be in it."""
    password = f"{text} {GOOD} {text}" * 2
    # one in 15,000 is taken for a leaked one, whatever its characters
    assume(not breached.contains(passwords.folded(passwords.normalised(password))))
    assert passwords.problem(password) is None


@given(text=typed, other=typed)
def test_T67_however_it_is_composed_it_is_one_password_and_none_is_cut(text, other):
    hasher = Cheap()
    composed, taken_apart = (unicodedata.normalize(form, text) for form in ("NFC", "NFKD"))
    kept = hasher.encode(composed, "a salt of some length")
    assert hasher.verify(taken_apart, kept)
    same = unicodedata.normalize("NFKC", text) == unicodedata.normalize("NFKC", text + other)
    assert hasher.verify(text + other, kept) is same
    long = text * 70
    assert not hasher.verify(long[:-1], hasher.encode(long, "a salt of some length"))


@pytest.mark.parametrize("password", ["x" * 1025, f"{GOOD}\0", f"{GOOD}\ud800", "\ufdfa" * 100])
def test_T67_what_would_starve_the_hasher_or_is_no_text_is_refused(password):
    with pytest.raises(BadPassword):
        passwords.check(password)


@pytest.mark.parametrize("size", [15, 64, 1000, 1024])
def test_T67_long_ones_are_welcome(size):
    passwords.check((GOOD + " and so on, " * 100)[:size])


# of the 3,000 used most: those of eight characters and more, for somebody with a second factor
@pytest.mark.parametrize("second_factor", [True, False])
def test_T68_the_most_used_are_refused(second_factor):
    most_used = CommonPasswordValidator().passwords
    long_enough = [password for password in most_used if len(password) >= (8 if second_factor else 15)]
    assert len(long_enough) > 20
    assert [password for password in long_enough if not passwords.problem(password, second_factor=True)] == []


LEAKED = (
    "password1234567 passwordpassword iloveyouforever1 PasswordPassword1 Qwertyuiop123456 123456789qwertyuiop "
    "iloveyousomuch123 liverpoolfc12345 manchesterunited1 christopher12345 1q2w3e4r5t6y7u8i9o0p thisismypassword "
    "000webhost92051"
).split()


@pytest.mark.parametrize("password", LEAKED)
def test_T68_what_leaked_elsewhere_is_refused_offline_in_any_case(password):
    for spelled in (password, password.upper(), password.title()):
        assert passwords.problem(spelled), spelled


def test_T68_hardly_any_other_is_taken_for_one_of_them():
    chance = random.Random(1)
    others = ("".join(chance.choices("abcdefghijklmnopqrstuvwxyz ", k=24)) for _ in range(20_000))
    assert sum(map(breached.contains, others)) < 10


@pytest.mark.parametrize(
    "password",
    [
        "gatehouse gatehouse",
        "Gatehouse-2026-2026",
        "localhost-localhost",
        "margaret.hamilton 1",
        "Hamilton-Margaret-1969",
        "margaret@apollo.example",
        "apolloapolloapollo1",
        "MargaretMargaretMa",
    ],
)
def test_T68_what_is_known_of_service_and_person_is_refused(password):
    about = ("margaret", "hamilton@apollo.example", "Margaret", "Hamilton")
    said = passwords.problem(password, about=about)
    assert said
    assert "says who or where you are" in said or "over and over" in said
    assert passwords.problem(f"{password} flew three times to the moon", about=about) is None


@pytest.mark.parametrize(
    "password",
    [
        "a" * 20,
        "abc" * 7,
        "ababababababababa",
        "123456789012345",
        "987654321098765",
        "abcdefghijklmnop",
        "qwertyuiopasdfgh",
        "1qaz2wsx3edc4rfv",
        "zyxwvutsrqponmlk",
        "你好" * 8,
        "".join(map(chr, range(0x3B1, 0x3C1))),
    ],
)
def test_T68_patterns_are_refused(password):
    said = passwords.problem(password)
    assert said
    assert "pattern" in said


def test_T67_the_sentence_says_what_is_wrong_and_repeats_no_password():
    for password in ("brief", *LEAKED, "x" * 2000, "abc" * 7, "gatehouse gatehouse"):
        said = passwords.problem(password)
        assert said
        assert password not in said


# the operator's doors


@pytest.fixture
def typing(monkeypatch):
    """A function that says what an operator will type at the prompts."""

    def types(*answers: str) -> None:
        answers_left = iter(answers)
        monkeypatch.setattr(getpass, "getpass", lambda _prompt: next(answers_left))

    return types


@pytest.mark.parametrize("answers", [("short",), ("alice@example.com",), (GOOD, "another")])
def test_T67_the_command_refuses(alice, typing, answers):
    typing(*answers)
    with pytest.raises(CommandError):
        call_command("changepassword", "alice")
    alice.refresh_from_db()
    assert (alice.epoch, alice.check_password("alicepass")) == (0, True)


def test_T69_the_command_ends_what_was_made_under_the_old_one(alice, typing):
    typing(GOOD, GOOD)
    call_command("changepassword", "ALICE")
    alice.refresh_from_db()
    assert (alice.epoch, alice.check_password(GOOD)) == (1, True)


@pytest.mark.django_db
def test_T67_nobody_is_made_superuser_past_the_rule(monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "short")
    with pytest.raises((CommandError, ValidationError)):
        call_command("createsuperuser", interactive=False, username="boss", email="boss@example.com")
    assert not User.objects.exists()
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", GOOD)
    call_command("createsuperuser", interactive=False, username="boss", email="boss@example.com", verbosity=0)
    assert User.objects.get().check_password(GOOD)


# T79: an administrator may have a reset mailed, and knows no password


def test_T79_the_admin_shows_and_sets_no_password(boss, alice, sign_in):
    client = sign_in(boss)
    page = client.get(f"/admin/idp/user/{alice.pk}/change/").text
    assert not any(said in page for said in ("argon2", 'type="password"', 'name="password'))
    assert client.get(f"/admin/idp/user/{alice.pk}/password/").status_code in {302, 404}
    fields = {"role": alice.role_id, "is_active": "on", "password": GOOD, "password1": GOOD, "password2": GOOD}
    client.post(f"/admin/idp/user/{alice.pk}/change/", fields)
    alice.refresh_from_db()
    assert alice.check_password("alicepass")


def test_T79_the_api_lets_nobody_set_or_read_somebody_elses_password():
    from graphql import GraphQLObjectType

    from graph.schema import schema

    types = [found for found in schema._schema.type_map.values() if isinstance(found, GraphQLObjectType)]
    named = {f"{found.name}.{field}" for found in types for field in found.fields if "password" in field.lower()}
    assert named <= {"Mutation.changePassword", "Mutation.sendPasswordReset"}
