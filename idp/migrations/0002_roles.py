"""Seed the two roles that every deployment has."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

ROLES = {
    "user": ("Someone who signs in.", []),
    "admin": (
        "Someone who looks after the others.",
        ["roles:read", "tokens:introspect"],
    ),
}


def seed(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Create the roles that are not there."""
    role = apps.get_model("idp", "Role")
    for name, (description, scopes) in ROLES.items():
        role.objects.get_or_create(name=name, defaults={"description": description, "scopes": scopes})


class Migration(migrations.Migration):
    """The roles `user` and `admin`."""

    dependencies = [("idp", "0001_initial")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
