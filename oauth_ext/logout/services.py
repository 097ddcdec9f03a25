"""Signing out: by a client that sends the browser here, and by a token. `sessions.end` is the one act in both."""

from django.db import transaction

from idp.models import Session, User
from idp.sessions import services as sessions
from idp.users import services as users
from oauth_ext.claims.subjects import sid_for
from oauth_ext.families import services as families
from oauth_ext.families.models import EndReason
from oauth_ext.logout.request import LogoutRequest
from oauth_ext.tokens import services as tokens
from oauth_ext.tokens.services import Judged


def must_ask(wanted: LogoutRequest, session: Session) -> bool:
    """Whether the person must confirm: unless the client shows an ID token of this very session (§2, T56)."""
    if wanted.client_id is None or wanted.sid is None:
        return True
    return wanted.sid != sid_for(session.sid, wanted.client_id)


def logout_by_token(judged: Judged) -> None:
    """End what the token hangs on and the browser session it came from, with all that belongs to that session.

    A client's own token ends alone. So does one got by exchange: who acts for somebody signs nobody out.
    """
    with transaction.atomic():
        if judged.family_id is None or judged.chain:
            tokens.revoke_judged(judged)
            return
        families.end(judged.family_id, EndReason.SIGNED_OUT)
        if judged.session_pk is not None:
            sessions.end(judged.session_pk)


def logout_everywhere(judged: Judged) -> None:
    """End every session, grant and token of the person whose own token it is; raises `LookupError` without one."""
    if judged.user_pk is None:
        raise LookupError
    users.sign_out_everywhere(User.objects.get(pk=judged.user_pk))
