"""Lifetimes of a client's own."""

from datetime import timedelta

import pytest
from django.utils import timezone

from oauth_ext.families.models import Family
from tests.factories import authorization_parameters, make_client, make_user, pkce, sign_in
from tests.oauth_ext.token_endpoint import basic, post, signed_in, token

pytestmark = pytest.mark.django_db


def test_an_access_token_lives_as_the_client_is_registered():
    client = make_client(
        client_type="confidential",
        trusted=True,
        grant_types=["authorization_code", "refresh_token", "client_credentials"],
        access_token_expire_seconds=120,
    )
    person = signed_in(client)
    for tokens in (person.tokens, person.refresh().body, token(client, "client_credentials").body):
        assert tokens["expires_in"] == 120
        told = post("/o/introspect/", token=tokens["access_token"], authorization=basic("app")).body
        assert int(told["exp"]) - int(told["iat"]) == 120


def test_a_grant_ends_as_the_client_is_registered():
    client = make_client(trusted=True, refresh_token_max_age_seconds=3600)
    person = signed_in(client, scope="openid offline_access")
    left = Family.objects.get().expires_at - timezone.now()
    assert timedelta(minutes=59) < left <= timedelta(hours=1)
    told = post("/o/introspect/", client=client, token=person.refresh_token).body
    assert int(told["exp"]) <= (timezone.now() + timedelta(hours=1)).timestamp()


def test_without_its_own_the_deployments_hold(settings):
    settings.ACCESS_TOKEN_EXPIRE_SECONDS, settings.REFRESH_TOKEN_MAX_AGE_SECONDS = 45, 86400
    person = signed_in()
    assert person.tokens["expires_in"] == 45
    assert Family.objects.get().expires_at <= timezone.now() + timedelta(days=1)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(60, "for a minute,"), (5400, "up to 90 minutes"), (86400, "for a day,"), (3 * 86400, "up to 3 days")],
)
def test_T15_the_page_says_how_long_this_client_may(client, seconds, words):
    sign_in(client, make_user())
    app = make_client(refresh_token_max_age_seconds=seconds)
    parameters = authorization_parameters(app, pkce().challenge, scope="openid offline_access")
    page = client.get(client.get("/o/authorize/", parameters).headers["Location"]).content.decode()
    assert words in page
