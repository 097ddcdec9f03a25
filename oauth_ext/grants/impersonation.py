"""Impersonation: who looks after accounts gets a token that speaks for a person, for a reason that is written down.

It is a token got by exchange (RFC 8693) of the administrator's own, which names them as the one who acts (§4.1): it is
worth no more than either has, is never a recent sign-in, is not refreshed, and dies with the administrator's own grant.
What it hangs on is a family of its own, which the person sees beside their others, and can end.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from idp.audit import services as audit
from idp.audit.services import Event, Party
from idp.users.models import User
from oauth_ext import scopes
from oauth_ext.claims.subjects import sub_for
from oauth_ext.clients import lifetimes, rows
from oauth_ext.errors import InvalidScope, InvalidToken
from oauth_ext.families import refresh_token
from oauth_ext.families import services as families
from oauth_ext.families.models import Family, FamilyKind
from oauth_ext.tokens import access_token
from oauth_ext.tokens.access_token import Issued, Origin
from oauth_ext.tokens.chain import Link
from oauth_ext.tokens.services import Judged


class Impersonation(NamedTuple):
    """The token, and the family that it hangs on."""

    issued: Issued
    family: Family


def impersonate(acting: Judged, person: User, wanted: Sequence[str], reason: str) -> Impersonation:
    """Issue the token; whether `acting` may do this to the person was judged before.

    Raises `InvalidScope` for what the person's role or the client lacks, or, of power over others, the acting one's
    token; `InvalidToken` for a token that is not a person's own, or whose client was switched off meanwhile.
    """
    client, _ = rows.load(acting.client_id)
    if client is None or acting.family_id is None or acting.chain:
        raise InvalidToken
    own = (*scopes.COMMON, *scopes.OWN)  # about the person alone: that they may is what this is for
    allowed = scopes.within(wanted, ((*own, *acting.scopes), scopes.allowed(client.scopes, person.role.scopes)))
    if not wanted or allowed != list(wanted) or "offline_access" in wanted:
        raise InvalidScope
    family = Family(
        kind=FamilyKind.IMPERSONATION,
        user_id=person.pk,
        client_id=client.pk,
        offline=True,
        user_epoch=person.epoch,
        client_epoch=client.epoch,
        issuer=settings.ISSUER_URL,
        scopes=list(wanted),
        acr=acting.acr or "",  # of whoever acts: what a role or a client demands is demanded of them
        salt=refresh_token.new_salt(),
        rotates=False,
        expires_at=timezone.now() + timedelta(seconds=lifetimes.of_access_token(client)),
    )
    origin = Origin(
        sub_for(client, person.pk, person.sub),
        family.pk,
        None,
        None,
        None,
        {"sub": acting.sub},
        (Link(client.client_id, client.epoch, (acting.jti,), acting.family_id),),
    )
    with transaction.atomic():
        families.begin(family, client_id=client.client_id, user_sub=person.sub)
        issued = access_token.by_exchange(
            client, origin, wanted, (), jkt=acting.jkt or "", not_after=int(family.expires_at.timestamp())
        )
        details = {"family": str(family.pk), "jti": issued.jti, "scopes": list(wanted), "reason": reason}
        by = Party(acting.user_sub, client.client_id)
        audit.record(Event.IMPERSONATED, details, by=by, about=Party(person.sub, client.client_id))
    return Impersonation(issued, family)
