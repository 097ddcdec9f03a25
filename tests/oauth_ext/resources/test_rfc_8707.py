"""Resource indicators (RFC 8707) through code and refresh, line by line; what a resource is worth: test_audience.py."""

import pytest
from django.test import Client

from oauth_ext.authorization.models import AuthorizationCode
from oauth_ext.clients.models import Application
from oauth_ext.families.models import Family
from oauth_ext.resources.models import Resource
from tests.factories import answer_of, authorization_parameters, make_client, make_user, pkce, sign_in
from tests.oauth_ext.authorization.steps import ask, get
from tests.oauth_ext.resources.test_audience import aud
from tests.oauth_ext.token_endpoint import Code, get_code, signed_in, token

pytestmark = pytest.mark.django_db
ISSUER = "http://localhost:8000"
CAL, CONTACTS = "https://cal.example.com/", "https://contacts.example.com/app/?tenant=1"


@pytest.fixture(autouse=True)
def registered() -> None:
    Resource.objects.bulk_create([Resource(uri=uri) for uri in (CAL, CONTACTS, "https://files.example.com/")])


@pytest.fixture
def client() -> Application:
    return make_client(trusted=True, default_scopes=["openid"])


def code_for(client: Application, *resources: str) -> Code:
    """A code for several resources at once."""
    browser, user, pair = Client(), make_user(), pkce()
    session = sign_in(browser, user)
    parameters = [*authorization_parameters(client, pair.challenge).items()]
    answer = answer_of(get(browser, parameters + [("resource", uri) for uri in resources]))
    return Code(answer["code"], pair.verifier, client, user, session, browser)


def test_8707_2_an_absolute_uri_may_have_a_query(client: Application) -> None:
    assert aud(get_code(client, resource=CONTACTS).redeem().body["access_token"]) == CONTACTS


@pytest.mark.parametrize(
    "uri", [f"{CAL}#part", f"{CAL}#", "cal.example.com", "/calendar", "?x", "https://cal.ëxample/"]
)
def test_8707_2_a_fragment_or_a_relative_reference_is_invalid_target(client: Application, uri: str) -> None:
    code = get_code(client, resource=CAL)

    assert answer_of(ask(code.browser, client, resource=uri))["error"] == "invalid_target"
    assert code.redeem(resource=uri).body["error"] == "invalid_target"
    assert code.redeem(resource=uri).status == 400
    assert code.redeem().status == 200


def test_8707_2_each_of_several_is_judged(client: Application) -> None:
    browser = Client()
    sign_in(browser, make_user())
    parameters = [*authorization_parameters(client, pkce().challenge).items()]
    for wrong in ("https://nobody.example/", f"{CAL}#x"):
        for pair in ([CAL, wrong], [wrong, CAL]):
            answer = answer_of(get(browser, parameters + [("resource", uri) for uri in pair]))
            assert answer["error"] == "invalid_target"
    assert not AuthorizationCode.objects.exists()


def test_8707_2_naming_one_twice_is_naming_it_once(client: Application) -> None:
    code = code_for(client, CAL, CONTACTS, CAL)

    assert AuthorizationCode.objects.get().resources == [CAL, CONTACTS]
    assert aud(code.redeem(resource=[CAL, CAL]).body["access_token"]) == CAL


def test_8707_2_1_what_was_authorized_holds_for_the_whole_grant(client: Application) -> None:
    answer = code_for(client, CAL, CONTACTS).redeem(resource=CAL)

    assert aud(answer.body["access_token"]) == CAL
    assert Family.objects.get().resources == [CAL, CONTACTS]


def test_8707_2_2_a_code_buys_a_token_for_all_or_for_some(client: Application) -> None:
    code = code_for(client, CAL, CONTACTS)

    assert aud(code.redeem().body["access_token"]) == [CAL, CONTACTS]


def test_8707_2_2_each_refresh_may_be_for_another_of_them(client: Application) -> None:
    first = code_for(client, CAL, CONTACTS).redeem(resource=CAL).body

    def refresh(refresh_token: str, **changes: object) -> dict[str, str]:
        return token(client, "refresh_token", refresh_token=refresh_token, **changes).body

    second = refresh(first["refresh_token"], resource=CONTACTS)
    third = refresh(second["refresh_token"])
    refused = refresh(third["refresh_token"], resource="https://files.example.com/")
    assert aud(second["access_token"]) == CONTACTS
    assert aud(third["access_token"]) == [CAL, CONTACTS]
    assert refused["error"] == "invalid_target"
    assert aud(refresh(third["refresh_token"], resource=[CONTACTS, CAL])["access_token"]) == [CONTACTS, CAL]


@pytest.mark.parametrize("more", ["https://files.example.com/", ISSUER, "https://nobody.example/"])
def test_8707_2_2_what_was_not_authorized_is_invalid_target_and_loses_nothing(client: Application, more: str) -> None:
    code = get_code(client, resource=CAL)

    for resource in (more, [CAL, more]):
        answer = code.redeem(resource=resource)
        assert (answer.status, answer.body["error"]) == (400, "invalid_target")
    tokens = code.redeem()
    assert tokens.status == 200


def test_8707_2_2_a_grant_that_names_none_is_for_our_own_api_by_its_name(client: Application) -> None:
    code = get_code(client)
    assert code.redeem(resource=CAL).body["error"] == "invalid_target"
    tokens = code.redeem(resource=ISSUER)
    assert aud(tokens.body["access_token"]) == ISSUER


def test_8707_2_2_a_refresh_too(client: Application) -> None:
    person = signed_in(client)

    assert person.refresh(resource=f"{ISSUER}/graphql").body["error"] == "invalid_target"
    assert person.refresh(resource=CAL).body["error"] == "invalid_target"
    assert aud(person.refresh(resource=ISSUER).body["access_token"]) == ISSUER


def test_8707_2_an_empty_one_is_none(client: Application) -> None:
    assert aud(get_code(client, resource="").redeem(resource="").body["access_token"]) == ISSUER


def test_8707_nothing_is_advertised_for_it_since_nothing_is_defined() -> None:
    told = Client().get("/.well-known/oauth-authorization-server").json()

    assert not [name for name in told if "resource" in name]
