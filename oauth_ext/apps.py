"""The app of clients, grants, tokens and keys."""

from django.apps import AppConfig


class OAuthExtConfig(AppConfig):
    """The authorization server."""

    name = "oauth_ext"
    verbose_name = "Authorization server"
    default_auto_field = "django.db.models.BigAutoField"
