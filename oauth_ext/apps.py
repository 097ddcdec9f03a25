"""The app of clients, grants, tokens and keys."""

from django.apps import AppConfig
from django.apps.registry import Apps
from django.db.models.signals import post_migrate


class OAuthExtConfig(AppConfig):
    """The authorization server."""

    name = "oauth_ext"
    verbose_name = "Authorization server"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell `idp` what there is to do here: keys to be born, rows to be cleaned, keys to be probed."""
        post_migrate.connect(_after_migrate, sender=self)


def _after_migrate(*, apps: Apps, **_: object) -> None:
    from oauth_ext.keys.services import ensure_keys  # noqa: PLC0415  # models are not there before

    # `migrate idp`, say, ends before there is a table for them
    if "signingkey" in apps.all_models["oauth_ext"]:
        ensure_keys()
