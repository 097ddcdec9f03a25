"""Token exchange (RFC 8693): a service that got a token gets one of its own for it, which is worth no more.

No row is written but the trail's: the new token hangs on what the subject token hangs on, and there is no refreshing.
"""

from typing import Final, NamedTuple

from idp.audit import services as audit
from idp.audit.services import Event, Party
from oauth_ext import scopes
from oauth_ext.claims.subjects import sub_for
from oauth_ext.clients.exchange import policy_of
from oauth_ext.clients.models import GrantType
from oauth_ext.clients.rows import ClientRow
from oauth_ext.dpop import services as dpop
from oauth_ext.errors import InvalidRequest, InvalidTarget, InvalidToken, UnauthorizedClient
from oauth_ext.grants import exchange_policy
from oauth_ext.grants.exchange_policy import Exchange, Granted, Refused
from oauth_ext.grants.request import TokenRequest
from oauth_ext.parameters import Parameters
from oauth_ext.resources.services import MAX_RESOURCES, is_well_formed
from oauth_ext.tokens import access_token
from oauth_ext.tokens.access_token import Issued, Origin
from oauth_ext.tokens.services import Judged, judge

ACCESS_TOKEN: Final = "urn:ietf:params:oauth:token-type:access_token"  # RFC 8693 §3


def respond(request: TokenRequest) -> dict[str, object]:
    """Return an access token for what was given (RFC 8693 §2.2.1); raises the RFC's errors by name.

    What the client's policy refuses is recorded before the refusal, what it grants before the answer.
    """
    client = request.client(GrantType.TOKEN_EXCHANGE)
    if client.is_public:
        raise UnauthorizedClient
    given = Given.read(request.parameters)
    proof = request.proof(client)
    jkt = dpop.thumbprint(proof)
    subject = _live("subject_token", given.subject_token, client)
    actor = None if given.actor_token is None else _live("actor_token", given.actor_token, client)
    exchange = Exchange(client, policy_of(client.pk), subject, actor, given.scopes, given.resources, jkt)
    try:
        granted = exchange_policy.decide(exchange)
    except Refused as refused:
        _record(Event.TOKEN_EXCHANGE_REFUSED, exchange, {"error": refused.error.error, "why": refused.why})
        raise refused.error from refused
    issued = _issue(exchange, granted)
    dpop.use_once(proof)
    _record(
        Event.TOKEN_EXCHANGED,
        exchange,
        {
            "jti": issued.jti,
            "scope": " ".join(granted.scopes),
            "resources": granted.resources,
            "impersonation": granted.impersonates,
        },
    )
    return {
        "access_token": issued.token,
        "issued_token_type": ACCESS_TOKEN,
        "token_type": issued.token_type,
        "expires_in": issued.expires_in,
        "scope": " ".join(granted.scopes),
    }


class Given(NamedTuple):
    """The parameters of an exchange (RFC 8693 §2.1): well formed, and not judged."""

    subject_token: str
    actor_token: str | None
    scopes: list[str] | None
    resources: list[str]

    @classmethod
    def read(cls, parameters: Parameters) -> "Given":
        """Read them; raises `InvalidRequest`, `InvalidTarget` and `InvalidScope`.

        An `audience` is named as a `resource` is: by its URI.
        """
        subject_token, actor_token = parameters.require("subject_token"), parameters.get("actor_token")
        _check_type("subject_token_type", parameters.require("subject_token_type"))
        if actor_token is not None:
            _check_type("actor_token_type", parameters.require("actor_token_type"))
        elif "actor_token_type" in parameters:
            raise InvalidRequest("The parameter actor_token_type is there without actor_token.")
        _check_type("requested_token_type", parameters.get("requested_token_type") or ACCESS_TOKEN)
        uris = list(dict.fromkeys(parameters.list("resource") + parameters.list("audience")))
        if len(uris) > MAX_RESOURCES or not all(map(is_well_formed, uris)):
            raise InvalidTarget
        scope = parameters.get("scope")
        return cls(subject_token, actor_token, None if scope is None else scopes.asked(scope, ()), uris)


def _check_type(name: str, value: str) -> None:
    if value != ACCESS_TOKEN:
        raise InvalidRequest(f"The parameter {name} must be {ACCESS_TOKEN}.")


def _live(name: str, token: str, client: ClientRow) -> Judged:
    """Judge a token that was given; raises `InvalidRequest`, as RFC 8693 §2.2.2 wants it."""
    try:
        return judge(token, any_audience=True, owner=client.client_id)
    except InvalidToken as error:
        raise exchange_policy.not_acceptable(name) from error


def _issue(exchange: Exchange, granted: Granted) -> Issued:
    client, subject = exchange.client, exchange.subject
    sub = subject.sub
    if subject.user_pk is not None and subject.user_sub is not None:
        sub = sub_for(client, subject.user_pk, subject.user_sub)
    origin = Origin(
        sub, subject.family_id, subject.client_epoch, subject.auth_time, subject.acr, granted.act, granted.links
    )
    return access_token.by_exchange(
        client, origin, granted.scopes, granted.resources, jkt=exchange.jkt, not_after=granted.not_after
    )


def _record(event: Event, exchange: Exchange, details: dict[str, object]) -> None:
    actor, subject = exchange.actor, exchange.subject
    audit.record(
        event,
        {"given": [token.jti for token in (subject, actor) if token], "asked": exchange.resources, **details},
        by=Party(actor.user_sub if actor else None, exchange.client.client_id),
        about=Party(subject.user_sub, "" if subject.user_sub else subject.sub),
    )
