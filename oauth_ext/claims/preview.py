"""What a client would be told of a person, and why: for who looks after both. Nothing is issued, signed or written."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from django.conf import settings

from idp.users import services as users
from idp.users.models import User
from oauth_ext import scopes
from oauth_ext.claims.services import userinfo
from oauth_ext.claims.subjects import known_sub
from oauth_ext.clients.models import Application
from oauth_ext.tokens import access_token
from oauth_ext.tokens.services import Judged


class Verdict(StrEnum):
    """What becomes of a scope that is asked for."""

    GRANTED = "granted"
    UNKNOWN = "unknown"
    CLIENT_LACKS = "client_lacks"
    ROLE_LACKS = "role_lacks"


class Preview(NamedTuple):
    """Each scope's verdict, the claims of the access token and of userinfo; without them, why there is no token."""

    scopes: list[tuple[str, Verdict]]
    access_token: Mapping[str, object] | None
    userinfo: Mapping[str, object] | None
    refusal: str


def preview(client: Application, person: User, names: Sequence[str]) -> Preview:
    """Return what asking for these scopes would lead to, once the person has allowed it.

    The person is one of `users.everybody`. The access token's claims are those that don't depend on when and by which
    sign-in it is got; `sub` is left out where the client's sector has not met the person yet.
    """
    verdicts = [(name, _verdict(name, client, person)) for name in dict.fromkeys(names)]
    granted = [name for name, verdict in verdicts if verdict is Verdict.GRANTED]
    if refusal := _refusal(client, person, verdicts, granted):
        return Preview(verdicts, None, None, refusal)
    sub = known_sub(client, person.pk, person.sub)
    own = {} if sub is None else {"sub": sub}
    claims = access_token.told(client.client_id, own, granted, client.default_resources)
    return Preview(verdicts, claims, _told(client, person, sub, granted), "")


def _verdict(name: str, client: Application, person: User) -> Verdict:
    if name not in scopes.catalogue():
        return Verdict.UNKNOWN
    if name not in client.scopes:
        return Verdict.CLIENT_LACKS
    allowed = scopes.allowed(client.scopes, person.role.scopes)
    return Verdict.GRANTED if name in allowed else Verdict.ROLE_LACKS


def _refusal(client: Application, person: User, verdicts: Sequence[tuple[str, Verdict]], granted: Sequence[str]) -> str:
    if not person.is_active:
        return "The account is switched off."
    if not client.is_active:
        return "The client is switched off."
    if any(verdict is Verdict.UNKNOWN for _, verdict in verdicts):
        return "invalid_scope: a scope that nobody knows refuses the whole request."
    return "" if granted or not verdicts else "invalid_scope: nothing is left of what is asked for."


def _told(client: Application, person: User, sub: str | None, granted: Sequence[str]) -> dict[str, object]:
    judged = Judged(
        client_pk=client.pk,
        client_id=client.client_id,
        sub=sub or "",
        scopes=tuple(granted),
        aud=[settings.ISSUER_URL],
        exp=0,
        iat=0,
        jti="",
        username=person.username,
        email=person.email,
        email_verified=users.email_verified(person),
        first_name=person.first_name,
        last_name=person.last_name,
        role=person.role.name,
    )
    return userinfo(judged)
