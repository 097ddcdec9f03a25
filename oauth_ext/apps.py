"""The app of clients, grants, tokens and keys."""

from corsheaders.signals import check_request_enabled
from django.apps import AppConfig
from django.apps import apps as installed
from django.apps.registry import Apps
from django.db.models.signals import post_migrate

MINUTE, HOUR = 60, 3600


class OAuthExtConfig(AppConfig):
    """The authorization server."""

    name = "oauth_ext"
    verbose_name = "Authorization server"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell `idp` what there is to do here: clients to be told, keys to be born and probed, rows to be cleaned."""
        # models are not there before
        from idp.ops import probes, sealed_columns  # noqa: PLC0415
        from idp.outbox.services import every, register  # noqa: PLC0415
        from idp.sessions.services import ENDED  # noqa: PLC0415
        from oauth_ext.authorization.cleaning import clean_codes, clean_requests  # noqa: PLC0415
        from oauth_ext.authorization.device.cleaning import clean_device_grants  # noqa: PLC0415
        from oauth_ext.cors import is_of_client  # noqa: PLC0415
        from oauth_ext.counts.cleaning import clean_counts  # noqa: PLC0415
        from oauth_ext.families.cleaning import clean_families, tell_share_of_dead  # noqa: PLC0415
        from oauth_ext.keys import ring  # noqa: PLC0415
        from oauth_ext.keys import services as keys  # noqa: PLC0415
        from oauth_ext.keys.models import SigningKey  # noqa: PLC0415
        from oauth_ext.logout import backchannel  # noqa: PLC0415
        from oauth_ext.registration import tokens as initial_access_tokens  # noqa: PLC0415
        from oauth_ext.registration.cleaning import clean_clients  # noqa: PLC0415
        from oauth_ext.replay.cleaning import clean_used  # noqa: PLC0415
        from oauth_ext.tokens.cleaning import clean_revoked_tokens  # noqa: PLC0415

        check_request_enabled.connect(is_of_client)
        post_migrate.connect(_after_migrate, sender=self)
        sealed_columns.register(SigningKey, "private_sealed", purpose=ring.PURPOSE, bound_to="kid")
        register(ENDED, backchannel.announce)
        register(backchannel.TOPIC, backchannel.tell)
        probes.register("signing keys", keys.check)
        every(HOUR, "signing keys", keys.advance)
        every(HOUR, "clean authorization requests", clean_requests)
        every(HOUR, "clean authorization codes", clean_codes)
        every(HOUR, "clean device grants", clean_device_grants)
        every(HOUR, "clean counts", clean_counts)
        every(HOUR, "clean token families", clean_families)
        every(HOUR, "tell the share of dead families", tell_share_of_dead)
        every(HOUR, "clean clients", clean_clients)
        every(HOUR, "clean initial access tokens", initial_access_tokens.clean)
        every(HOUR, "clean revoked tokens", clean_revoked_tokens)
        every(MINUTE, "clean what was used once", clean_used)


def _after_migrate(*, apps: Apps = installed, **_: object) -> None:
    from oauth_ext.keys.services import ensure_keys  # noqa: PLC0415  # models are not there before

    # `migrate idp`, say, ends before there is a table for them
    if "signingkey" in apps.all_models["oauth_ext"]:
        ensure_keys()
