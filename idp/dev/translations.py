"""What the pages and mails say in other languages: found in the sources, written down, compiled.

`python -m idp.dev.translations` brings the catalogue of each language up to date and compiles it; what is new in it has
no translation yet, and a test asks for one. Babel does what GNU gettext would: nothing has to be on the machine.
"""

import io
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

BASE: Final = Path(__file__).parent.parent.parent
ROOMS: Final = ("idp", "oauth_ext", "graph")
LOCALE: Final = BASE / "idp" / "locale"
LANGUAGES: Final = ("de",)  # beside English, which the sources are written in
KEYWORDS: Final = {**DEFAULT_KEYWORDS, "gettext_lazy": None, "ngettext_lazy": (1, 2)}
PREFIX: Final = re.compile(r"\bu(?=['\"])")

Message = str | tuple[str, ...]


def found() -> dict[Message, list[str]]:
    """Return every message of the sources, in the order of their places, and the files that it is in."""
    messages: dict[Message, list[str]] = {}
    for path in sorted(path for room in ROOMS for path in (BASE / room).rglob("*")):
        place = str(path.relative_to(BASE))
        for message in _in(path):
            if place not in messages.setdefault(message, []):
                messages[message].append(place)
    return messages


def catalogue(language: str) -> Catalog:
    """Return the catalogue of a language: what is in the sources, as far as it was translated."""
    known = _read(language)
    fresh = Catalog(locale=language, project="Gatehouse", charset="utf-8", fuzzy=False)
    fresh.mime_headers = known.mime_headers
    for message, places in found().items():
        before = known.get(message if isinstance(message, str) else message[0])
        fresh.add(message, before.string if before else None, locations=[(place, 0) for place in places])
    return fresh


def written(language: str) -> bytes:
    """Return the catalogue as a file; the same sources make the same bytes."""
    file = io.BytesIO()
    # no dates, and no numbers of lines: neither is a change
    write_po(file, catalogue(language), width=120, omit_header=False, include_lineno=False)
    return b"\n".join(line for line in file.getvalue().split(b"\n") if not line.startswith(DATED))


DATED: Final = (b'"POT-Creation-Date', b'"PO-Revision-Date', b'"Generated-By', b'"Last-Translator', b"# ", b"#\n")


def compiled(language: str) -> bytes:
    """Return what Django reads."""
    catalog = _read(language)
    catalog.creation_date = catalog.revision_date = datetime(2026, 1, 1, tzinfo=UTC)  # the same bytes each time
    file = io.BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def path_of(language: str, ending: str) -> Path:
    """Return where it lies; `ending` is `po` or `mo`."""
    return LOCALE / language / "LC_MESSAGES" / f"django.{ending}"


def write() -> None:
    """Bring all of it up to date."""
    for language in LANGUAGES:
        path_of(language, "po").write_bytes(written(language))
        path_of(language, "mo").write_bytes(compiled(language))


def _read(language: str) -> Catalog:
    path = path_of(language, "po")
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _in(path: Path) -> Iterator[Message]:
    if path.suffix == ".py" and "migrations" not in path.parts:
        source = path.read_bytes()
    elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
        source = _python_of(path.read_text(encoding="utf-8"))
    else:
        return
    for _line, message, _comments, _context in extract("python", io.BytesIO(source), keywords=KEYWORDS):
        yield tuple(message) if isinstance(message, (tuple, list)) else str(message)


def _python_of(template: str) -> bytes:
    """Return a template as Django shows it to gettext: its messages as calls, all else as noise."""
    from django.utils.translation.template import templatize  # noqa: PLC0415 - wants settings

    lines = (PREFIX.sub("", line.strip()) for line in templatize(template).splitlines())
    return "\n".join(lines).encode()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "idp.settings")
    write()
