"""A YAML file as plain values: no tags, nothing that stands twice, and no more of it than somebody has written."""

import re
from typing import Final

import yaml

from oauth_ext.configuration import paths
from oauth_ext.configuration.errors import ConfigurationError, Problems, whole

MAX_BYTES: Final = 256 * 1024
MAX_NODES: Final = 50_000  # with what aliases repeat
MAX_DEPTH: Final = 20
NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]{0,17})")
# What YAML's errors quote of a file, but for its own marks
QUOTED: Final = re.compile(r""" (?:'(?!<)[^']{2,}'|"(?!<)[^"]{2,}")""")
TAG: Final = "tag:yaml.org,2002:"
SENTENCES: Final = {
    "merge": "Merge keys are not supported.",
    "float": "It is no whole number; in quotes it is a string.",
    "timestamp": "It is read as a date; in quotes it is a string.",
}


class Bad:
    """Stands for a value that was complained of already."""


BAD: Final = Bad()
Value = str | int | bool | None | Bad | list["Value"] | dict[str, "Value"]


def parse(data: bytes, problems: Problems) -> dict[str, Value]:
    """Return the mapping that a file holds, and note what stands in it that nobody can mean.

    Raises `ConfigurationError` for what is no YAML, with line and column, and for what is too much.
    """
    if len(data) > MAX_BYTES:
        raise whole(f"The file has more than {MAX_BYTES} bytes.")
    node = _compose(data)
    if not isinstance(node, yaml.MappingNode):
        raise whole("The file must be a mapping of sections.")
    return _Builder(problems).mapping(node, "", 0)


def _compose(data: bytes) -> yaml.Node | None:
    try:
        return yaml.compose(data.decode("utf-8-sig"), Loader=yaml.SafeLoader)
    except UnicodeDecodeError as error:
        line, column = _place(data[: error.start].decode("utf-8", "replace"))
        raise whole(f"line {line}, column {column}: It is not UTF-8.") from None
    except yaml.reader.ReaderError as error:
        line, column = _place(data.decode("utf-8-sig")[: error.position])
        raise whole(f"line {line}, column {column}: A character that YAML can't hold.") from None
    except yaml.MarkedYAMLError as error:
        raise _malformed(error) from None
    except (RecursionError, ValueError, OverflowError):
        raise whole("It is nested too deeply, or has an escape that is no character.") from None


def _place(before: str) -> tuple[int, int]:
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def _malformed(error: yaml.MarkedYAMLError) -> ConfigurationError:
    """Say where, and what in YAML's words, but nothing of the file: what stands there may be a secret."""
    mark = error.problem_mark or error.context_mark
    where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    return whole(f"{where}It is not YAML: {QUOTED.sub('', error.problem or 'malformed')}.")


class _Builder:
    """Walks the nodes, and counts them."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._left = MAX_NODES

    def mapping(self, node: yaml.MappingNode, path: str, depth: int) -> dict[str, Value]:
        """Return its values by key; the first of a key that stands twice."""
        values: dict[str, Value] = {}
        for key_node, value_node in node.value:
            key = self._key(key_node, path)
            if key is None:
                continue
            # under a section stand names, which are the operator's
            place = paths.entry(path, key) if depth == 1 else paths.field(path, key)
            if key in values:
                self._problems.add(place, f"It stands twice, again in line {key_node.start_mark.line + 1}.")
            value = self._value(value_node, place, depth + 1)
            values.setdefault(key, value)
        return values

    def _key(self, node: yaml.Node, path: str) -> str | None:
        if not isinstance(node, yaml.ScalarNode) or node.tag != f"{TAG}str":
            line = node.start_mark.line + 1
            merge = SENTENCES["merge"] if node.tag == f"{TAG}merge" else "It is no string; in quotes it is one."
            self._problems.add(path, f"The key in line {line}: {merge}")
            return None
        key = self._scalar(node, path)
        return key if isinstance(key, str) else None

    def _value(self, node: yaml.Node, path: str, depth: int) -> Value:
        self._left -= 1
        if self._left < 0 or depth > MAX_DEPTH:
            raise whole(f"It holds more than {MAX_NODES} values, or is nested more than {MAX_DEPTH} times.")
        if isinstance(node, yaml.MappingNode) and node.tag == f"{TAG}map":
            return self.mapping(node, path, depth)
        if isinstance(node, yaml.SequenceNode) and node.tag == f"{TAG}seq":
            return [self._value(child, paths.entry(path, at), depth + 1) for at, child in enumerate(node.value)]
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path)
        return self._refuse(path, "Tags are not supported.")

    def _scalar(self, node: yaml.ScalarNode, path: str) -> Value:
        kind, text = node.tag.removeprefix(TAG), str(node.value)
        if kind == "str":
            # neither can be kept: PostgreSQL's text has no NUL, and no encoding half a pair
            if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
                return self._refuse(path, "It holds a NUL, or half a surrogate pair.")
            return text
        if kind == "null":
            return None
        if kind == "bool":
            return yaml.SafeLoader.bool_values.get(text.lower(), BAD)
        if kind == "int" and NUMBER.fullmatch(text):
            return int(text)
        sentence = SENTENCES.get(kind, "Tags are not supported." if kind != "int" else SENTENCES["float"])
        return self._refuse(path, sentence)

    def _refuse(self, path: str, sentence: str) -> Bad:
        self._problems.add(path, sentence)
        return BAD
