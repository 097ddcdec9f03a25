"""One's own factors in the API: seen by who may read the account, changed by who has just shown who they are."""

import json

import pytest

from idp.factors import authenticator_app, passkeys, recovery_codes, totp
from idp.factors.services import has_second_factor
from oauth_ext.families.models import Family
from tests.factories import make_user
from tests.graph.asking import World, asked, post
from tests.passkey import SoftPasskey

pytestmark = pytest.mark.django_db
SCOPES = ("openid", "account:read", "account:write")
CHANGES = [
    "mutation{beginAuthenticatorApp{secret errors{code}}}",
    'mutation{confirmAuthenticatorApp(code:"000000"){errors{code}}}',
    "mutation{removeAuthenticatorApp{errors{code}}}",
    "mutation{createRecoveryCodes{codes errors{code}}}",
    'mutation{removePasskey(id:"x"){errors{code}}}',
    'mutation{renamePasskey(id:"x" name:"y"){errors{code}}}',
]
FACTORS = "{me{factors{authenticatorApp{addedAt lastUsedAt} passkeys{id name synced lastUsedAt} recoveryCodesLeft}}}"


@pytest.fixture
def world():
    return World()


def with_app(user):
    setup = authenticator_app.begin(user, issuer="x")
    raw = totp.base64.b32decode(setup.secret)
    authenticator_app.confirm(user, totp.code(raw, totp.counter_now() - 1))
    return raw


def add_passkey(user, name="Phone"):
    device = SoftPasskey()
    begun = passkeys.begin_adding(user)
    return passkeys.add(user, name, begun.state, device.create(begun.options))


@pytest.mark.parametrize("document", CHANGES)
def test_T59_who_has_a_second_factor_must_have_used_it(world, document):
    token = world.token(*SCOPES)
    with_app(world.user)
    response = post(document, token)
    assert response.status_code == 401
    assert 'acr_values="aal2"' in response.headers["WWW-Authenticate"]
    error = json.loads(response.content)["errors"][0]
    assert error["extensions"]["code"] == "INSUFFICIENT_USER_AUTHENTICATION"
    assert error["extensions"]["acrValues"] == "aal2"
    assert has_second_factor(world.user.pk)
    Family.objects.update(acr="aal2")
    assert post(document, token).status_code == 200


def test_an_app_is_set_up(world):
    token = world.token(*SCOPES)
    begun = asked(CHANGES[0], token)["beginAuthenticatorApp"]
    assert asked(CHANGES[1], token)["confirmAuthenticatorApp"]["errors"] == [{"code": "INVALID"}]
    code = totp.code(totp.base64.b32decode(begun["secret"]), totp.counter_now())
    done = asked(f'mutation{{confirmAuthenticatorApp(code:"{code}"){{errors{{code}}}}}}', token)
    assert done["confirmAuthenticatorApp"]["errors"] == []
    assert has_second_factor(world.user.pk)
    Family.objects.update(acr="aal2")
    assert asked(CHANGES[0], token)["beginAuthenticatorApp"] == {"secret": None, "errors": [{"code": "NOT_ALLOWED"}]}
    assert len(asked(CHANGES[3], token)["createRecoveryCodes"]["codes"]) == 10
    assert asked(CHANGES[2], token)["removeAuthenticatorApp"]["errors"] == []
    assert recovery_codes.left(world.user.pk) == 0
    assert asked(CHANGES[3], token)["createRecoveryCodes"] == {"codes": None, "errors": [{"code": "NOT_ALLOWED"}]}


def test_they_are_seen_and_a_passkey_is_renamed_and_removed(world):
    token = world.token(*SCOPES)
    add_passkey(world.user)
    Family.objects.update(acr="phr")
    found = asked(FACTORS, token)["me"]["factors"]
    [shown] = found["passkeys"]
    assert (shown["name"], shown["synced"], found["authenticatorApp"], found["recoveryCodesLeft"]) == (
        "Phone",
        True,
        None,
        0,
    )
    asked(f'mutation{{renamePasskey(id:"{shown["id"]}" name:"Key"){{errors{{code}}}}}}', token)
    assert asked(FACTORS, token)["me"]["factors"]["passkeys"][0]["name"] == "Key"
    assert (
        asked(f'mutation{{removePasskey(id:"{shown["id"]}"){{errors{{code}}}}}}', token)["removePasskey"]["errors"]
        == []
    )
    assert not has_second_factor(world.user.pk)


def test_nobody_elses_passkey_is_there(world):
    token = world.token(*SCOPES)
    row = add_passkey(make_user("bob"))
    document = f'mutation{{removePasskey(id:"{passkey_id(row)}"){{errors{{code}}}}}}'
    assert asked(document, token)["removePasskey"]["errors"] == [{"code": "NOT_FOUND"}]
    assert has_second_factor(row.user_id)


def passkey_id(row):
    from graph import ids

    return ids.seal("Passkey", row.pk)
