"""The app of people, sessions and what serves them."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_out


class IdpConfig(AppConfig):
    """Users, sessions, sign-in, outbox, limits and operations."""

    name = "idp"
    verbose_name = "Identity"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the rooms with what they answer to."""
        from idp.sessions.services import end_on_logout  # noqa: PLC0415 - models are not there before

        user_logged_out.connect(end_on_logout)
