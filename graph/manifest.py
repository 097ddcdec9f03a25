"""Manifests of trusted documents: each document with its identifier, in a file that a client's build writes.

`python -m graph.manifest DIRECTORY` prints that of the `*.graphql` files below a directory, in Apollo's format.
"""

import hashlib
import sys
from pathlib import Path

import orjson
from graphql import OperationDefinitionNode, parse

PREFIX = "sha256:"
FORMAT = "apollo-persisted-query-manifest"


def document_id(text: str) -> str:
    """Return the identifier of a document: the hash of its UTF-8, so that other spacing makes another document.

    `sha256:` and the hex digest, as GraphQL over HTTP's appendix on persisted documents writes it.
    """
    return PREFIX + hashlib.sha256(text.encode()).hexdigest()


def read(path: Path) -> dict[str, str]:
    """Return the texts of a manifest by their identifiers; it is Apollo's, or an object from hash to text.

    Raises `OSError`, and `ValueError` for what is no manifest, or has a hash that isn't its text's.
    """
    manifest = orjson.loads(path.read_bytes())
    try:
        apollo = manifest.get("format") == FORMAT
        written = {each["id"]: each["body"] for each in manifest["operations"]} if apollo else manifest
        texts = {PREFIX + identifier.removeprefix(PREFIX): text for identifier, text in written.items()}
        wrong = [identifier for identifier, text in texts.items() if identifier != document_id(text)]
    except (AttributeError, LookupError, TypeError) as error:
        raise ValueError("neither Apollo's manifest nor an object from hash to text") from error
    if wrong:
        raise ValueError(f"{wrong[0]} is not the hash of its document")
    return texts


def write(directory: Path) -> bytes:
    """Return the manifest of the documents below a directory; each has one operation, which has a name."""
    operations = []
    for path in sorted(directory.rglob("*.graphql")):
        text = path.read_text(encoding="utf-8")
        (operation,) = (node for node in parse(text).definitions if isinstance(node, OperationDefinitionNode))
        name = operation.name.value if operation.name else path.stem
        operations.append({"id": document_id(text), "name": name, "type": operation.operation.value, "body": text})
    manifest = {"format": FORMAT, "version": 1, "operations": operations}
    return orjson.dumps(manifest, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


if __name__ == "__main__":
    sys.stdout.buffer.write(write(Path(sys.argv[1])))
