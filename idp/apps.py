"""The app of people, sessions and what serves them."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_out

MINUTE, HOUR = 60, 3600


class IdpConfig(AppConfig):
    """Users, sessions, sign-in, outbox, limits and operations."""

    name = "idp"
    verbose_name = "Identity"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the rooms with what they answer to."""
        # models are not there before
        from django.contrib.sessions.models import Session as StoredSession  # noqa: PLC0415

        from idp.audit.retention import cut_old, erase_old_networks  # noqa: PLC0415
        from idp.audit.sealing import seal_closed  # noqa: PLC0415
        from idp.factors import authenticator_app, ceremony  # noqa: PLC0415
        from idp.factors.models import AuthenticatorApp  # noqa: PLC0415
        from idp.ops import probes, sealed_columns  # noqa: PLC0415
        from idp.outbox import services as outbox  # noqa: PLC0415
        from idp.outbox.cleaning import clean_messages  # noqa: PLC0415
        from idp.outbox.models import OutboxMessage  # noqa: PLC0415
        from idp.outbox.registry import every, register  # noqa: PLC0415
        from idp.providers import client_authentication as at_providers  # noqa: PLC0415
        from idp.providers.models import IdentityProvider  # noqa: PLC0415
        from idp.ratelimit.cleaning import clean_buckets  # noqa: PLC0415
        from idp.sessions import store  # noqa: PLC0415
        from idp.sessions.cleaning import clean_sessions  # noqa: PLC0415
        from idp.sessions.lapses import end_lapsed, end_overtaken  # noqa: PLC0415
        from idp.sessions.services import end_on_logout  # noqa: PLC0415
        from idp.signin import emails, invitations, mail, notices, pending, resets  # noqa: PLC0415
        from idp.users import deletion, email_codes  # noqa: PLC0415
        from idp.users.emails import CHANGED, CODE_WANTED  # noqa: PLC0415
        from idp.users.invitations import INVITED  # noqa: PLC0415
        from idp.users.invitations import clean as clean_invitations  # noqa: PLC0415
        from idp.users.notices import TOPIC as NOTICE  # noqa: PLC0415
        from idp.users.services import TRUST_ENDED  # noqa: PLC0415

        sealed_columns.register(OutboxMessage, "payload", purpose=outbox.PURPOSE, bound_to="topic")
        sealed_columns.register(StoredSession, "session_data", purpose=store.PURPOSE, bound_to="session_key")
        sealed_columns.register(AuthenticatorApp, "secret", purpose=authenticator_app.PURPOSE, bound_to="user_id")
        sealed_columns.register(IdentityProvider, "secret", purpose=at_providers.SECRET_PURPOSE, bound_to="name")
        sealed_columns.register(IdentityProvider, "private_key", purpose=at_providers.KEY_PURPOSE, bound_to="name")
        register(mail.TOPIC, mail.send)
        register(resets.TOPIC, resets.answer)
        register(pending.TOPIC, pending.mail)
        register(CODE_WANTED, emails.mail_code)
        register(CHANGED, emails.mail_change)
        register(INVITED, invitations.mail_link)
        register(NOTICE, notices.mail)
        register(TRUST_ENDED, end_overtaken)
        user_logged_out.connect(end_on_logout)
        every(MINUTE, "seal the trail", seal_closed)
        every(HOUR, "cut the trail", cut_old)
        every(HOUR, "erase networks", erase_old_networks)
        every(MINUTE, "end lapsed sessions", end_lapsed)
        every(HOUR, "clean messages", clean_messages)
        every(HOUR, "delete accounts", deletion.delete_due)
        every(HOUR, "clean sessions", clean_sessions)
        every(HOUR, "clean email codes", email_codes.clean)
        every(HOUR, "clean challenges", ceremony.clean)
        every(HOUR, "clean invitations", clean_invitations)
        every(MINUTE, "clean buckets", clean_buckets)
        probes.register("database", probes.database)
        probes.register("migrations", probes.migrations)
        probes.register("cache", probes.cache)
