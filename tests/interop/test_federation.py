"""The contract as one part of a federated graph: Apollo's library composes it with another, declarations and all."""

import json
import re
from pathlib import Path

import pytest

from tests.interop import packages
from tests.stack.gatehouse import ROOT

# Somebody else's part: it knows people by their key alone.
POSTS = """
extend schema @link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@key"])
type Query { posts: [Post!]! }
type Post @key(fields: "id") { id: ID! title: String! author: User! }
type User @key(fields: "id") { id: ID! posts: [Post!]! }
"""


def compose(folder: Path, posts: str) -> dict[str, object]:
    (folder / "posts.graphql").write_text(posts)
    files = {"gatehouse": ROOT / "schema.graphql", "posts": folder / "posts.graphql"}
    read: dict[str, object] = json.loads(
        packages.run("compose.mjs", *(f"{name}={file}" for name, file in files.items()))
    )
    return read


@pytest.fixture(scope="module")
def supergraph(tmp_path_factory) -> str:
    composed = compose(tmp_path_factory.mktemp("posts"), POSTS)
    assert "errors" not in composed, composed["errors"]
    return str(composed["supergraph"])


def field(supergraph: str, type_name: str, name: str) -> str:
    """A field of the supergraph, with its directives."""
    body = re.search(rf"^type {type_name}\b.*?^}}", supergraph, re.MULTILINE | re.DOTALL)
    assert body
    line = re.search(rf"^  {name}(\(.*?\))?: .*$", body[0], re.MULTILINE | re.DOTALL)
    assert line
    return line[0]


def test_a_person_is_one_type_of_both(supergraph: str):
    assert '@join__type(graph: GATEHOUSE, key: "id")' in supergraph
    assert "@join__field(graph: POSTS)" in field(supergraph, "User", "posts")
    assert "@join__field(graph: GATEHOUSE)" in field(supergraph, "User", "username")


@pytest.mark.parametrize(
    ("type_name", "name", "said"),
    [
        ("Query", "me", "@authenticated"),
        ("Query", "roles", '@requiresScopes(scopes: [["roles"], ["roles:read"]])'),
        ("User", "email", '@requiresScopes(scopes: [["email"], ["users:read"]])'),
        ("User", "email", '@access(rule: "OWNER", unless: "users:read")'),
        ("Mutation", "signOutEverywhere", '@access(rule: "FRESH", maxAge: 300)'),
        ("Query", "validateToken", '@access(rule: "PUBLIC"'),
    ],
)
def test_T89_a_router_reads_there_who_may_see_what(supergraph: str, type_name: str, name: str, said: str):
    assert said in field(supergraph, type_name, name)


def test_a_part_that_contradicts_it_is_found(tmp_path: Path):
    composed = compose(tmp_path, POSTS.replace("posts: [Post!]! }\n", "posts: [Post!]! username: Int }\n"))
    assert "username" in str(composed["errors"])
