"""Time passes for the keys: what their rows say happened is put back."""

from datetime import timedelta

from django.db.models import F

from oauth_ext.keys.models import SigningKey


def let_pass(time: timedelta) -> None:
    SigningKey.objects.update(
        created_at=F("created_at") - time, activated_at=F("activated_at") - time, retired_at=F("retired_at") - time
    )
