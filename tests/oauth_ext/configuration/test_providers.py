"""The section `providers`: judged whole, made true once, its secrets nowhere to be seen."""

import pytest

from idp.audit.models import AuditEvent
from idp.models import IdentityProvider
from idp.providers import client_authentication
from oauth_ext.configuration import services
from tests.oauth_ext.configuration.calling import HERE, apply, plan, refusals

pytestmark = pytest.mark.django_db

WHOLE = """
roles:
  user: {scopes: []}
  clerk: {scopes: [users:read]}
providers:
  corp:
    display_name: The company
    issuer: https://sso.corp.example
    client_id: gatehouse
    token_endpoint_auth_method: private_key_jwt
    scopes: [openid, email, groups]
    sign_up: true
    trusts_acr: true
    roles:
      - {claim: groups, value: clerks, role: clerk}
  other:
    display_name: Other
    issuer: https://other.example/tenant
    client_id: "17"
    secret: {env: SECRET}
"""


@pytest.fixture(autouse=True)
def secret(monkeypatch):
    monkeypatch.setenv("SECRET", "the secret there")


def entry(**changes: str) -> str:
    fields = {"display_name": "X", "issuer": "https://x.example", "client_id": "c", "secret": "{env: SECRET}"} | changes
    return "providers: {x: {" + ", ".join(f"{name}: {value}" for name, value in fields.items() if value) + "}}"


def test_it_is_made_told_exported_and_then_no_difference():
    told = plan(WHOLE)
    assert '    roles: [{"claim": "groups", "value": "clerks", "role": "clerk"}]' in told
    assert apply(WHOLE)[-2:] == ["+ providers[corp]", "+ providers[other]"]
    assert plan(WHOLE) == []
    text = services.export()
    assert "the secret there" not in text + "".join(told) + str(list(AuditEvent.objects.values()))
    assert "private" not in text.replace("private_key_jwt", "")
    assert plan(text) == []
    corp, other = IdentityProvider.objects.order_by("name")
    assert (corp.secret, other.private_key) == ("", "")
    assert corp.private_key.startswith("e1.")
    assert client_authentication.has_secret(other, "the secret there")


def test_another_secret_is_told_and_kept_where_none_is_given(monkeypatch):
    apply(WHOLE)
    monkeypatch.setenv("SECRET", "another one")
    assert plan(WHOLE) == ["~ providers[other]: it gets another secret"]
    apply(WHOLE)
    assert client_authentication.has_secret(IdentityProvider.objects.get(name="other"), "another one")
    assert plan(WHOLE.replace("    secret: {env: SECRET}\n", "")) == []


def test_what_is_left_out_of_the_file_is_switched_off_and_comes_back():
    apply(WHOLE)
    assert apply("providers: {}", prune=True) == [
        f"- providers[{name}]: it is switched off; who is linked with it is so again when it is switched on"
        for name in ("corp", "other")
    ]
    assert not IdentityProvider.objects.filter(is_active=True).exists()
    key = IdentityProvider.objects.get(name="corp").private_key
    assert apply(WHOLE) == ["~ providers[corp]", "~ providers[other]"]
    assert IdentityProvider.objects.get(name="corp").private_key == key
    assert {event.event for event in AuditEvent.objects.all()} >= {"provider_changed"}


REFUSED = {
    entry(issuer=""): ("issuer", "It is missing."),
    entry(issuer="http://x.example"): ("issuer", "It must be https."),
    entry(issuer="https://10.0.0.1"): ("issuer", "Its address is in a private network."),
    entry(issuer="'https://x.example?y'"): ("issuer", "It has a query."),
    entry(display_name="''"): ("display_name", "It must be 1 to 100 printable characters."),
    entry(client_id="7"): ("client_id", "It must be a string."),
    entry(secret=""): ("secret", "It needs one: write secret: {env: NAME} or secret: {file: PATH}."),
    entry(secret="literal"): (
        "secret",
        "A secret doesn't stand here: write secret: {env: NAME} or secret: {file: PATH}.",
    ),
    entry(token_endpoint_auth_method="private_key_jwt"): ("secret", "private_key_jwt has none."),
    entry(token_endpoint_auth_method="none"): (
        "token_endpoint_auth_method",
        "It must be one of client_secret_basic, client_secret_post, private_key_jwt.",
    ),
    entry(scopes="[email]"): ("scopes", "It must hold openid, and no spaces."),
    entry(roles="[{claim: a, value: b, role: nobody}]"): ("roles[0]", "There is no role nobody, or it is removed."),
    entry(roles="[{claim: a, value: b}]"): ("roles[0]", "It must have claim, value and role."),
    entry(roles="{a: b}"): ("roles", "It must be a list."),
    entry(sign_up="yes please"): ("sign_up", "It must be true or false."),
    entry(surprise="1"): ("surprise", "It is unknown."),
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_wrong_is_told_with_its_place(text):
    field, sentence = REFUSED[text]
    said = refusals(text)
    assert said[f"providers[x].{field}"].endswith(sentence)


def test_two_may_not_be_one_issuer():
    two = WHOLE.replace("https://other.example/tenant", "https://sso.corp.example")
    assert "providers[other].issuer" in refusals(two)
    apply(WHOLE)
    assert "providers[x].issuer" in refusals(entry(issuer="https://sso.corp.example"))


def test_a_role_that_rules_give_is_not_pruned_away_unseen():
    apply(WHOLE)
    assert "providers[corp].roles[0]" in refusals(WHOLE.replace("  clerk: {scopes: [users:read]}\n", ""), prune=True)


def test_a_name_is_a_slug():
    assert "providers[a b]" in refusals(entry().replace("{x:", "{a b:"))


def test_a_plan_from_nowhere_needs_no_network():
    assert services.plan(WHOLE.encode(), HERE)
