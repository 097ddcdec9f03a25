"""The YAML itself: what nobody can mean is refused with its place, and what stands there is not repeated."""

from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauth_ext.configuration import document
from oauth_ext.configuration.document import MAX_BYTES
from oauth_ext.configuration.errors import ConfigurationError, Problems


def read(text: str | bytes) -> dict[str, object]:
    problems = Problems()
    values = document.parse(text if isinstance(text, bytes) else text.encode(), problems)
    problems.raise_any()
    return dict(values)


def refusal(text: str | bytes) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read(text)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("clients:\n  spa: [", "line 2, column 9"),
        ("clients:\n\tspa: {}", "line 2, column 1"),
        ("roles: a: b", "line 1, column 9"),
        ("roles: *nobody", "line 1, column 8"),
        ("roles: {}\n--- {}", "line 2, column 1"),
        (b"roles:\n  \xff: {}", "line 2, column 3"),
        ("é: \x00", "line 1, column 4"),
    ],
)
def test_malformed_yaml_has_line_and_column(text, place):
    assert refusal(text).startswith(place)


@pytest.mark.parametrize(
    "text",
    [
        "secret: *hunter2",
        "secret: !hunter2!x y",
        "secret: !hunter2 y",
        "a: &hunter2 x\nb: &hunter2 y\nc: [",
        'secret: "hunter2',
        "secret: 'hunter2",
        "secret: {hunter2",
        "secret: hunter2: x",
        "%hunter2 x\n%hunter2 y\n--- [",
        "secret: 2001-01-01T00:00:00.hunter2: [",
    ],
)
def test_nothing_of_the_file_is_repeated(text):
    assert "hunter2" not in refusal(text)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a: {b: 1, b: 2}", "a[b]: It stands twice, again in line 1"),
        ("a: 1\na: 2", "a: It stands twice, again in line 2"),
        ('a: {b: {c: ["x", "y\\0"]}}', "a[b].c[1]: It holds a NUL"),
        ('a: {b: "\\uD800"}', "a[b]: It holds a NUL, or half"),
        ('a: {"b\\0": 1}', "a: It holds a NUL"),
        ("a: 1.5", "a: It is no whole number"),
        ("a: 0x1F", "a: It is no whole number"),
        ("a: 12:30", "a: It is no whole number"),
        ("a: 2026-11-27", "a: It is read as a date"),
        ("a: !!binary aGk=", "a: Tags"),
        ("a: !!python/object/apply:os.getcwd []", "a: Tags"),
        ("a: !!set {b}", "a: Tags"),
        ("a: {1: x}", "a: The key in line 1: It is no string"),
        ("a: {no: x}", "a: The key in line 1: It is no string"),
        ("a: {[b]: x}", "a: The key in line 1: It is no string"),
        ("a: &a {b: 1}\nc: {<<: *a}", "c: The key in line 2: Merge keys"),
    ],
)
def test_what_nobody_can_mean_is_refused_by_its_path(text, path):
    assert refusal(text).startswith(path)


@pytest.mark.parametrize("text", ["", "# nothing", "[]", "roles", "null", "1"])
def test_the_file_is_a_mapping(text):
    assert "mapping" in refusal(text)


def test_aliases_stand_for_what_they_name():
    assert read("a: &a [x, y]\nb: *a") == {"a": ["x", "y"], "b": ["x", "y"]}


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
        + "".join(f"{name}: &{name} [{','.join(['*' + before] * 10)}]\n" for before, name in pairwise("abcdefghi")),
        "a: &a [*a]",
        "a: &a {b: *a}",
        "a: " + "[" * 1500,
        "a: " + "[" * 30 + "]" * 30,
        "a: " + "x" * MAX_BYTES,
    ],
    ids=["laughs", "itself", "itself in a mapping", "deep", "rather deep", "long"],
)
def test_what_is_too_much_is_refused_in_a_moment(text):
    assert "more than" in refusal(text) or "too deeply" in refusal(text)


@given(st.binary(max_size=60) | st.text("[]{}:,-&*!<>|%@'\"#? \n\tab1\\0x", max_size=60).map(str.encode))
def test_whatever_the_bytes_it_is_read_or_refused(data):
    with suppress(ConfigurationError):
        assert all(isinstance(name, str) for name in read(data))
