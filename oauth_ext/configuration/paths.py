"""Where in the file something stands: `clients[spa].redirect_uris[0]`."""

LONGEST = 80  # characters of a key, where a path shows it


def entry(path: str, key: str | int) -> str:
    """Return the path of what has a name, or a place in a list."""
    return f"{path}[{shown(key) if isinstance(key, str) else key}]"


def field(path: str, key: str) -> str:
    """Return the path of what stands under a word of the format."""
    return f"{path}.{shown(key)}" if path else shown(key)


def shown(key: str) -> str:
    """Return a key as it can be printed in one line."""
    short = key if len(key) <= LONGEST else f"{key[:LONGEST]}…"
    return short if short.isprintable() else ascii(short)[1:-1]
