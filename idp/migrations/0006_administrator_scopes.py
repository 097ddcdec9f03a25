"""What the administrator's role may do since there is something to do it with."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

ADMINISTRATOR = ["revocations:read", "users:impersonate", "keys:write"]


def seed(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Add what is new to `admin`, where there is such a role."""
    for role in apps.get_model("idp", "Role").objects.filter(name="admin"):
        role.scopes = [*role.scopes, *(name for name in ADMINISTRATOR if name not in role.scopes)]
        role.save(update_fields=["scopes"])


class Migration(migrations.Migration):
    """The seed alone."""

    dependencies = [("idp", "0005_account_scopes")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
