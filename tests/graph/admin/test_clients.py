"""Looking after clients: registered with all that is wrong told at once, secrets shown once, ends at once."""

import pytest

from graph.schema import schema
from idp.audit.models import AuditEvent
from idp.models import User
from oauth_ext.clients.models import Application, ClientSecret
from oauth_ext.keys.models import SigningKey
from oauth_ext.scopes import BUILT_IN
from tests.factories import make_client
from tests.graph.asking import World, asked, codes, post
from tests.oauth_ext.token_endpoint import basic, signed_in
from tests.oauth_ext.token_endpoint import post as post_form

REGISTER = """mutation($c:ClientInput!){registerClient(client:$c){
    client{clientId clientType scopes grantTypes accent isActive trusted} secret errors{code field message}}}"""
SECRET = "mutation($id:ID!,$o:Int!){addClientSecret(id:$id,overlap:$o){secret client{clientId} errors{code field}}}"
SWITCH = {
    name: f"mutation($id:ID!){{{name}(id:$id){{client{{isActive}} errors{{code field}}}}}}"
    for name in ("disableClient", "enableClient")
}
ADMIN = ("clients:read", "clients:write")


def id_of(client: Application, world: World) -> str:
    found = asked("query($s:String){clients(search:$s){nodes{id}}}", world.service_token(*ADMIN), s=client.client_id)
    return str(found["clients"]["nodes"][0]["id"])


def buys(client_id: str, secret: str) -> bool:
    answer = post_form("/o/token/", authorization=basic(client_id, secret), grant_type="client_credentials")
    return answer.status == 200


def machine(world: World, **changes: object) -> dict[str, object]:
    wanted = {
        "clientId": "machine",
        "grantTypes": ["client_credentials"],
        "scopes": [],
        "tokenEndpointAuthMethod": "client_secret_basic",
    }
    answer = asked(REGISTER, world.service_token(*ADMIN), c=wanted | changes)["registerClient"]
    assert isinstance(answer, dict)
    return answer


def test_a_confidential_client_is_registered_and_its_secret_told_once(world: World):
    answer = machine(world)
    assert answer["errors"] == []
    assert answer["client"] == {
        "clientId": "machine",
        "clientType": "confidential",
        "scopes": [],
        "grantTypes": ["client_credentials"],
        "accent": None,
        "isActive": True,
        "trusted": False,
    }
    assert buys("machine", str(answer["secret"]))
    assert str(answer["secret"]) not in str(list(ClientSecret.objects.values()))


def test_a_public_client_is_registered_with_the_defaults(world: World):
    wanted = {"clientId": "app2", "redirectUris": ["https://app.example/callback"], "accent": "#0a6b3d"}
    answer = asked(REGISTER, world.service_token(*ADMIN), c=wanted)["registerClient"]
    assert (answer["errors"], answer["secret"]) == ([], None)
    assert (answer["client"]["clientType"], answer["client"]["accent"]) == ("public", "#0a6b3d")
    assert answer["client"]["grantTypes"] == ["authorization_code", "refresh_token"]


def test_all_that_is_wrong_is_told_at_once_and_nothing_is_registered(world: World):
    wrong = {
        "clientId": "a:b\x00",
        "name": "x\ny",
        "redirectUris": ["http://app.example/"],
        "scopes": ["nonsense"],
        "grantTypes": ["implicit"],
        "tokenEndpointAuthMethod": "magic",
    }
    answer = machine(world, **wrong)
    assert answer["client"] is None
    assert answer["secret"] is None
    assert {error["code"] for error in answer["errors"]} == {"INVALID"}  # type: ignore[attr-defined]
    assert {error["field"] for error in answer["errors"]} == {  # type: ignore[attr-defined]
        "clientId", "name", "redirectUris", "scopes", "grantTypes", "tokenEndpointAuthMethod",
    }  # fmt: skip
    assert set(Application.objects.values_list("client_id", flat=True)) == {"service"}


def test_a_name_that_is_taken_changes_nothing(world: World):
    first = machine(world)
    again = machine(world, name="Another")
    assert [(error["code"], error["field"]) for error in again["errors"]] == [("TAKEN", "clientId")]  # type: ignore[attr-defined]
    assert buys("machine", str(first["secret"]))


@pytest.mark.parametrize("scope", sorted(set(BUILT_IN) - {*ADMIN, "account:read", "account:write"}))
def test_nobody_registers_a_client_that_may_do_more_than_themselves(world: World, scope):
    answer = machine(world, scopes=[scope])
    common = {"openid", "profile", "email", "roles", "offline_access"}
    assert (answer["errors"] == []) is (scope in common)
    assert Application.objects.filter(client_id="machine").exists() is (scope in common)


def test_a_secret_is_changed_without_a_gap_and_the_old_one_ends(world: World):
    old = str(machine(world)["secret"])
    token, client = world.service_token(*ADMIN), Application.objects.get(client_id="machine")
    new = asked(SECRET, token, id=id_of(client, world), o=60)["addClientSecret"]
    assert new["errors"] == []
    assert buys("machine", old)
    assert buys("machine", new["secret"])
    newest = asked(SECRET, token, id=id_of(client, world), o=0)["addClientSecret"]["secret"]
    assert not buys("machine", old)
    assert not buys("machine", new["secret"])
    assert buys("machine", newest)


@pytest.mark.parametrize("overlap", [-1, 90 * 86400 + 1, 2**31 - 1])
def test_an_overlap_has_bounds(world: World, overlap):
    old = str(machine(world)["secret"])
    client_id = id_of(Application.objects.get(client_id="machine"), world)
    answer = asked(SECRET, world.service_token(*ADMIN), id=client_id, o=overlap)["addClientSecret"]
    assert answer == {"secret": None, "client": None, "errors": [{"code": "INVALID", "field": "overlap"}]}
    assert buys("machine", old)


def test_a_public_client_has_no_secret(world: World):
    answer = asked(SECRET, world.service_token(*ADMIN), id=id_of(make_client("shop"), world), o=0)["addClientSecret"]
    assert answer["errors"] == [{"code": "NOT_ALLOWED", "field": "id"}]


def test_switching_off_ends_all_it_holds_and_on_wakes_nothing(world: World):
    person = signed_in(make_client("shop", trusted=True, default_scopes=["openid"]))
    token, shop = world.service_token(*ADMIN), id_of(person.client, world)
    assert asked(SWITCH["disableClient"], token, id=shop)["disableClient"] == {
        "client": {"isActive": False},
        "errors": [],
    }
    assert not person.is_live()
    assert asked(SWITCH["enableClient"], token, id=shop)["enableClient"]["client"] == {"isActive": True}
    assert not person.is_live()


@pytest.mark.parametrize("document", [SECRET, *SWITCH.values()])
def test_nobody_touches_a_client_that_may_do_more(world: World, document):
    operator = make_client("operator", client_type="confidential", scopes=["users:write"])
    answer = asked(document, world.service_token(*ADMIN), id=id_of(operator, world), o=0)
    [payload] = answer.values()
    assert payload["errors"] == [{"code": "NOT_ALLOWED", "field": "id"}]
    operator.refresh_from_db()
    assert (operator.is_active, operator.epoch, operator.secrets.count()) == (True, 0, 1)


@pytest.mark.parametrize("document", [SECRET, *SWITCH.values()])
def test_T89_changing_clients_needs_its_scope(world: World, document):
    response = post(document, world.service_token("clients:read", "users:write"), variables={"id": "x", "o": 0})
    assert response.status_code == 403
    assert codes(response) == ["INSUFFICIENT_SCOPE"]


def test_T89_how_a_client_is_registered_is_told_to_who_may_see_it_alone(world: World):
    signed_in(make_client("shop", name="The Shop"), world.user, scope="openid")
    response = post("{me{consents{nodes{client{name redirectUris}}}}}", world.token("account:read"))
    assert codes(response) == ["INSUFFICIENT_SCOPE"]
    assert b"The Shop" in response.content
    assert b"app.example" not in response.content
    assert codes(post("{clients{nodes{id}}}", world.token("roles:read", user=world.admin))) == ["INSUFFICIENT_SCOPE"]


def test_keys_are_listed_without_their_private_halves(world: World):
    keys = asked("{signingKeys{kid algorithm state createdAt activatedAt retiredAt}}", world.service_token("keys:read"))
    rows = SigningKey.objects.values_list("kid", "state")
    assert {(key["kid"], key["state"].lower()) for key in keys["signingKeys"]} == set(rows) != set()
    assert codes(post("{signingKeys{kid}}", world.service_token("users:read"))) == ["INSUFFICIENT_SCOPE"]
    assert User.objects.count() == 0


def test_T92_a_secret_is_in_its_one_answer_and_in_no_log_trail_or_error(world: World, capfd, caplog):
    secret = str(machine(world)["secret"])
    client = Application.objects.get(client_id="machine")
    newer = asked(SECRET, world.service_token(*ADMIN), id=id_of(client, world), o=60)["addClientSecret"]["secret"]
    out, err = capfd.readouterr()
    told = out + err + caplog.text + str(list(AuditEvent.objects.values())) + str(vars(client))
    assert "request" in told
    assert secret not in told
    assert newer not in told


def test_T92_no_type_has_a_field_for_a_secret_but_the_answers_that_make_one():
    named = {
        name
        for name, kind in schema._schema.type_map.items()
        if {"secret", "token"} & getattr(kind, "fields", {}).keys()
    }
    assert named == {
        *("RegisterClientPayload", "AddClientSecretPayload"),
        *("CreatePersonalAccessTokenPayload", "ImpersonatePayload", "BeginAuthenticatorAppPayload"),
    }


@pytest.mark.parametrize(
    ("grant_type", "found"),
    [
        ("client_credentials", ["machine"]),
        ("authorization_code", ["shop"]),
        ("urn:ietf:params:oauth:grant-type:token-exchange", ["machine"]),
        ("credentials", []),
        ("", []),
        ("\x00", []),
        ("%", []),
    ],
)
def test_service_accounts_are_the_clients_that_may_be_by_themselves(world: World, grant_type: str, found: list[str]):
    make_client("shop")
    exchange = "urn:ietf:params:oauth:grant-type:token-exchange"
    make_client("machine", client_type="confidential", grant_types=["client_credentials", exchange], redirect_uris=[])
    token = world.token("clients:read", user=world.admin)
    document = 'query($g:String){clients(grantType:$g search:""){nodes{clientId}}}'
    nodes = asked(document, token, g=grant_type)["clients"]["nodes"]
    assert [node["clientId"] for node in nodes if node["clientId"] != "app"] == found
