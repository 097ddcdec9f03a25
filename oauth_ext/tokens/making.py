"""Making a personal access token: who holds a token of a person gives away a part of what that one may, for longer."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from oauth_ext import scopes
from oauth_ext.errors import InvalidPersonalToken, InvalidToken
from oauth_ext.families import refresh_token
from oauth_ext.families import services as families
from oauth_ext.families.models import Family, FamilyKind
from oauth_ext.families.standing import standing
from oauth_ext.tokens import personal
from oauth_ext.tokens.judging import Judged

MOST: Final = 100  # of one person
LONGEST_NAME: Final = 100


class Wanted(NamedTuple):
    """What somebody wants: what they call it, what it may do, and when it ends."""

    name: str
    scopes: Sequence[str]
    expires_at: datetime


def make(maker: Judged, wanted: Wanted) -> tuple[Family, str]:
    """Make one and return its family and the token, for this one time; raises `InvalidPersonalToken`.

    It stands as long as what the maker's own token hangs on (person, client, consent), but not on their sign-in.
    """
    if found := problems(maker, wanted):
        raise InvalidPersonalToken(found)
    if maker.family_id is None or maker.user_sub is None:
        raise InvalidToken
    with transaction.atomic():
        parent = Family.objects.filter(standing(timezone.now(), settings.ISSUER_URL), pk=maker.family_id).first()
        if parent is None:
            raise InvalidToken
        if families.of_user(parent.user_id or 0).filter(kind=FamilyKind.PERSONAL).count() >= MOST:
            raise InvalidPersonalToken([("name", f"There are {MOST} already: end one first.")])
        pk = uuid.uuid4()
        token, digest = personal.make(pk)
        family = Family(
            pk=pk,
            kind=FamilyKind.PERSONAL,
            user_id=parent.user_id,
            client_id=parent.client_id,
            consent_id=parent.consent_id,
            offline=True,
            user_epoch=parent.user_epoch,
            client_epoch=parent.client_epoch,
            issuer=parent.issuer,
            scopes=list(dict.fromkeys(wanted.scopes)),
            acr=parent.acr,  # what a role or a client demands is demanded of it, too
            name=wanted.name.strip(),
            token_digest=digest,
            salt=refresh_token.new_salt(),
            rotates=False,
            expires_at=wanted.expires_at,
        )
        families.begin(family, client_id=maker.client_id, user_sub=maker.user_sub)
    return family, token


def problems(maker: Judged, wanted: Wanted) -> list[tuple[str, str]]:
    """Return all that is wrong, as (field, sentence) pairs."""
    found = []
    if maker.sector:
        found.append(("name", "A client that knows people by names of its own makes none."))
    if not wanted.name.strip() or len(wanted.name) > LONGEST_NAME or not wanted.name.isprintable():
        found.append(("name", f"It must be 1 to {LONGEST_NAME} printable characters."))
    if not wanted.scopes or not all(name in scopes.catalogue() for name in wanted.scopes):
        found.append(("scopes", "At least one, and all of them known."))
    elif not maker.allows(*wanted.scopes):
        found.append(("scopes", "It would be allowed more than the token by which it is made."))
    if wanted.expires_at.tzinfo is None:
        return [*found, ("expires_at", "It needs an offset from UTC.")]
    now, longest = timezone.now(), timedelta(seconds=settings.PERSONAL_ACCESS_TOKEN_MAX_AGE_SECONDS)
    if not now < wanted.expires_at <= now + longest:
        found.append(("expires_at", f"It must be in the future, at most {longest.days} days from now."))
    return found
