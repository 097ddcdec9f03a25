"""Seals of the trail, and what its triggers let through: erasing a network, and deleting what a cut seal covers."""

import django.utils.timezone
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TRAIL, SEALS = "idp_auditevent", "idp_auditseal"
SENTENCE = "the trail is append-only"
KEPT = ("id", "at", "event", "by_user", "by_client", "for_user", "for_client", "details")
SEALED = ("until", "events", "content", "previous", "digest", "sealed_at")
CUT = f"(SELECT max(until) FROM {SEALS} WHERE cut_at IS NOT NULL)"


def _same(columns: tuple[str, ...], word: str) -> str:
    return " AND ".join(f"NEW.{name} {word} OLD.{name}" for name in columns)


def _allowed(word: str) -> dict[tuple[str, str], str]:
    """Return what is allowed of each act, `word` comparing values of which both may be null."""
    return {
        (TRAIL, "UPDATE"): f"NEW.network = '' AND {_same(KEPT, word)}",
        (TRAIL, "DELETE"): f"OLD.at < {CUT}",
        (SEALS, "UPDATE"): f"OLD.cut_at IS NULL AND {_same(SEALED, word)}",
        (SEALS, "DELETE"): "1 = 0",
    }


def guard(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Put the triggers in the place of those that refused all."""
    if schema_editor.connection.vendor == "postgresql":
        for act in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER {TRAIL}_no_{act} ON {TRAIL}")
        for (table, act), allowed in _allowed("IS NOT DISTINCT FROM").items():
            name, row = f"{table}_no_{act.lower()}", "NEW" if act == "UPDATE" else "OLD"
            schema_editor.execute(
                f"""CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF {allowed} THEN RETURN {row}; END IF; RAISE EXCEPTION '{SENTENCE}'; END $$"""
            )
            schema_editor.execute(
                f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
            )
        return
    for act in ("update", "delete"):
        schema_editor.execute(f"DROP TRIGGER {TRAIL}_no_{act}")
    for (table, act), allowed in _allowed("IS").items():
        schema_editor.execute(
            f"""CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table}
            WHEN NOT coalesce({allowed}, 0) BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"""
        )


def release(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Put back those of `0003_audit_trail`, which refuse all."""
    postgresql = schema_editor.connection.vendor == "postgresql"
    for table, act in _allowed("IS"):
        name = f"{table}_no_{act.lower()}"
        schema_editor.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if postgresql else ""))
        if postgresql:
            schema_editor.execute(f"DROP FUNCTION {name}()")
    for act in ("UPDATE", "DELETE"):
        does = (
            f"FOR EACH STATEMENT EXECUTE FUNCTION {TRAIL}_refuse()"
            if postgresql
            else f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
        )
        schema_editor.execute(f"CREATE TRIGGER {TRAIL}_no_{act.lower()} BEFORE {act} ON {TRAIL} {does}")


class Migration(migrations.Migration):
    """A table, an index, and the triggers."""

    dependencies = [("idp", "0006_administrator_scopes")]

    operations = [
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                ("until", models.DateTimeField(primary_key=True, serialize=False)),
                ("events", models.PositiveIntegerField()),
                ("content", models.CharField(max_length=64)),
                ("previous", models.CharField(max_length=64, unique=True)),
                ("digest", models.CharField(max_length=64)),
                ("sealed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("cut_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "seal of the trail",
                "verbose_name_plural": "seals of the trail",
                "indexes": [
                    models.Index(condition=models.Q(("cut_at__isnull", False)), fields=["until"], name="idp_audit_cut")
                ],
            },
        ),
        migrations.AddIndex(
            "auditevent",
            models.Index(
                condition=models.Q(("network", ""), _negated=True), fields=["at"], name="idp_audit_network"
            ),
        ),
        migrations.RunPython(guard, release),
    ]
