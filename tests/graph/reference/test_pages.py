"""The pages of the reference: fresh, complete, and in plain words."""

from shutil import copytree

import pytest
from graphql import GraphQLObjectType, build_schema

from graph.errors import Code
from graph.reference import words
from graph.reference.contract import Declared, contract, declared, operations, payloads, root_fields
from graph.reference.examples import BadExample, read
from graph.reference.pages import pages, stale
from graph.reference.tables import about
from idp.service_urls import BASE_DIR

FOLDER = BASE_DIR / "docs" / "reference"
EXAMPLES = read(FOLDER / "examples")
PAGES = pages(EXAMPLES)
MUTATIONS = operations()[1].fields


def section(page: str, name: str) -> str:
    """What stands under a heading."""
    return PAGES[page].split(f"\n## {name}\n", 1)[1].split("\n## ", 1)[0]


def test_the_reference_is_fresh():
    assert stale(FOLDER) == {}


def test_a_page_that_is_missing_or_changed_is_stale(tmp_path):
    copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    assert stale(tmp_path) == {}
    (tmp_path / "types.md").unlink()
    with (tmp_path / "queries.md").open("a") as page:
        page.write("More.")
    assert stale(tmp_path) == {tmp_path / name: PAGES[name] for name in ("queries.md", "types.md")}
    (tmp_path / "examples" / "me.graphql").write_text("{me{id}}")
    assert "{me{id}}" in stale(tmp_path)[tmp_path / "queries.md"]
    (tmp_path / "examples" / "me.graphql").unlink()
    with pytest.raises(BadExample, match="me: there is no"):
        stale(tmp_path)


@pytest.mark.parametrize("name", root_fields())
def test_every_operation_is_told(name: str):
    page = "mutations.md" if name in MUTATIONS else "queries.md"
    told, field = section(page, name), root_fields()[name]
    assert " ".join((field.description or "").split()) in told
    assert words.who_may(declared(field)) in told
    assert all(f"| `{argument}` |" in told for argument in field.args)
    assert f"```graphql\n{EXAMPLES[name].document}\n```" in told
    assert f"({page}#{name.lower()})" in PAGES["graphql.md"]


def test_defaults_are_told_of_arguments_inputs_and_fields():
    assert '| `description` | `String!` | `""` | What it is for' in section("mutations.md", "createRole")
    assert "| `id` | `ID!` | | The role's" in section("mutations.md", "updateRole")
    assert "| `grantTypes` | `[String!]` | `null` |" in section("types.md", "ClientInput")
    assert "| `sessions` | `first` | `Int!` | `20` |" in section("types.md", "User")


def test_every_type_is_told_field_by_field():
    for name, type_ in contract().type_map.items():
        ours = type_.ast_node is not None and type_ not in operations()
        if not ours or type_ in payloads():
            continue
        told = section("types.md", name)
        assert told.strip().splitlines()[0], name
        for inner in [*getattr(type_, "fields", {}), *getattr(type_, "values", {})]:
            assert f"| `{inner}`" in told or f"| `{inner}(" in told, (name, inner)
        for inner, field in getattr(type_, "fields", {}).items():
            for argument in getattr(field, "args", {}):
                assert f"| `{inner}` | `{argument}` | " in told, (name, inner, argument)


def test_every_payload_is_told_with_its_mutation():
    for name, field in MUTATIONS.items():
        told = section("mutations.md", name)
        payload = contract().type_map[str(field.type).removesuffix("!")]
        assert isinstance(payload, GraphQLObjectType)
        assert all(f"| `{inner}` |" in told for inner in payload.fields)


def test_every_code_is_told():
    assert all(f"| `{code}` |" in section("graphql.md", "Errors") for code in Code)


def test_every_link_leads_somewhere():
    headings = {
        f"{page}#{line[3:].lower()}" for page, text in PAGES.items() for line in text.splitlines() if line[:3] == "## "
    }
    for page, text in PAGES.items():
        for target in words_after(text, "]("):
            path, _, anchor = target.partition("#")
            if anchor:
                assert f"{path or page}#{anchor}" in headings, target
            elif not path.startswith("https:"):
                assert (FOLDER / path).exists(), target


def words_after(text: str, mark: str) -> list[str]:
    return [part.partition(")")[0] for part in text.split(mark)[1:]]


RULES = {
    "@authenticated": "whoever comes with any access token",
    '@requiresScopes(scopes:[["a"],["b","c"]])': "whoever comes with `a` or `b` and `c`",
    '@access(rule:"PUBLIC",reason:"It is known.")': "anybody, without a token. It is known",
    '@access(rule:"PARENT")': "whoever was given the object",
    '@access(rule:"TOKEN",reason:"It is so.")': "whoever was given the object, if this holds: it is so",
    '@requiresScopes(scopes:[["own"],["all"]]) @access(rule:"OWNER",unless:"all")': (
        "the person it is about, with `own`; of anybody, with `all`"
    ),
    '@authenticated @access(rule:"FRESH",maxAge:60)': (
        "whoever comes with any access token; the person must have [signed in](../guides/step-up.md) within the last "
        "60 seconds, and nobody may act for them"
    ),
    '@requiresScopes(scopes:[["a"]]) @access(rule:"FRESH",maxAge:60,unless:"all")': (
        "whoever comes with `a`; the person must have [signed in](../guides/step-up.md) within the last "
        "60 seconds, and nobody may act for them, unless the token has `all`"
    ),
}


@pytest.mark.parametrize("directives", RULES)
def test_a_declaration_in_words(directives: str):
    schema = build_schema(f"type Query {{ field: Int {directives} }}", assume_valid_sdl=True)
    assert schema.query_type is not None
    assert words.who_may(declared(schema.query_type.fields["field"])) == RULES[directives]


def test_a_rule_without_words_is_refused():
    with pytest.raises(LookupError, match="MOON"):
        words.who_may(Declared((), rule="MOON"))


def test_what_is_deprecated_says_so():
    schema = build_schema('type Query { "An answer." field: Int @deprecated(reason: "Ask elsewhere.") }')
    assert schema.query_type is not None
    assert about(schema.query_type.fields["field"]) == "An answer. **Deprecated:** Ask elsewhere."
