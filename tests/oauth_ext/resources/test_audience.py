"""Resource indicators (RFC 8707): a token is for whom it was asked, and worth nothing anywhere else."""

import base64
import json

import pytest

from oauth_ext.clients import services as clients
from oauth_ext.clients.models import Application
from oauth_ext.errors import InvalidTarget
from oauth_ext.resources import services as resources
from tests.factories import answer_of, make_client
from tests.oauth_ext.authorization.steps import ask, location
from tests.oauth_ext.token_endpoint import get, get_code, post, signed_in, token

pytestmark = pytest.mark.django_db
REPORTS, FILES = "https://reports.example/api", "https://files.example"
ISSUER = "http://localhost:8000"


def server(client_id, uri):
    """A resource server: a confidential client that owns its resource."""
    owner = make_client(client_id, client_type="confidential", redirect_uris=[], grant_types=["client_credentials"])
    resources.register(uri, owner.pk)
    return owner


@pytest.fixture
def reports():
    return server("reports", REPORTS)


@pytest.fixture
def files():
    return server("files", FILES)


def aud(text):
    part = text.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))["aud"]


def worth(caller, text):
    return post("/o/introspect/", client=caller, token=text).body["active"]


def test_T32_a_token_for_one_server_is_refused_by_another_and_by_our_own_api(reports, files):
    person = signed_in(resource=REPORTS)
    assert aud(person.access_token) == REPORTS
    assert worth(reports, person.access_token)
    assert not worth(files, person.access_token)
    for path in ("/o/userinfo/", "/api/userinfo/"):
        assert get(path, person.access_token).status == 401


def test_T32_without_a_resource_a_token_is_for_our_own_api(reports):
    person = signed_in()
    assert aud(person.access_token) == ISSUER
    assert get("/o/userinfo/", person.access_token).status == 200
    assert not worth(reports, person.access_token)


def test_T32_a_part_of_our_own_api_needs_no_registration():
    person = signed_in(resource=f"{ISSUER}/graphql")
    assert aud(person.access_token) == f"{ISSUER}/graphql"
    assert get("/o/userinfo/", person.access_token).status == 200


@pytest.mark.parametrize("uri", [f"{ISSUER}.evil.example/", f"{ISSUER}0", "http://localhost:80000/graphql"])
def test_T32_what_only_begins_like_us_is_not_us(uri):
    with pytest.raises(InvalidTarget):
        resources.require([uri])


def test_T32_a_client_has_a_default_of_its_own(reports):
    client = make_client(trusted=True, default_scopes=["openid"], default_resources=[REPORTS])
    person = signed_in(client)
    assert aud(person.access_token) == REPORTS
    assert aud(person.refresh().body["access_token"]) == REPORTS


def test_T32_a_machine_has_a_default_of_its_own_too(reports):
    registered = {"redirect_uris": [], "grant_types": ["client_credentials"], "default_resources": [REPORTS]}
    machine = make_client("machine", client_type="confidential", **registered)
    assert aud(token(machine, "client_credentials").body["access_token"]) == REPORTS


def test_T25_a_default_that_came_after_the_consent_widens_nothing(reports):
    client = make_client(trusted=True, default_scopes=["openid"])
    person = signed_in(client)
    Application.objects.filter(pk=client.pk).update(default_resources=[REPORTS])
    assert aud(person.refresh().body["access_token"]) == ISSUER


@pytest.mark.parametrize(
    "uri",
    [
        "https://unknown.example",
        f"{REPORTS}/",
        f"{REPORTS}?x=1",
        f"{REPORTS}#part",
        "reports",
        "/api",
        "urn:reports",
        "https://",
        "https://[::1",
        f"{REPORTS}/{'x' * 300}",
    ],
)
def test_T32_an_unknown_or_malformed_resource_is_refused_at_every_door(reports, uri):
    client = make_client(trusted=True, default_scopes=["openid"])
    code = get_code(client)
    response = ask(code.browser, client, resource=uri)
    assert location(response).startswith(client.redirect_uris[0])
    assert answer_of(response)["error"] == "invalid_target"
    assert token(reports, "client_credentials", resource=uri).body["error"] == "invalid_target"
    assert code.redeem(resource=uri).body["error"] == "invalid_target"
    assert code.redeem().status == 200


def test_T32_a_machine_asks_for_one_too(reports, files):
    text = token(files, "client_credentials", resource=REPORTS).body["access_token"]
    assert aud(text) == REPORTS
    assert worth(reports, text)
    assert get("/api/roles/", text).status == 401


def test_T32_several_resources_stand_in_the_token_and_each_owner_is_told(reports, files):
    asker = make_client("asker", client_type="confidential", redirect_uris=[], grant_types=["client_credentials"])
    text = token(asker, "client_credentials", resource=[REPORTS, FILES]).body["access_token"]
    assert aud(text) == [REPORTS, FILES]
    assert worth(reports, text)
    assert worth(files, text)
    assert not worth(server("other", "https://other.example"), text)


def test_T32_so_many_and_no_more(reports):
    uris = [f"{ISSUER}/{number}" for number in range(11)]
    assert token(reports, "client_credentials", resource=uris[:10]).status == 200
    assert token(reports, "client_credentials", resource=uris).body["error"] == "invalid_target"


def test_T25_a_refresh_narrows_the_resource_and_never_widens_it(reports, files):
    client = make_client(trusted=True, default_scopes=["openid"], default_resources=[REPORTS, FILES])
    person = signed_in(client)
    narrow = person.refresh(resource=REPORTS)
    assert aud(narrow.body["access_token"]) == REPORTS
    assert aud(person.refresh(narrow.body["refresh_token"]).body["access_token"]) == [REPORTS, FILES]


def test_T25_a_refresh_for_another_resource_is_refused(reports, files):
    person = signed_in(resource=REPORTS)
    for uri in (FILES, ISSUER):
        assert person.refresh(resource=uri).body["error"] == "invalid_target"
    assert person.refresh().status == 200


def test_a_resource_has_one_owner_and_registering_again_changes_nothing(reports, files):
    assert resources.register(REPORTS, reports.pk) is False
    with pytest.raises(InvalidTarget):
        resources.register(REPORTS, files.pk)
    assert resources.owned_by(reports.pk) == [REPORTS]


def test_T32_an_owner_switched_off_is_told_nothing(reports):
    person = signed_in(resource=REPORTS)
    clients.disable(reports)
    assert post("/o/introspect/", client=reports, token=person.access_token).status == 401


def test_T32_nobody_may_register_our_own_api(reports):
    for uri in (ISSUER, f"{ISSUER}/graphql"):
        with pytest.raises(InvalidTarget):
            resources.register(uri, reports.pk)
