"""`python -m tests.bench.plain_dot.seed`: make tables and rows; print as JSON what a client needs to know of them."""

import json
import secrets
from datetime import timedelta

import django
from django.core.management import call_command
from django.utils import timezone

from tests.bench.loads import CONNECTIONS, ROUNDS, Seeds, challenge, codes_for
from tests.bench.talking import REDIRECT_URI

SECRET = "a-generated-secret-of-forty-three-characters"


def seed() -> Seeds:
    """Alice, two clients, and as many tokens and codes as a run presents."""
    from django.contrib.auth import get_user_model
    from oauth2_provider.models import AccessToken, Application, Grant, RefreshToken

    call_command("migrate", verbosity=0)
    alice = get_user_model().objects.create(username="alice")
    common = {"redirect_uris": REDIRECT_URI, "algorithm": "RS256"}
    app = Application.objects.create(
        client_id="app", client_type="public", authorization_grant_type="authorization-code", **common
    )
    machine = {"client_type": "confidential", "authorization_grant_type": "client-credentials"}
    Application.objects.create(client_id="machine", client_secret=SECRET, **machine, **common)
    owned = {"user": alice, "application": app, "scope": "openid profile"}
    owned["expires"] = timezone.now() + timedelta(hours=1)
    access = [AccessToken.objects.create(token=secrets.token_urlsafe(32), **owned) for _ in range(2 * CONNECTIONS)]
    refresh = [
        RefreshToken.objects.create(
            token=secrets.token_urlsafe(32), user_id=alice.pk, application_id=app.pk, access_token_id=token.pk
        )
        for token in access[CONNECTIONS:]
    ]
    verifier = secrets.token_urlsafe(32)
    asked = {"code_challenge": challenge(verifier), "code_challenge_method": "S256", "redirect_uri": REDIRECT_URI}
    codes = [Grant(code=secrets.token_urlsafe(32), **asked, **owned) for _ in range(codes_for(ROUNDS))]
    Grant.objects.bulk_create(codes)
    return Seeds(
        secret=SECRET,
        access_tokens=[token.token for token in access[:CONNECTIONS]],
        refresh_tokens=[token.token for token in refresh],
        codes=[(grant.code, verifier) for grant in codes],
    )


if __name__ == "__main__":
    django.setup()
    print(json.dumps(seed()._asdict()))
