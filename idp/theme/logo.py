"""The operator's logo: one small image file, read at the start and served by us.

Never from another host: every visit of a sign-in page would be told to it. In an `<img>` an SVG runs no scripts.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MAX_BYTES: Final = 256 * 1024
TYPES: Final = {
    ".png": ("image/png", b"\x89PNG\r\n\x1a\n"),
    ".jpg": ("image/jpeg", b"\xff\xd8\xff"),
    ".jpeg": ("image/jpeg", b"\xff\xd8\xff"),
    ".webp": ("image/webp", b"RIFF"),
    ".svg": ("image/svg+xml", b"<"),
}


@dataclass(frozen=True)
class Logo:
    """An image: `name` is its own, by its content, with the ending of its file."""

    name: str
    type: str
    content: bytes


def read(base: Path, written: str) -> Logo | None:
    """Return the image in a file, by its path from `base`; None where none is named. Raises ValueError with why not."""
    if not written:
        return None
    path = base / written
    ending = path.suffix.lower()
    if ending not in TYPES:
        raise ValueError(f"not a path that ends in {', '.join(TYPES)}")
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ValueError(f"can't be read ({error.strerror})") from None
    if len(content) > MAX_BYTES:
        raise ValueError(f"larger than {MAX_BYTES // 1024} KiB")
    kind, begins = TYPES[ending]
    if not content.lstrip().startswith(begins):
        raise ValueError(f"not an image of the type {kind}")
    return Logo(hashlib.sha256(content).hexdigest()[:16] + ending, kind, content)
