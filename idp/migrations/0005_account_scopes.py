"""What the API's account and administration need: scopes for the roles, and by what people know their sign-ins."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

EVERYBODY = ["account:read", "account:write"]
ADMINISTRATOR = [
    "users:read",
    "users:write",
    "roles:write",
    "clients:read",
    "clients:write",
    "keys:read",
    "sessions:read",
    "sessions:write",
    "audit:read",
]

EVENTS = [
    ("signed_in", "Signed In"),
    ("signed_in_again", "Signed In Again"),
    ("sign_in_failed", "Sign In Failed"),
    ("session_ended", "Session Ended"),
    ("user_created", "User Created"),
    ("profile_changed", "Profile Changed"),
    ("password_set", "Password Set"),
    ("role_set", "Role Set"),
    ("role_created", "Role Created"),
    ("role_changed", "Role Changed"),
    ("user_deactivated", "User Deactivated"),
    ("user_activated", "User Activated"),
    ("signed_out_everywhere", "Signed Out Everywhere"),
    ("consent_given", "Consent Given"),
    ("consent_revoked", "Consent Revoked"),
    ("granted", "Granted"),
    ("grant_ended", "Grant Ended"),
    ("token_revoked", "Token Revoked"),
    ("token_exchanged", "Token Exchanged"),
    ("token_exchange_refused", "Token Exchange Refused"),
    ("client_registered", "Client Registered"),
    ("client_changed", "Client Changed"),
    ("client_disabled", "Client Disabled"),
    ("client_enabled", "Client Enabled"),
    ("client_trust_set", "Client Trust Set"),
    ("client_secret_added", "Client Secret Added"),
    ("key_changed", "Key Changed"),
]


def seed(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Let every role there is grant what is about its holder alone, and `admin` what is about everybody."""
    for role in apps.get_model("idp", "Role").objects.all():
        wanted = [*EVERYBODY, *(ADMINISTRATOR if role.name == "admin" else [])]
        role.scopes = [*role.scopes, *(name for name in wanted if name not in role.scopes)]
        role.save(update_fields=["scopes"])


class Migration(migrations.Migration):
    """Two columns, and the seed."""

    dependencies = [("idp", "0004_recipients_and_idle_ends")]

    operations = [
        migrations.AddField("session", "user_agent", models.CharField(blank=True, default="", max_length=256)),
        migrations.AddField("session", "network", models.CharField(blank=True, default="", max_length=64)),
        # choices alone: no database changes its table for it, so on SQLite the triggers stay
        migrations.AlterField("auditevent", "event", models.CharField(choices=EVENTS, max_length=64)),
        migrations.AddIndex("auditevent", models.Index(fields=["event", "at"], name="idp_audit_event")),
        migrations.AddIndex(
            "user",
            models.Index(fields=["username_key"], opclasses=["varchar_pattern_ops"], name="idp_user_name_begins"),
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
