"""Revocation (RFC 7009): one token revoked ends its family; what is not the client's own changes nothing."""

from datetime import UTC, datetime

from django.db import transaction

from idp.audit import services as audit
from idp.audit.services import Event, Party
from oauth_ext.clients.rows import ClientRow
from oauth_ext.errors import InvalidToken
from oauth_ext.families import refresh_token
from oauth_ext.families import services as families
from oauth_ext.families.models import EndReason
from oauth_ext.tokens.judging import Judged, judge
from oauth_ext.tokens.models import RevokedToken


def revoke(token: str, client: ClientRow) -> None:
    """End what a token stands for, if it is this client's; a refresh token may be old (its family lives or not).

    Says nothing of what it found: the answer is 200 for all (RFC 7009 §2.2).
    """
    if refresh_token.is_meant(token):
        if found := families.find(families.ask(token), client):
            families.end(found.row.pk, EndReason.REVOKED)
        return
    try:
        judged = judge(token, any_audience=True)
    except InvalidToken:
        return
    if judged.client_pk == client.pk:
        revoke_judged(judged)


def revoke_judged(judged: Judged) -> None:
    """End the family of a token already judged.

    Of a client's own token, and of one got by exchange, remember the `jti` until it would end: what was exchanged from
    it dies with it, and the person's family, which is another client's, lives on.
    """
    if judged.family_id is not None and not judged.chain:
        families.end(judged.family_id, EndReason.REVOKED)
        return
    until = datetime.fromtimestamp(judged.exp, tz=UTC)
    with transaction.atomic():
        RevokedToken.objects.bulk_create([RevokedToken(jti=judged.jti, expires_at=until)], ignore_conflicts=True)
        audit.record(Event.TOKEN_REVOKED, {"jti": judged.jti}, about=Party(judged.user_sub, judged.client_id))
