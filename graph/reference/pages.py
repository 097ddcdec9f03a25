"""The pages of the reference: docs/reference, in Markdown."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from graphql import GraphQLObjectType, get_named_type

from graph.errors import OVER_HTTP, Code
from graph.reference.codes import meaning
from graph.reference.contract import contract, declared, operations, payloads, root_fields
from graph.reference.examples import Example, read
from graph.reference.tables import about, inputs, link, table, table_of_fields
from graph.reference.types import types_page
from graph.reference.words import scopes, who_may

WRITTEN: Final = "Written by `manage.py graphql_reference` from the schema and from [examples](examples)."
PAGE_OF_TYPES: Final = "types.md"
HEAD: Final = f"""\
# The GraphQL schema

{WRITTEN}
For programs, the contract is [schema.graphql](../../schema.graphql).

A request is a `POST` to `/graphql`, its body `application/json` with `query` and `variables`, its token in the header
`Authorization: Bearer …`, or with [DPoP](../guides/dpop.md). Instead of `query` it may have the `documentId` of a
[trusted document](../guides/trusted-documents.md). A mutation is the only one of its operation, and how often it may be
called is [limited](../guides/rate-limits.md).

Each operation has an example, which the tests execute as a caller who has exactly what it says. In its variables a
name such as `$userId` is for you to fill in; in the shape of its answer each value's type stands in its place, and `!`
says that it is never null. A field that a caller may not read is null, with an error that has a stable code.

What the operations are about: [types](types.md).
"""
ERRORS: Final = """
## Errors

What a mutation can't do with its arguments is in its payload's `errors`, by [`ErrorCode`](types.md#errorcode); nothing
has changed then. All else is in the answer's own `errors`, where `extensions.code` is one of these. The status is that
of a request which is refused as a whole, and of the REST paths, which say the code in the words of the RFCs.

"""


def stale(folder: Path) -> dict[Path, str]:
    """Return the files of this folder that are not as they should be, and how they should be, by its `examples`.

    Raises `BadExample` where one of these is missing or doesn't fit.
    """
    written = {folder / name: text for name, text in pages(read(folder / "examples")).items()}
    return {file: text for file, text in written.items() if not _holds(file, text)}


def _holds(file: Path, text: str) -> bool:
    return file.exists() and file.read_text(encoding="utf-8") == text


def pages(examples: Mapping[str, Example]) -> dict[str, str]:
    """Return the text of each page by its file's name; raises `BadExample` where an example doesn't fit."""
    query, mutation = operations()
    return {
        "graphql.md": HEAD + _contents(query, "queries") + _contents(mutation, "mutations") + ERRORS + _errors(),
        "queries.md": _operations("Queries", query, examples),
        "mutations.md": _operations("Mutations", mutation, examples),
        "types.md": types_page(WRITTEN),
    }


def _contents(type_: GraphQLObjectType, page: str) -> str:
    rows = (
        (f"[`{name}`]({page}.md#{name.lower()})", about(field), who_may(declared(field)))
        for name, field in type_.fields.items()
    )
    return f"\n## {page.title()}\n\n" + table(("name", "what it is", "who may"), rows)


def _errors() -> str:
    rows = ((f"`{code}`", meaning(code), str(OVER_HTTP[code].status), f"`{OVER_HTTP[code].error}`") for code in Code)
    return table(("code", "meaning", "status", "over REST"), rows)


def _operations(title: str, type_: GraphQLObjectType, examples: Mapping[str, Example]) -> str:
    return f"# {title}\n\n{WRITTEN}\nHow to read it: [the schema](graphql.md).\n" + "".join(
        _operation(name, examples[name]) for name in type_.fields
    )


def _operation(name: str, example: Example) -> str:
    field = root_fields()[name]
    payload = contract().type_map[get_named_type(field.type).name]
    parts = [
        f"\n## {name}",
        about(field),
        f"**Who may:** {who_may(declared(field))}.",
        *(
            [table(("argument", "type", "default", "what it is"), inputs(field.args, PAGE_OF_TYPES))]
            if field.args
            else []
        ),
        f"**Answers** {link(field.type, PAGE_OF_TYPES)}" + (":" if payload in payloads() else "."),
        *([table_of_fields(payload, PAGE_OF_TYPES)] if payload in payloads() else []),
        f"**Example** ([file](examples/{name}.graphql)), {_caller(example)}:",
        _block("graphql", example.document),
        *([_block("json", _json(example.variables))] if example.variables else []),
        "The shape of its answer:",
        _block("json", _json(example.shape)),
    ]
    return "".join(f"{part.rstrip()}\n\n" for part in parts).rstrip() + "\n"


def _caller(example: Example) -> str:
    if example.scopes:
        return f"for a token with {scopes([example.scopes])}"
    return "without a token" if declared(root_fields()[example.name]).rule == "PUBLIC" else "for any access token"


def _block(kind: str, text: str) -> str:
    return f"```{kind}\n{text}\n```"


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
