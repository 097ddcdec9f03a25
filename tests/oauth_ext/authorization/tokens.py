"""ID tokens as a client would hold them, made by the product's own keys."""

import time

from django.conf import settings

from idp.models import User
from oauth_ext.claims.subjects import sub_for
from oauth_ext.clients.models import Application
from oauth_ext.keys import services as keys


def signed(client: Application, user: User, *, typ: str, **claims: object) -> str:
    now = int(time.time())
    return keys.sign(
        client.algorithm,
        {
            "iss": settings.ISSUER_URL,
            "sub": sub_for(client, user.pk, user.sub),
            "aud": client.client_id,
            "iat": now - 7200,
            "exp": now + 600,
            **claims,
        },
        typ=typ,
    )


def id_token(client: Application, user: User, **claims: object) -> str:
    return signed(client, user, typ="JWT", **claims)
