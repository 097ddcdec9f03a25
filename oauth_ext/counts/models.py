"""What clients did, by the day."""

from django.conf import settings
from django.db import models


class Kind(models.TextChoices):
    """What is counted."""

    REFRESH = "refresh", "Refreshes that were answered with tokens"
    CHECK = "check", "Checks that found a token good"


class ClientCount(models.Model):
    """How often a client did something on a day of UTC; no row: never."""

    day = models.DateField(db_index=True)
    # No constraint in the database: a client that is deleted while its numbers are written stands in nobody's way.
    client = models.ForeignKey(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    kind = models.CharField(max_length=16, choices=Kind.choices)
    number = models.PositiveBigIntegerField()

    class Meta:
        """One row for what is counted together; by the client first, as it is asked for."""

        constraints = (
            models.UniqueConstraint(fields=["client", "day", "kind"], name="oauth_ext_clientcount_once"),
            models.CheckConstraint(condition=models.Q(number__gt=0), name="oauth_ext_clientcount_counted"),
        )

    def __str__(self) -> str:
        return f"{self.day} {self.kind}"
