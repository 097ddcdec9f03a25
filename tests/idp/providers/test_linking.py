"""Linking, unlinking, and the roles that rules give: by whom, when, and never further than is declared."""

import pytest
from allauth.account.models import EmailAddress

from idp.factors import passkeys
from idp.models import AuditEvent, Identity, OutboxMessage, Role, Session, User
from idp.providers import identities, registry
from idp.providers.errors import LastWayIn
from idp.providers.services import Proof
from idp.users import services as users
from tests.factories import sign_in
from tests.idp.providers.conftest import AT, there_and_back, url_on
from tests.passkey import SoftPasskey
from tests.side_by_side import locked_in, waiting

pytestmark = pytest.mark.django_db
PAGE = "/accounts/identities/"
LINK = f"{PAGE}link/example/"


def proof_of(other, subject="1001", **more):
    return Proof("example", other.issuer, subject, "aal1", [], **more)


def topics():
    return list(OutboxMessage.objects.values_list("topic", flat=True))


def without_password(other, name="carol"):
    return identities.sign_up(proof_of(other, name), name, f"{name}@elsewhere.example")


def test_T76_linking_is_for_whoever_signed_in_a_moment_ago_and_pressed_the_button(client, other, example, alice):
    for response in (client.get(PAGE), client.post(LINK)):
        assert response["Location"] == "/accounts/login/?next=%2Faccounts%2Fidentities%2F"
    session = sign_in(client, alice)
    Session.objects.filter(pk=session.pk).update(auth_time="2020-01-01T00:00Z")
    assert client.post(LINK)["Location"].startswith("/accounts/login/")
    Session.objects.filter(pk=session.pk).update(auth_time=session.auth_time)
    assert client.get(LINK).status_code == 405
    assert there_and_back(client, other, at=LINK)["Location"] == PAGE
    assert Identity.objects.get().user == alice
    assert "notice" in topics()
    assert AuditEvent.objects.filter(event="identity_linked", for_user=alice.sub).exists()
    assert "Example" in client.get(PAGE).content.decode()


def test_T76_a_link_that_somebody_else_began_is_not_made(client, other, example, alice):
    sign_in(client, alice)
    answer = other.sign_in(url_on(client.post(LINK)))
    sign_in(client, users.create_user("bob", "bobpass"))
    assert client.get(f"{AT}callback/", answer).status_code == 400
    sign_in(client, alice)
    answer = other.sign_in(url_on(client.post(LINK)))
    Session.objects.update(ended_at="2020-01-01T00:00Z")
    assert client.post("/accounts/login/", {"login": "bob", "password": "bobpass"})["Location"] == "/"
    assert "no longer signed in" in client.get(f"{AT}callback/", answer).content.decode()
    assert client.get(PAGE).status_code == 200, "it is bob who is signed in"
    assert not Identity.objects.exists()


def test_T76_what_is_somebody_elses_stays_theirs(client, other, example, alice):
    identities.link(users.create_user("bob", "bobpass"), proof_of(other))
    sign_in(client, alice)
    assert there_and_back(client, other, at=LINK).status_code == 400
    assert Identity.objects.get().user.username == "bob"


def test_unlinking_asks_and_takes_back(client, other, example, alice):
    row = identities.link(alice, proof_of(other))
    page = f"{PAGE}{row.pk}/unlink/"
    sign_in(client, users.create_user("bob", "bobpass"))
    assert client.get(page).status_code == 404
    client.post(page)
    assert Identity.objects.exists()
    sign_in(client, alice)
    assert "Unlink it?" in client.get(page).content.decode()
    assert client.post(page)["Location"] == PAGE
    assert not Identity.objects.exists()
    assert AuditEvent.objects.filter(event="identity_unlinked", for_user=alice.sub).exists()


def test_the_last_way_in_stays(client, other, example, declare):
    carol = without_password(other)
    row = Identity.objects.get()
    sign_in(client, carol)
    assert "only way in" in client.post(f"{PAGE}{row.pk}/unlink/").content.decode()
    second = Identity.objects.create(user=carol, issuer="https://gone.example", subject="1")
    with pytest.raises(LastWayIn):
        identities.unlink(carol, row.pk)  # the other one's provider is not here
    identities.unlink(carol, second.pk)
    device = SoftPasskey()
    begun = passkeys.begin_adding(carol)
    passkeys.add(carol, "Phone", begun.state, device.create(begun.options))
    identities.unlink(carol, row.pk)


@pytest.mark.django_db(transaction=True)
def test_of_two_that_are_unlinked_at_once_one_stays(other, example):
    carol = without_password(other)
    first = Identity.objects.get()
    second = identities.link(carol, proof_of(other, "second"))
    with waiting(lambda: identities.unlink(carol, second.pk)) as outcome:
        identities.unlink(carol, first.pk)
    assert isinstance(outcome[0], LastWayIn)
    assert Identity.objects.get() == second


def test_a_person_is_locked_before_what_is_theirs(other, example):
    carol = without_password(other)
    second = identities.link(carol, proof_of(other, "second"))
    for act in (lambda: identities.used(carol, proof_of(other, "carol")), lambda: identities.unlink(carol, second.pk)):
        assert locked_in(act) == ["idp_user", "idp_identity"]


@pytest.mark.django_db(transaction=True)
def test_T76_of_two_who_bring_one_address_at_once_one_has_it(other, example):
    def join(name: str) -> User:
        proof = proof_of(other, name, email="shared@elsewhere.example", email_verified=True)
        return identities.sign_up(proof, name, "shared@elsewhere.example")

    with waiting(lambda: join("second")) as outcome:
        first = join("first")
    second = outcome[0]
    assert isinstance(second, User), second
    assert (first.email, second.email) == ("shared@elsewhere.example", "")
    assert list(EmailAddress.objects.order_by("pk").values_list("verified", flat=True)) == [True, False]


RULES = [
    {"claim": "groups", "value": "operators", "role": "admin"},
    {"claim": "groups", "value": "staff", "role": "librarian"},
    {"claim": "department", "value": "library", "role": "librarian"},
]


@pytest.fixture
def ruled(declare, db):
    Role.objects.create(name="librarian", scopes=["users:read"])
    return declare(role_rules=RULES)


def role_after(client, other, user, **claims):
    other.claims |= claims
    there_and_back(client, other)
    user.refresh_from_db()
    client.post("/accounts/logout/")
    return user.role.name


def test_T76_the_first_rule_that_fits_gives_its_role_at_each_sign_in(client, other, ruled, alice):
    identities.link(alice, proof_of(other))
    assert alice.role.name == "user"
    assert role_after(client, other, alice, groups=["readers"]) == "user"
    assert role_after(client, other, alice, groups=["staff", "operators"]) == "admin"
    assert role_after(client, other, alice, groups="staff") == "librarian"
    assert role_after(client, other, alice, groups={"staff": True}) == "user"
    assert role_after(client, other, alice, groups=None, department="library") == "librarian"
    assert role_after(client, other, alice, department=["other"], role="admin", roles=["admin"]) == "user"


def test_T76_only_what_the_rules_gave_is_taken_back(client, other, ruled, alice):
    identities.link(alice, proof_of(other))
    users.set_role(alice, "librarian")
    assert role_after(client, other, alice, groups=[]) == "librarian"
    assert role_after(client, other, alice, groups=["operators"]) == "admin"
    users.set_role(alice, "librarian")
    assert role_after(client, other, alice, groups=[]) == "librarian"


def test_a_rule_for_a_role_that_is_gone_gives_nothing(client, other, ruled, alice):
    identities.link(alice, proof_of(other))
    assert role_after(client, other, alice, groups=["staff"]) == "librarian"
    users.set_role(alice, "user")
    users.remove_role(Role.objects.get(name="librarian"))
    assert role_after(client, other, alice, groups=["staff"]) == "user"


def test_a_new_account_has_its_role_at_once(client, other, ruled):
    other.claims["groups"] = ["staff"]
    there_and_back(client, other)
    client.post(f"{AT}new/", {"username": "carol", "email": "carol@elsewhere.example"})
    assert User.objects.get(username="carol").role.name == "librarian"


def test_rules_that_change_count_from_the_next_sign_in(client, other, ruled, alice):
    identities.link(alice, proof_of(other))
    assert role_after(client, other, alice, groups=["operators"]) == "admin"
    spec = registry.ProviderSpec(**registry.columns(ruled) | {"role_rules": []})
    registry.change(ruled, spec, secret=None)
    assert role_after(client, other, alice) == "user"
