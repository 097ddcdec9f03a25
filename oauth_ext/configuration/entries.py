"""One entry of the file, its fields taken one by one; what nobody has taken is unknown."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from oauth_ext.configuration import paths
from oauth_ext.configuration.document import BAD, Bad
from oauth_ext.configuration.errors import Problems

_ABSENT: Final = object()
_NONE: Final[Mapping[str, str]] = MappingProxyType({})


class Entry:
    """A mapping at a path. Each of its methods notes what is wrong, and returns what stands there, or None."""

    def __init__(self, value: object, path: str, problems: Problems, sentence: str = "It must be a mapping.") -> None:
        """Begin with nothing taken; what is no mapping is complained of."""
        self.path = path
        self.misshapen: set[str] = set()
        self._problems = problems
        self._left: dict[str, object] = dict(value) if isinstance(value, dict) else {}
        if not isinstance(value, dict | Bad):
            problems.add(path, sentence)

    def __contains__(self, name: str) -> bool:
        return name in self._left

    def place(self, name: str, at: int | None = None) -> str:
        """Return the path of a field, or of an entry of its list."""
        path = paths.field(self.path, name)
        return path if at is None else paths.entry(path, at)

    def text(self, name: str) -> str | None:
        """Return a string."""
        value = self._take(name)
        if isinstance(value, str):
            return value
        self._refuse(name, value, "It must be a string.")
        return None

    def flag(self, name: str) -> bool | None:
        """Return true or false."""
        value = self._take(name)
        if isinstance(value, bool):
            return value
        self._refuse(name, value, "It must be true or false.")
        return None

    def number(self, name: str) -> int | None:
        """Return a whole number."""
        value = self._take(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        self._refuse(name, value, "It must be a whole number.")
        return None

    def texts(self, name: str) -> list[str] | None:
        """Return a list of strings."""
        value = self._take(name)
        if not isinstance(value, list):
            self._refuse(name, value, "It must be a list.")
            return None
        texts = [member for member in value if isinstance(member, str)]
        if len(texts) == len(value):
            return texts
        self.misshapen.add(name)
        for at, member in enumerate(value):
            if not isinstance(member, str | Bad):
                self._problems.add(self.place(name, at), "It must be a string.")
        return None

    def mapping(self, name: str) -> dict[str, object] | None:
        """Return a mapping, whatever it holds, as JSON has it."""
        value = self._take(name)
        if isinstance(value, dict) and not _holds_bad(value):
            return dict(value)
        self._refuse(name, BAD if isinstance(value, dict) else value, "It must be a mapping.")
        return None

    def entries(self, name: str) -> "list[Entry]":
        """Return a list of mappings, whose fields are taken in their turn; none where there is no list."""
        value = self._take(name)
        if not isinstance(value, list):
            self._refuse(name, value, "It must be a list.")
            return []
        return [Entry(member, self.place(name, at), self._problems) for at, member in enumerate(value)]

    def within(self, name: str, sentence: str) -> "Entry | None":
        """Return a mapping whose fields are taken in their turn; `sentence` is said of what is none."""
        value = self._take(name)
        return None if value is _ABSENT else Entry(value, self.place(name), self._problems, sentence)

    def end(self, sentences: Mapping[str, str] = _NONE) -> None:
        """Complain of what is left; of some names by a sentence of their own. Values are not shown."""
        for name in self._left:
            self._problems.add(self.place(name), sentences.get(name, "It is unknown."))

    def _take(self, name: str) -> object:
        return self._left.pop(name, _ABSENT)

    def _refuse(self, name: str, value: object, sentence: str) -> None:
        if value is _ABSENT:
            return
        self.misshapen.add(name)
        if not isinstance(value, Bad):
            self._problems.add(self.place(name), sentence)


def _holds_bad(value: object) -> bool:
    if isinstance(value, dict):
        return any(_holds_bad(member) for member in value.values())
    return any(_holds_bad(member) for member in value) if isinstance(value, list) else isinstance(value, Bad)
