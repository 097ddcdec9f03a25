"""The examples of the reference: one for each operation, and each does what it shows as who it says."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from graph import ids
from graph.reference.examples import EVERYBODYS, BadExample, Example, read
from idp.factors import authenticator_app, passkeys, totp
from idp.models import Role, User
from idp.providers import identities
from idp.providers.services import Proof
from idp.service_urls import BASE_DIR
from idp.users import email_codes, invitations
from oauth_ext.consents import services as consents
from oauth_ext.families.models import Family
from oauth_ext.keys.models import SigningKey
from tests.factories import make_client
from tests.graph.asking import World, codes, post
from tests.graph.test_access import declared, printed
from tests.passkey import SoftPasskey

EXAMPLES = read(BASE_DIR / "docs" / "reference" / "examples")
ELSEWHERE = Proof("example", "https://accounts.example", "1001", "aal1", [])
ROOTS = declared("Query") | declared("Mutation")


def other_address(user: User, *, verified: bool) -> str:
    EmailAddress.objects.create(user=user, email="alice@work.example", verified=verified)
    return "alice@work.example"


def app_code(user):
    """What an app shows that alice has just begun to set up."""
    setup = authenticator_app.begin(user, issuer="x")
    return totp.code(totp.base64.b32decode(setup.secret), totp.counter_now())


def signed_in_strongly(world: World) -> None:
    """Alice has an app, and signed in by it: or nothing could be changed about it."""
    authenticator_app.confirm(world.user, app_code(world.user))
    world.acr = "aal2"
    Family.objects.update(acr=world.acr)


def passkey_of(world: World) -> str:
    world.acr = "phr"
    Family.objects.update(acr=world.acr)
    device = SoftPasskey()
    begun = passkeys.begin_adding(world.user)
    row = passkeys.add(world.user, "Phone", begun.state, device.create(begun.options))
    return ids.seal("Passkey", row.pk)


PREPARED = {"removeAuthenticatorApp": signed_in_strongly, "createRecoveryCodes": signed_in_strongly}

# What stands for what in the variables of an example; made when the example asks for it
PLACEHOLDERS: dict[str, Callable[[World], str]] = {
    "$accessToken": lambda world: world.token("openid"),
    "$userId": lambda world: ids.seal("User", world.user.pk),
    "$sessionId": lambda world: ids.seal("Session", world.session(world.user).pk),
    "$tokenFamilyId": lambda world: ids.seal("TokenFamily", world.family(world.user, ["openid"]).pk),
    "$consentId": lambda world: ids.seal(
        "Consent", consents.grant(world.user.pk, world.app.pk, ["openid", "profile"], []).pk
    ),
    "$identityId": lambda world: ids.seal("LinkedIdentity", identities.link(world.user, ELSEWHERE).pk),
    "$roleId": lambda _: ids.seal("Role", Role.objects.create(name="member", scopes=["account:write"]).pk),
    "$kid": lambda _: SigningKey.objects.get(algorithm="RS256", state="active").kid,
    "$otherAddress": lambda world: other_address(world.user, verified=True),
    "$emailCode": lambda world: email_codes.make(world.user, other_address(world.user, verified=False)),
    "$invitationId": lambda _: ids.seal(
        "Invitation", invitations.invite("guest@example.com", Role.objects.get(name="user"), None).pk
    ),
    "$appCode": lambda world: app_code(world.user),
    "$passkeyId": passkey_of,
    "$soon": lambda _: (timezone.now() + timedelta(days=30)).isoformat(),
    "$clientId": lambda _: ids.seal("Client", make_client("machine", client_type="confidential").pk),
}


def filled_in(value: object, world: World) -> Any:
    if isinstance(value, dict):
        return {name: filled_in(inner, world) for name, inner in value.items()}
    if isinstance(value, list):
        return [filled_in(inner, world) for inner in value]
    return PLACEHOLDERS[value](world) if isinstance(value, str) and value.startswith("$") else value


def caller(example: Example, world: World) -> str | None:
    """A token with exactly what the example says, or none."""
    if printed(ROOTS[example.name], "access", "rule") == "PUBLIC":
        return None
    token = token_with(world, example, *example.scopes)
    PREPARED.get(example.name, lambda _: None)(world)
    return token


def token_with(world: World, example: Example, *scopes: str) -> str:
    """A token with these scopes, of who may call the example at all: alice, a client, or an administrator in person."""
    if EVERYBODYS.issuperset(example.scopes):
        return world.token(*scopes)
    root = ROOTS[example.name]
    if printed(root, "access", "rule") == "FRESH" and not printed(root, "access", "unless"):
        return world.token(*scopes, user=world.admin)
    return world.service_token(*scopes)


def nothing_missing(shape: object, answer: object) -> None:
    """Fail where the answer is not of the shape that the reference shows: other names, or null where it may not be."""
    if isinstance(shape, dict):
        if answer is not None:
            assert isinstance(answer, dict)
            assert answer.keys() == shape.keys()
            for name, inner in shape.items():
                nothing_missing(inner, answer[name])
    elif isinstance(shape, list):
        assert isinstance(answer, list)
        for item in answer:
            nothing_missing(shape[0], item)
    else:
        assert isinstance(shape, str)
        assert answer is not None or not shape.endswith("!")


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_does_what_it_shows(world: World, name: str):
    example = EXAMPLES[name]
    response = post(example.document, caller(example, world), variables=filled_in(example.variables, world))
    body = json.loads(response.content)
    assert "errors" not in body
    answer = body["data"]
    assert answer[name] is not None
    assert answer[name] != [None]
    if name in declared("Mutation"):
        assert answer[name]["errors"] == []
    nothing_missing(example.shape, body)


@pytest.mark.parametrize("name", [name for name in EXAMPLES if EXAMPLES[name].scopes])
def test_an_example_needs_each_scope_that_it_says(world: World, name: str):
    """Of one scope less some field is refused: what the reference says is no more than is needed."""
    example = EXAMPLES[name]
    PREPARED.get(name, lambda _: None)(world)
    variables = filled_in(example.variables, world)
    for left_out in example.scopes:
        scopes = [scope for scope in example.scopes if scope != left_out]
        token = token_with(world, example, *scopes)
        assert codes(post(example.document, token, variables=variables))[0] in {"INSUFFICIENT_SCOPE", "FORBIDDEN"}


def test_an_operation_without_an_example_is_named(tmp_path):
    for name, example in EXAMPLES.items():
        (tmp_path / f"{name}.graphql").write_text(example.text)
    (tmp_path / "endSession.graphql").rename(tmp_path / "endsession.graphql")
    with pytest.raises(BadExample, match="endSession: there is no"):
        read(tmp_path)
    (tmp_path / "endSession.graphql").write_text(EXAMPLES["endSession"].text)
    with pytest.raises(BadExample, match="endsession: there is no such"):
        read(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "query {",
        "{me{nothing}}",
        "{roles{name}}",
        "{me{sub} roles{name}}",
        "query($id:ID!){me{sub}}",
        "{me{...Fields}} fragment Other on User{sub}",
    ],
)
def test_a_document_that_does_not_fit_is_refused(text: str):
    with pytest.raises(BadExample, match=r"^me: "):
        _ = Example("me", text).parsed


def test_the_variables_are_the_comment_at_the_top():
    example = Example("node", '# {\n#  "id": "$userId"\n# }\nquery($id:ID!){\n# the same\nnode(id:$id){id}}\n')
    assert example.variables == {"id": "$userId"}
    assert example.document == "query($id:ID!){\n# the same\nnode(id:$id){id}}"
    with pytest.raises(BadExample, match="not an object"):
        _ = Example("me", "# []\n{me{sub}}").variables


def test_who_comes_with_power_over_others_needs_the_scope_for_others():
    assert Example("me", "{me{username sub}}").scopes == ("profile",)
    assert Example("users", "{users{nodes{username email}}}").scopes == ("users:read",)
    mutation = 'mutation{setUserRole(id:"x" role:"y"){user{username roles{name}}}}'
    assert Example("setUserRole", mutation).scopes == ("users:write", "users:read")


# What each example costs the database, the judging of its token included: a field that asks once more is seen here.
STATEMENTS = {
    "_entities": 1,
    "_service": 1,
    "activateUser": 4,
    "addClientSecret": 7,
    "addEmail": 9,
    "auditEvents": 2,
    "beginAuthenticatorApp": 7,
    "changePassword": 10,
    "clients": 3,
    "confirmAuthenticatorApp": 11,
    "consents": 2,
    "createPersonalAccessToken": 5,
    "createRecoveryCodes": 8,
    "createRole": 3,
    "deactivateUser": 7,
    "deleteRole": 10,
    "disableClient": 5,
    "enableClient": 5,
    "endSession": 6,
    "endTokenFamily": 5,
    "identityProviders": 2,
    "impersonate": 6,
    "invitations": 2,
    "inviteUser": 8,
    "deleteAccount": 7,
    "logout": 4,
    "makeEmailPrimary": 11,
    "markKeyCompromised": 13,
    "me": 3,
    "narrowConsent": 8,
    "node": 1,
    "registerClient": 3,
    "removeAuthenticatorApp": 12,
    "removeEmail": 11,
    "removePasskey": 13,
    "renamePasskey": 7,
    "revocations": 3,
    "revokeConsent": 5,
    "revokeInvitation": 5,
    "roles": 1,
    "rotateSigningKeys": 59,
    "sessions": 2,
    "setUserRole": 6,
    "signOutEverywhere": 6,
    "sendPasswordReset": 4,
    "signOutUser": 7,
    "signingKeys": 2,
    "tokenFamilies": 2,
    "tokenPreview": 3,
    "unlinkIdentity": 10,
    "updateClient": 6,
    "updateProfile": 4,
    "updateRole": 4,
    "users": 2,
    "validateToken": 1,
    "verifyEmail": 11,
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_costs_what_it_cost(world: World, name: str):
    example = EXAMPLES[name]
    token, variables = caller(example, world), filled_in(example.variables, world)
    post("{me{sub}}", token)  # signing keys are read once a process
    with CaptureQueriesContext(connection) as captured:
        post(example.document, token, variables=variables)
    asked = [query["sql"] for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(asked) == STATEMENTS[name], asked
