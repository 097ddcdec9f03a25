"""The logout token (OIDC Back-Channel Logout §2.4): made when it is sent, kept nowhere."""

import secrets
import time
import uuid

from django.conf import settings

from oauth_ext.claims.subjects import sid_for, sub_for
from oauth_ext.clients.models import Application
from oauth_ext.keys import services as keys

TYPE = "logout+jwt"
EVENT = "http://schemas.openid.net/event/backchannel-logout"
LIFE_SECONDS = 120


def logout_token(client: Application, user_pk: int, sub: uuid.UUID, sid: uuid.UUID) -> str:
    """Sign that a session of a person has ended, both by the client's own names, as its ID tokens are signed."""
    now = int(time.time())
    claims: dict[str, object] = {
        "iss": settings.ISSUER_URL,
        "aud": client.client_id,
        "iat": now,
        "exp": now + LIFE_SECONDS,
        "jti": secrets.token_urlsafe(16),
        "events": {EVENT: {}},
        "sub": sub_for(client, user_pk, sub),
        "sid": sid_for(sid, client.client_id),
    }
    return keys.sign(client.algorithm, claims, typ=TYPE)
