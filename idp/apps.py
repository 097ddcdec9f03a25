"""The app of people, sessions and what serves them."""

from django.apps import AppConfig


class IdpConfig(AppConfig):
    """Users, sessions, sign-in, outbox, limits and operations."""

    name = "idp"
    verbose_name = "Identity"
    default_auto_field = "django.db.models.BigAutoField"
