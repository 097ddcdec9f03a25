"""What the API's account and administration need: scopes for the roles, and by what people know their sign-ins."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

EVERYBODY = ["account:read", "account:write"]
ADMINISTRATOR = ["users:read", "sessions:read", "sessions:write"]


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
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
