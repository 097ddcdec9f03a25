"""Who may exchange what, for what, and as whom: never more than either party has (RFC 8693 §1.1, §5)."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from oauth_ext import scopes
from oauth_ext.clients.exchange import ExchangePolicy
from oauth_ext.clients.rows import ClientRow
from oauth_ext.errors import InvalidRequest, InvalidScope, InvalidTarget, OAuthError
from oauth_ext.resources import services as resources
from oauth_ext.tokens import chain
from oauth_ext.tokens.chain import Link
from oauth_ext.tokens.services import Judged


class Exchange(NamedTuple):
    """An exchange that is asked for: by whom, of which live tokens, and what is wanted; `scopes` None for all.

    `jkt` is the key that the client proved to hold, or empty.
    """

    client: ClientRow
    policy: ExchangePolicy
    subject: Judged
    actor: Judged | None
    scopes: list[str] | None
    resources: list[str]
    jkt: str


class Granted(NamedTuple):
    """What an exchange gets. `act` is None where the client stands in the subject's place; `not_after` is seconds."""

    scopes: list[str]
    resources: list[str]
    act: Mapping[str, object] | None
    links: tuple[Link, ...]
    not_after: int
    impersonates: bool


class Refused(Exception):
    """The policy says no: the error for the client, and the reason, for the trail alone."""

    def __init__(self, error: OAuthError, why: str) -> None:
        """Keep both."""
        self.error, self.why = error, why
        super().__init__(why)


def decide(exchange: Exchange) -> Granted:
    """Judge an exchange of live tokens; raises `Refused`, and `InvalidTarget` for a resource that nobody knows."""
    client, subject, actor = exchange.client, exchange.subject, exchange.actor
    _check_parties(client, subject, actor)
    _check_keys(exchange)
    impersonates = actor is None and exchange.policy.may_impersonate
    return Granted(
        scopes=_scopes(exchange),
        resources=_resources(exchange),
        act=subject.act if impersonates else _act(client, subject, actor),
        links=(*subject.chain, _link(client, subject, actor)),
        not_after=min(token.exp for token in (subject, actor) if token),
        impersonates=impersonates,
    )


def not_acceptable(name: str) -> InvalidRequest:
    """Return the error for a token that can't be exchanged: one for dead ones and for other people's (§2.2.2)."""
    return InvalidRequest(f"The parameter {name} is not a live access token that this client may exchange.")


def _check_parties(client: ClientRow, subject: Judged, actor: Judged | None) -> None:
    """Demand a subject token that was issued to the client, or that it received as the owner of a resource."""
    if subject.client_pk != client.pk and not subject.owned:
        raise Refused(not_acceptable("subject_token"), "the subject token is another client's, and for none of its own")
    if len(subject.chain) >= chain.LONGEST:
        raise Refused(not_acceptable("subject_token"), "the subject token was exchanged too often")
    if actor is not None and (actor.client_pk != client.pk or actor.chain):
        raise Refused(not_acceptable("actor_token"), "the actor token is not the client's own")


def _check_keys(exchange: Exchange) -> None:
    """Demand the key of a bound token that is the client's own (RFC 9449): stolen from it, it buys nothing here either.

    What the client received as a resource's owner is bound to somebody else's key, who proved it when he presented it.
    """
    subject, actor = exchange.subject, exchange.actor
    if subject.jkt and not subject.owned and subject.jkt != exchange.jkt:
        raise Refused(not_acceptable("subject_token"), "the subject token is bound to another key")
    if actor is not None and actor.jkt and actor.jkt != exchange.jkt:
        raise Refused(not_acceptable("actor_token"), "the actor token is bound to another key")


def _scopes(exchange: Exchange) -> list[str]:
    """Return what is left of the subject token's scopes by the client's list and by what the actor has.

    Nothing is refreshed with this token, so `offline_access` is never among them.
    """
    client, subject, actor, wanted = exchange.client, exchange.subject, exchange.actor, exchange.scopes
    lists: list[Sequence[str]] = [client.scopes]
    if actor is not None:
        # the common five tell of a person: a client's own token has none, and still may act where they are read
        lists.append(actor.scopes if actor.user_pk is not None else [*scopes.COMMON, *actor.scopes])
    left = [name for name in scopes.within(subject.scopes, lists) if name != "offline_access"]
    if wanted is None:
        return left
    if not set(wanted) <= set(left):
        raise Refused(InvalidScope(), "more scopes than subject, client and actor have together")
    return wanted


def _resources(exchange: Exchange) -> list[str]:
    """Return the targets: part of the subject token's own, or of those that the client is registered for."""
    subject, allowed = exchange.subject, exchange.policy.resources
    if not set(exchange.resources) <= {*subject.aud, *allowed}:
        raise Refused(InvalidTarget(), "a resource that the client is not registered for")
    return resources.require(exchange.resources) or subject.aud


def _act(client: ClientRow, subject: Judged, actor: Judged | None) -> Mapping[str, object]:
    """Return the `act` claim (§4.1): who acts now, and within it who acted before."""
    acting = {"sub": client.client_id if actor is None else actor.sub}
    return acting if subject.act is None else {**acting, "act": subject.act}


def _link(client: ClientRow, subject: Judged, actor: Judged | None) -> Link:
    given = (subject.jti,) if actor is None else (subject.jti, actor.jti)
    return Link(client.client_id, client.epoch, given, None if actor is None else actor.family_id)
