"""What is done to people."""

from concurrent.futures import ThreadPoolExecutor
from io import StringIO

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, make_password
from django.core.management import CommandError, call_command

from idp.users import services as users
from idp.users.errors import NameTaken, Overtaken, UnknownRole
from idp.users.hashers import AT_ONCE
from idp.users.models import Role, User

pytestmark = pytest.mark.django_db


def test_T80_the_schema_brings_no_account():
    assert not User.objects.exists()
    assert set(Role.objects.values_list("name", flat=True)) == {"admin", "user"}


@pytest.mark.parametrize("name", ["ALICE", "Alice", "\uff41lice"])
def test_a_name_is_taken_whatever_its_case_and_normalisation(alice, name):
    with pytest.raises(NameTaken):
        users.create_user(name, "secret")


def test_a_subject_is_unguessable_and_never_used_again(alice):
    sub = alice.sub
    assert sub.version == 4
    alice.delete()
    assert users.create_user("alice", "secret").sub != sub


def test_a_password_is_kept_as_argon2id(alice):
    assert alice.password.startswith("argon2$argon2id$")
    assert alice.check_password("alicepass")


def test_no_upgrade_brings_an_old_password_back(alice):
    User.objects.update(password=make_password("old", hasher="pbkdf2_sha256"))
    compared = User.objects.get()  # and now its hash is being compared
    users.set_password(User.objects.get(), "new")
    assert compared.check_password("old")
    kept = User.objects.get()
    assert kept.check_password("new")
    assert not kept.check_password("old")


def test_a_pbkdf2_password_is_upgraded_when_it_is_used(alice):
    alice.password = make_password("old", hasher="pbkdf2_sha256")
    alice.save()
    assert alice.check_password("old")
    alice.refresh_from_db()
    assert alice.password.startswith("argon2$argon2id$")


def test_only_so_many_passwords_are_hashed_at_once(monkeypatch):
    running, most = [], []
    encode = Argon2PasswordHasher.encode

    def counting(self, password, salt):
        running.append(1)
        most.append(len(running))
        try:
            return encode(self, password, salt)
        finally:
            running.pop()

    monkeypatch.setattr(Argon2PasswordHasher, "encode", counting)
    with ThreadPoolExecutor(8) as pool:
        hashes = list(pool.map(make_password, ["secret"] * 16))
    assert len(set(hashes)) == 16
    assert max(most) <= AT_ONCE


@pytest.mark.parametrize("act", [users.deactivate, users.sign_out_everywhere])
def test_what_ends_trust_raises_the_epoch_in_the_row(alice, act):
    stale = User.objects.get(pk=alice.pk)
    act(alice)
    act(stale)
    assert User.objects.get(pk=alice.pk).epoch == 2


def test_T69_a_password_raises_it_and_stands_only_in_place_of_the_one_that_was_judged(alice):
    stale = User.objects.get(pk=alice.pk)
    users.set_password(alice, "x")
    with pytest.raises(Overtaken):
        users.set_password(stale, "y")
    kept = User.objects.get(pk=alice.pk)
    assert (kept.epoch, kept.check_password("x")) == (1, True)


def test_a_role_is_given_and_its_epoch_stands(alice):
    assert users.set_role(alice, "admin") is True
    assert users.set_role(alice, "admin") is False
    alice.refresh_from_db()
    assert (alice.role.name, alice.epoch) == ("admin", 0)
    with pytest.raises(UnknownRole, match="there are admin, user"):
        users.set_role(alice, "queen")


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_the_demonstration_users_are_as_documented(settings):
    settings.DEBUG = True
    assert "alice" in run("seed_demo_users")
    admin, alice = users.find_user("admin"), users.find_user("alice")
    assert (admin.role.name, admin.is_staff, admin.is_superuser) == ("admin", True, True)
    assert (alice.role.name, alice.is_staff, alice.is_superuser) == ("user", False, False)
    assert admin.check_password("adminpass")
    assert alice.check_password("alicepass")


def test_seeding_again_changes_nothing(settings, alice):
    settings.DEBUG = True
    users.set_password(alice, "her own by now")
    run("seed_demo_users")
    before = list(User.objects.order_by("pk").values())
    assert "already" in run("seed_demo_users")
    assert list(User.objects.order_by("pk").values()) == before
    assert users.find_user("alice").check_password("her own by now")


def test_seeding_is_refused_outside_debug_unless_forced(settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="--force"):
        run("seed_demo_users")
    assert not User.objects.exists()
    run("seed_demo_users", "--force")
    assert User.objects.count() == 2


def test_set_role(alice):
    assert run("set_role", "ALICE", "admin") == "alice now has the role admin\n"
    assert run("set_role", "alice", "admin") == "alice has it already\n"
    with pytest.raises(CommandError, match="no user bob"):
        run("set_role", "bob", "admin")
    with pytest.raises(CommandError, match="no role queen"):
        run("set_role", "alice", "queen")
