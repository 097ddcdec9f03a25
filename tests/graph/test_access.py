"""Enforcement, tested by calling: each field as several callers, against what `schema.graphql` says of it."""

import json
from pathlib import Path

import pytest
import strawberry
from django.test import RequestFactory
from django.utils import timezone
from graphql import FieldDefinitionNode, ObjectTypeDefinitionNode, execute_sync, parse, value_from_ast_untyped

from graph.access import field, public
from graph.account.types import User
from graph.federation import FederationQueries
from graph.schema import assemble
from graph.viewer import Context
from idp.models import Role
from oauth_ext.families.models import EndReason, Family
from tests.factories import make_user
from tests.graph.asking import World, bearer, codes, post, post_raw
from tests.oauth_ext.token_endpoint import AT_GRAPHQL

CONTRACT = parse((Path(__file__).parent.parent.parent / "schema.graphql").read_text(encoding="utf-8"))
COMPOSITE = {
    "roles": "{name}",
    "securityEvents": "{cursor}",
    "emails": "{address}",
    "factors": "{recoveryCodesLeft}",
    "linkedIdentities": "{id}",
} | dict.fromkeys(("sessions", "consents", "tokenFamilies", "auditEvents"), "{nodes{id}}")


# Null where it may be read, too: who has closed their account has no token.
OFTEN_NULL = {"deletionDueAt"}


def declared(type_name: str) -> dict[str, FieldDefinitionNode]:
    for node in CONTRACT.definitions:
        if isinstance(node, ObjectTypeDefinitionNode) and node.name.value == type_name:
            return {field.name.value: field for field in node.fields or ()}
    raise LookupError(type_name)


def printed(node: FieldDefinitionNode, directive_name: str, argument_name: str) -> object:
    """The argument of a directive as it is printed at a field, or None without the directive."""
    for directive in node.directives or ():
        if directive.name.value == directive_name:
            values = {
                argument.name.value: value_from_ast_untyped(argument.value) for argument in directive.arguments or ()
            }
            return values.get(argument_name)
    return None


def enough_scopes(node: FieldDefinitionNode) -> set[str]:
    """The scopes each of which is enough; none where none is needed."""
    alternatives = printed(node, "requiresScopes", "scopes") or []
    assert isinstance(alternatives, list)
    return {scope for together in alternatives for scope in together}


CALLERS = {
    "everything": ("openid", "profile", "email", "roles", "account:read"),
    "account": ("account:read",),
    "only openid": ("openid",),
    "profile": ("openid", "profile"),
    "email": ("email",),
    "roles": ("roles",),
    "no scope": (),
}


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("name", declared("User"))
def test_T89_each_field_of_a_user_answers_as_it_is_declared(world: World, caller, name):
    scopes = CALLERS[caller]
    response = post(f"{{me{{{name}{COMPOSITE.get(name, '')}}}}}", world.token(*scopes))
    body = json.loads(response.content)
    enough = enough_scopes(declared("User")[name])
    assert response.status_code == 200
    if not enough or enough & set(scopes):
        assert "errors" not in body
        assert body["data"]["me"][name] is not None or name in OFTEN_NULL
    else:
        assert body["data"]["me"][name] is None
        assert codes(response) == ["INSUFFICIENT_SCOPE"]
        assert body["errors"][0]["path"] == ["me", name]
        assert set(body["errors"][0]["extensions"]["requiredScopes"]) == enough


ROOTS = {
    "Query.me": "{me{sub}}",
    "Query.roles": "{roles{name}}",
    "Query.sessions": "{sessions{nodes{id}}}",
    "Query.consents": '{consents(clientId:"x"){nodes{id}}}',
    "Query.tokenFamilies": '{tokenFamilies(clientId:"x"){nodes{id}}}',
    "Query.validateToken": "{validateToken{active}}",
    "Query.auditEvents": "{auditEvents{nodes{id}}}",
    "Query.users": "{users{nodes{id}}}",
    "Query.invitations": "{invitations{nodes{id}}}",
    "Query.clients": "{clients{nodes{id}}}",
    "Query.signingKeys": "{signingKeys{kid}}",
    "Query.identityProviders": "{identityProviders{name}}",
    "Query.tokenPreview": '{tokenPreview(user:"x" client:"x" scopes:[]){refusal}}',
    "Query.revocations": "{revocations{cursor}}",
    "Query.node": '{node(id:"x"){id}}',
    "Query._service": "{_service{sdl}}",
    "Query._entities": "{_entities(representations:[]){__typename}}",
    "Mutation.logout": "mutation{logout{loggedOut}}",
    "Mutation.signOutEverywhere": "mutation{signOutEverywhere{signedOut}}",
    "Mutation.endSession": 'mutation{endSession(id:"x"){errors{code}}}',
    "Mutation.endTokenFamily": 'mutation{endTokenFamily(id:"x"){errors{code}}}',
    "Mutation.revokeConsent": 'mutation{revokeConsent(id:"x"){errors{code}}}',
    "Mutation.narrowConsent": 'mutation{narrowConsent(id:"x" scopes:[]){errors{code}}}',
    "Mutation.unlinkIdentity": 'mutation{unlinkIdentity(id:"x"){errors{code}}}',
    "Mutation.setUserRole": 'mutation{setUserRole(id:"x" role:"user"){errors{code}}}',
    "Mutation.deactivateUser": 'mutation{deactivateUser(id:"x"){errors{code}}}',
    "Mutation.activateUser": 'mutation{activateUser(id:"x"){errors{code}}}',
    "Mutation.signOutUser": 'mutation{signOutUser(id:"x"){errors{code}}}',
    "Mutation.impersonate": 'mutation{impersonate(id:"x" reason:"x" scopes:[]){errors{code}}}',
    "Mutation.deleteAccount": "mutation{deleteAccount{errors{code}}}",
    "Mutation.sendPasswordReset": 'mutation{sendPasswordReset(id:"x"){errors{code}}}',
    "Mutation.inviteUser": 'mutation{inviteUser(email:"x" role:"user"){errors{code}}}',
    "Mutation.revokeInvitation": 'mutation{revokeInvitation(id:"x"){errors{code}}}',
    "Mutation.createRole": 'mutation{createRole(name:"x" scopes:[]){errors{code}}}',
    "Mutation.updateRole": 'mutation{updateRole(id:"x"){errors{code}}}',
    "Mutation.deleteRole": 'mutation{deleteRole(id:"x"){errors{code}}}',
    "Mutation.registerClient": 'mutation{registerClient(client:{clientId:"x"}){errors{code}}}',
    "Mutation.updateClient": 'mutation{updateClient(id:"x" changes:{}){errors{code}}}',
    "Mutation.addClientSecret": 'mutation{addClientSecret(id:"x"){errors{code}}}',
    "Mutation.disableClient": 'mutation{disableClient(id:"x"){errors{code}}}',
    "Mutation.enableClient": 'mutation{enableClient(id:"x"){errors{code}}}',
    "Mutation.createPersonalAccessToken": (
        'mutation{createPersonalAccessToken(name:"" scopes:[] expiresAt:"2026-01-01T00:00:00Z"){errors{code}}}'
    ),
    "Mutation.rotateSigningKeys": "mutation{rotateSigningKeys{errors{code}}}",
    "Mutation.markKeyCompromised": 'mutation{markKeyCompromised(kid:"x"){errors{code}}}',
    "Mutation.beginAuthenticatorApp": "mutation{beginAuthenticatorApp{errors{code}}}",
    "Mutation.confirmAuthenticatorApp": 'mutation{confirmAuthenticatorApp(code:"x"){errors{code}}}',
    "Mutation.removeAuthenticatorApp": "mutation{removeAuthenticatorApp{errors{code}}}",
    "Mutation.createRecoveryCodes": "mutation{createRecoveryCodes{errors{code}}}",
    "Mutation.removePasskey": 'mutation{removePasskey(id:"x"){errors{code}}}',
    "Mutation.renamePasskey": 'mutation{renamePasskey(id:"x" name:"x"){errors{code}}}',
    "Mutation.addEmail": 'mutation{addEmail(address:"x"){errors{code}}}',
    "Mutation.verifyEmail": 'mutation{verifyEmail(address:"x" code:"x"){errors{code}}}',
    "Mutation.makeEmailPrimary": 'mutation{makeEmailPrimary(address:"x"){errors{code}}}',
    "Mutation.removeEmail": 'mutation{removeEmail(address:"x"){errors{code}}}',
    "Mutation.changePassword": 'mutation{changePassword(current:"x" new:"x"){errors{code}}}',
    "Mutation.updateProfile": "mutation{updateProfile{errors{code}}}",
}


def test_every_root_field_is_called():
    assert {f"{root}.{name}" for root in ("Query", "Mutation") for name in declared(root)} == ROOTS.keys()


@pytest.mark.parametrize("root", ROOTS)
def test_T89_without_a_token_only_what_is_public_answers(world: World, root):
    type_name, name = root.split(".")
    response = post(ROOTS[root])
    is_public = printed(declared(type_name)[name], "access", "rule") == "PUBLIC"
    if is_public and name != "validateToken":  # without an argument it is about a token of one's own
        assert response.status_code == 200
        assert not codes(response)
    else:
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"] == AT_GRAPHQL
        assert "data" not in json.loads(response.content)


@pytest.mark.parametrize("root", ROOTS)
def test_T89_a_revoked_token_opens_nothing(world: World, root):
    family = world.family(world.user, CALLERS["everything"])
    token = world.token_of(family)
    Family.objects.filter(pk=family.pk).update(ended_at=family.created_at, end_reason=EndReason.REVOKED)
    response = post(ROOTS[root], token)
    assert response.status_code == 401
    assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]
    assert "data" not in json.loads(response.content)


def test_a_field_that_needs_authentication_refuses_the_whole_request(world: World):
    response = post('{validateToken(token:"x"){active} me{sub}}', "not-a-token")
    assert response.status_code == 401
    assert codes(response) == ["UNAUTHENTICATED"]
    assert "data" not in json.loads(response.content)


def test_me_is_null_for_a_token_without_a_user(world: World):
    response = post("{me{sub}}", world.service_token("roles:read"))
    assert json.loads(response.content) == {"data": {"me": None}}


def test_roles_are_those_the_caller_holds(world: World):
    response = post("{roles{name}}", world.token("roles"))
    assert json.loads(response.content) == {"data": {"roles": [{"name": "user"}]}}


def test_roles_are_all_for_who_has_roles_read(world: World):
    Role.objects.create(name="auditor", description="Reads.", scopes=["roles:read"])
    everybody = [{"name": name} for name in ("admin", "auditor", "user")]
    service = post("{roles{name}}", world.service_token("roles:read"))
    auditor = post("{roles{name}}", world.token("roles:read", user=make_user("bob", role="auditor")))
    assert json.loads(service.content) == json.loads(auditor.content) == {"data": {"roles": everybody}}


def test_a_role_taken_away_is_gone_at_once(world: World):
    Role.objects.create(name="auditor", scopes=["roles:read"])
    bob = make_user("bob", role="auditor")
    token = world.token("roles", "roles:read", user=bob)
    assert len(json.loads(post("{roles{name}}", token).content)["data"]["roles"]) == 3
    bob.role = Role.objects.get(name="user")
    bob.save(update_fields=["role"])
    assert json.loads(post("{roles{name} me{role}}", token).content)["data"] == {
        "roles": [{"name": "user"}],
        "me": {"role": "user"},
    }


def test_roles_without_the_scope_are_refused_aloud(world: World):
    response = post("{roles{name}}", world.token("openid"))
    assert codes(response) == ["INSUFFICIENT_SCOPE"]
    assert json.loads(response.content)["data"] == {"roles": None}


def test_T89_a_scope_opens_nobody_elses_fields(world: World):
    """A later edge that hands out other people still can't show what a scope of the caller's own says nothing about."""
    bob = make_user("bob", email="bob@example.com")

    @strawberry.type
    class Root(FederationQueries):
        @field(public("a test"), "Somebody.")
        def somebody(self) -> User:
            return User(
                pk=bob.pk, own_sub=bob.sub, held_roles=[], sector="", sub=str(bob.sub), username=bob.username,
                first_name="", last_name="", email=bob.email, email_verified=True, is_active=True, role="user",
                deletion_due_at=timezone.now(),
            )  # fmt: skip

    names = [name for name, node in declared("User").items() if enough_scopes(node)]
    document = parse("{somebody{sub " + " ".join(n + COMPOSITE.get(n, "") for n in names) + "}}")
    request = RequestFactory().post("/graphql", headers=bearer(world.token(*CALLERS["everything"])))
    result = execute_sync(assemble(Root)._schema, document, context_value=Context(request))
    assert result.data == {"somebody": {"sub": str(bob.sub)} | dict.fromkeys(names)}
    assert {(error.path[1], (error.extensions or {})["code"]) for error in result.errors or () if error.path} == {
        (name, "FORBIDDEN") for name in names
    }


HEADERS = {
    "Bearer": False,
    "Bearer ": False,
    "": False,
    "Basic YWxpY2U6YWxpY2VwYXNz": False,
    "Token abc": False,
    "Bearer abc": True,
    "bearer abc": True,
    "BEARER   abc": True,
    "Bearer a b": True,
    "Bearer abc,Bearer abc": True,
    "Bearer \x00": True,
    "Bearer é": True,
    "Bearer " + "a" * 20_000: True,
}


@pytest.mark.parametrize("header", HEADERS, ids=lambda header: repr(header)[:30])
def test_a_bad_authorization_header_is_401_and_says_invalid_token_only_if_there_was_one(world: World, header):
    response = post_raw('{"query":"{me{sub}}"}', headers={"authorization": header})
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith('Bearer realm="gatehouse"')
    assert ('error="invalid_token"' in response.headers["WWW-Authenticate"]) is HEADERS[header]


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "Bearer  "])
def test_the_scheme_is_case_insensitive(world: World, scheme):
    response = post_raw('{"query":"{me{sub}}"}', headers={"authorization": f"{scheme} {world.token('openid')}"})
    assert response.status_code == 200
