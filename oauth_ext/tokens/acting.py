"""Who is behind a token, for the trail."""

import uuid

from oauth_ext.families.models import Family
from oauth_ext.tokens.judging import Judged


def acting_person(judged: Judged) -> uuid.UUID | None:
    """Return the own subject of the person who acts: whose token it is, or, of one got by exchange, the last actor's.

    None where a client acts. One statement for a token that a person got by exchange, none for others.
    """
    if not judged.chain:
        return judged.user_sub
    actor = judged.chain[-1].actor
    if actor is None:
        return None
    return Family.objects.filter(pk=actor).values_list("user__sub", flat=True).first()
