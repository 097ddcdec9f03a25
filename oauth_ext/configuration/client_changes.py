"""What differs between the clients of the file and those registered."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Final

from django.db.models import QuerySet

from oauth_ext.clients import services as clients
from oauth_ext.clients.models import Application
from oauth_ext.clients.narrowing import ends_trust
from oauth_ext.configuration import paths
from oauth_ext.configuration.changes import Change, Difference, Kind, Overtaken
from oauth_ext.configuration.client_fields import NAMES, ordered, written
from oauth_ext.configuration.clients import SECTION, ClientWanted
from oauth_ext.registration.services import rewrite

OVERLAP: Final = timedelta(days=1)  # as long as `rotate_client_secret` lets the secret before live
ENDS: Final = "all that it holds ends, and what people allowed it"
ANOTHER_SECRET: Final = "it gets another secret; the one before works for a day"
SWITCHED_OFF: Final = "it is switched off, and all that it holds ends"


def compare(wanted: Mapping[str, ClientWanted]) -> list[Change]:
    """Return what is to be made and changed."""
    there = {row.client_id: row for row in Application.objects.filter(client_id__in=wanted)}
    changes = []
    for client_id, want in wanted.items():
        row = there.get(client_id)
        change = _change(row, want) if row else _creation(want)
        if change.differences or change.note:
            changes.append(change)
    return changes


def surplus(wanted: Mapping[str, ClientWanted]) -> list[Change]:
    """Return which clients are to be switched off; their rows stay, for what hangs on them."""
    return [
        Change(Kind.REMOVE, paths.entry(SECTION, row.client_id), partial(clients.disable, row), note=SWITCHED_OFF)
        for row in unmentioned(wanted).order_by("client_id")
    ]


def unmentioned(wanted: Mapping[str, ClientWanted]) -> QuerySet[Application]:
    """Return the clients that the file could have, and hasn't, though they are switched on."""
    ours = Application.objects.filter(registration_source=Application.RegistrationSource.MANUAL, is_active=True)
    return ours.exclude(client_id__in=wanted)


def _creation(want: ClientWanted) -> Change:
    def act() -> None:
        client, _ = clients.create(want.spec, want.sector, secret=want.secret)
        if not want.enabled:
            clients.disable(client)

    differences = [Difference(name, None, value) for name, value in written(want.spec)]
    if not want.enabled:
        differences.append(Difference("enabled", None, want.enabled))
    return Change(Kind.CREATE, _path(want), act, differences)


def _change(row: Application, want: ClientWanted) -> Change:
    names = clients.differences(row, want.spec, secret=want.secret)
    columns = [name for name in names if name in NAMES]
    differences = [
        Difference(NAMES[name], ordered(name, getattr(row, name)), ordered(name, getattr(want.spec, name)))
        for name in columns
    ]
    if row.is_active != want.enabled:
        differences.append(Difference("enabled", row.is_active, want.enabled))
    ends = bool(columns) and ends_trust(row, want.spec, want.sector)
    notes = {ENDS: ends, SWITCHED_OFF: row.is_active and not want.enabled, ANOTHER_SECRET: "secret" in names}
    secret = want.secret if "secret" in names else None
    act = _changing(row, want, rewrites=bool(columns), ends=ends, secret=secret)
    return Change(Kind.CHANGE, _path(want), act, differences, "; ".join(note for note, holds in notes.items() if holds))


def _changing(
    row: Application, want: ClientWanted, *, rewrites: bool, ends: bool, secret: str | None
) -> Callable[[], None]:
    def act() -> None:
        if want.enabled and not row.is_active:
            clients.enable(row)
            row.refresh_from_db()
        if rewrites and not rewrite(row, want.spec, want.sector, ends=ends):
            raise Overtaken
        row.refresh_from_db()
        if secret is not None:
            clients.add_secret(row, secret, overlap=OVERLAP)
        if row.is_active and not want.enabled:
            clients.disable(row)

    return act


def _path(want: ClientWanted) -> str:
    return paths.entry(SECTION, want.spec.client_id)
