"""What the file doesn't mention goes, where that is asked for, and nothing goes that something hangs on."""

import pytest

from idp.audit.models import AuditEvent
from idp.models import Role
from oauth_ext.clients.models import Application
from oauth_ext.resources.models import Resource
from oauth_ext.resources.services import register
from tests.factories import make_client, make_user
from tests.oauth_ext.configuration.calling import apply, plan, refusals
from tests.oauth_ext.token_endpoint import signed_in

pytestmark = pytest.mark.django_db

ROLES = "roles: {user: {scopes: [account:read, account:write], description: Someone who signs in.}}"


def test_roles_that_somebody_has_or_will_get_are_kept_and_nothing_is_done():
    make_user(role="admin")
    said = refusals("roles: {clerk: {scopes: []}}", prune=True)
    assert said == {
        "roles[admin]": "It can't be removed: somebody has this role.",
        "roles[user]": "It can't be removed: new people get this role.",
    }


def test_a_resource_with_grants_is_kept():
    owner = make_client("server", client_type="confidential")
    register("https://r.example", owner.pk)
    signed_in(make_client(trusted=True), resource="https://r.example", scope="openid")
    assert list(refusals("resources: {}", prune=True)) == ["resources[https://r.example]"]
    Application.objects.filter(client_id="app").update(epoch=1)
    assert plan("resources: {}", prune=True) == ["- resources[https://r.example]"]


def test_a_resource_that_a_client_gets_tokens_for_by_default_is_kept():
    owner = make_client("server", client_type="confidential", default_resources=["https://r.example"])
    register("https://r.example", owner.pk)
    assert list(refusals("resources: {}", prune=True)) == ["clients[server].default_resources[0]"]
    assert apply("resources: {}\nclients: {}", prune=True) == [
        "- resources[https://r.example]",
        "- clients[server]: it is switched off, and all that it holds ends",
    ]


def test_an_owner_that_would_be_switched_off_is_none():
    make_client("server", client_type="confidential")
    text = "resources: {https://r.example: {owner: server}}\nclients: {}"
    assert list(refusals(text, prune=True)) == ["resources[https://r.example].owner"]
    assert plan(text)[0] == "+ resources[https://r.example]"


def test_without_it_nothing_goes():
    make_client()
    assert plan("roles: {}\nclients: {}\nresources: {}") == []


def test_only_the_sections_that_the_file_has_are_pruned():
    make_client()
    assert plan(ROLES, prune=True) == ["- roles[admin]"]
    assert plan("resources: {}", prune=True) == []
    assert plan("{}", prune=True) == []


def test_a_role_that_nobody_has_is_removed_and_the_trail_says_so():
    assert apply(ROLES, prune=True) == ["- roles[admin]"]
    assert list(Role.objects.values_list("name", flat=True)) == ["user"]
    assert AuditEvent.objects.get(event="role_removed").details == {"role": "admin"}
    assert plan(ROLES, prune=True) == []


def test_a_resource_is_removed_and_the_trail_says_so():
    owner = make_client("server", client_type="confidential")
    register("https://r.example", owner.pk)
    assert apply("resources: {}", prune=True) == ["- resources[https://r.example]"]
    assert not Resource.objects.exists()
    assert AuditEvent.objects.filter(event="resource_set").last().details == {
        "uri": "https://r.example",
        "removed": True,
    }


def test_a_client_is_switched_off_its_row_stays_and_what_it_holds_is_dead():
    here = signed_in()
    other = "clients: {other: {redirect_uris: [https://other.example]}}"
    line = "- clients[app]: it is switched off, and all that it holds ends"
    assert plan(other, prune=True)[-1] == line
    assert here.is_live()
    assert apply(other, prune=True) == ["+ clients[other]", line]
    assert not here.is_live()
    assert not Application.objects.get(client_id="app").is_active
    assert plan(other, prune=True) == []
