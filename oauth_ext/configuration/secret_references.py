"""Where a secret is: in a variable of the environment or in a file. It is never in the configuration itself."""

import os
from pathlib import Path
from typing import Final

from oauth_ext.configuration.entries import Entry
from oauth_ext.configuration.errors import Problems

MAX_BYTES: Final = 4096
LITERAL: Final = "A secret doesn't stand here: write secret: {env: NAME} or secret: {file: PATH}."
# What a secret is called by who writes it down nevertheless
LITERALS: Final = dict.fromkeys(("client_secret", "value", "literal"), LITERAL)


class _Missing(Exception):
    """There is none; the words say why."""


def fetch(entry: Entry, folder: Path, problems: Problems) -> str | None:
    """Return the secret that an entry's `secret` refers to, or None; a PATH is reckoned from the file's folder.

    What is noted names the place in the file alone: what stands there may be a secret.
    """
    reference = entry.within("secret", LITERAL)
    if reference is None:
        return None
    entry.misshapen.add("secret")  # until there is one
    if ("env" in reference) == ("file" in reference):
        problems.add(reference.path, LITERAL)
    variable, file = reference.text("env"), reference.text("file")
    reference.end(LITERALS)
    if variable is None and file is None:
        return None
    try:
        return _from_environment(variable) if file is None else _from_file(folder / file)
    except _Missing as error:
        problems.add(reference.place("env" if file is None else "file"), str(error))
        return None


def _from_environment(name: str | None) -> str:
    if name is None or name not in os.environ:
        raise _Missing("There is no such variable in the environment.")
    return _judged(os.environ[name])


def _from_file(path: Path) -> str:
    try:
        # a pipe would be waited for
        if path.exists() and not path.is_file():
            raise _Missing("It is not a file.")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        text = data.decode()
    except OSError as error:
        raise _Missing(f"The file can't be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise _Missing("The file is not UTF-8.") from None
    if len(data) > MAX_BYTES:
        raise _Missing(f"The file has more than {MAX_BYTES} bytes.")
    return _judged(text.rstrip("\r\n"))


def _judged(secret: str) -> str:
    if not secret or not secret.isprintable():
        raise _Missing("What is there is empty, or holds control characters.")
    return secret
