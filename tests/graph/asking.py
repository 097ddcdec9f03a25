"""Callers of the API with tokens of each kind, and a way to ask."""

import json
import secrets
from collections.abc import Sequence
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from idp.models import Session, User
from oauth_ext.clients.models import Application
from oauth_ext.clients.rows import ClientRow, load
from oauth_ext.families.models import Family
from oauth_ext.scopes import catalogue
from oauth_ext.tokens import access_token
from tests.factories import make_client, make_user

GRAPHQL_RESPONSE = "application/graphql-response+json"


class World:
    """A person, a client and tokens: made when a test first asks for them."""

    acr = "aal1"  # how people signed in

    @cached_property
    def user(self) -> User:
        user = make_user("alice", email="alice@example.com")
        user.first_name, user.last_name = "Alice", "Liddell"
        user.save(update_fields=["first_name", "last_name"])
        return user

    @cached_property
    def app(self) -> Application:
        return make_client("app", scopes=list(catalogue()))

    @cached_property
    def service(self) -> Application:
        return make_client(
            "service",
            client_type="confidential",
            grant_types=["client_credentials"],
            redirect_uris=[],
            scopes=list(catalogue()),
        )

    def session(self, user: User) -> Session:
        now, later = timezone.now(), timezone.now() + timedelta(hours=1)
        return Session.objects.create(
            user=user, user_epoch=user.epoch, auth_time=now, acr=self.acr, idle_end=later, absolute_end=later
        )

    def family(self, user: User, scopes: Sequence[str], session: Session | None = None) -> Family:
        return Family.objects.create(
            user=user,
            client=self.app,
            session=session,
            offline=session is None,
            user_epoch=user.epoch,
            client_epoch=self.app.epoch,
            issuer=settings.ISSUER_URL,
            scopes=list(scopes),
            salt=secrets.token_bytes(16),
            auth_time=timezone.now(),
            acr=self.acr,
            expires_at=timezone.now() + timedelta(hours=1),
        )

    def token_of(self, family: Family, *resources: str, jkt: str = "") -> str:
        assert family.user is not None
        subject = access_token.Subject(str(family.user.sub), family.pk, family.auth_time, family.acr)
        return access_token.for_user(self._row(self.app), subject, family.scopes, resources, jkt=jkt).token

    @cached_property
    def admin(self) -> User:
        return make_user("root", role="admin")

    def token(self, *scopes: str, user: User | None = None, resources: Sequence[str] = (), jkt: str = "") -> str:
        return self.token_of(self.family(user or self.user, scopes), *resources, jkt=jkt)

    def service_token(self, *scopes: str) -> str:
        return access_token.for_client(self._row(self.service), scopes, (), jkt="").token

    def _row(self, app: Application) -> ClientRow:
        row, _ = load(app.client_id)
        assert row is not None
        return row


def bearer(token: str | None) -> dict[str, str]:
    return {} if token is None else {"authorization": f"Bearer {token}"}


def post(query: str, token: str | None = None, *, accept: str = GRAPHQL_RESPONSE, **body: object):
    """POST a document; the headers of the caller are those of a well-behaved client."""
    return post_raw(json.dumps({"query": query, **body}), headers={"accept": accept, **bearer(token)})


def post_raw(
    body: str | bytes,
    *,
    headers: dict[str, str] | None = None,
    content_type: str = "application/json",
    path: str = "/graphql",
):
    return Client(enforce_csrf_checks=True).post(path, body, content_type=content_type, headers=headers)


def asked(query: str, token: str | None, **variables: object) -> dict[str, Any]:
    """What a document answers, which must be without errors."""
    response = post(query, token, variables=variables)
    body = json.loads(response.content)
    assert "errors" not in body, body
    data: dict[str, Any] = body["data"]
    return data


def codes(response: HttpResponse) -> list[str]:
    return [error["extensions"]["code"] for error in json.loads(response.content).get("errors", [])]
