"""The numbered requirements and the tests that carry them.

The rows stand in docs/requirements.md: number and requirement are written by hand, the third column from the names
of the tests (`test_T08_code_replay_revokes_what_it_bought` is a test of T8).

    python -m tests.requirements --write            write the third column
    python -m tests.requirements --check            fail when it is stale, or a row has no test
    python -m tests.requirements build/junit.xml    print the matrix of a run; fail when a row has no passing test
"""

import argparse
import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

TESTS = Path(__file__).resolve().parent
PAGE = TESTS.parent / "docs" / "requirements.md"
ROW = re.compile(r"^\| T(?P<number>\d+) \| (?P<text>[^|]+?) \|(?P<tests>.*)\|$")
# one requirement, or several: test_T22_T25_…
NAME = re.compile(r"test_(?P<numbers>(?:T\d+_)+)(?P<words>\w+)")


class Named(NamedTuple):
    """A test that is named for a requirement: its number, the rest of its name as words, and its file."""

    number: int
    words: str
    path: Path


def main() -> None:
    """Do what the arguments ask for; exit with 1 when something is missing."""
    parser = argparse.ArgumentParser(prog="python -m tests.requirements", description=__doc__)
    parser.add_argument("junit", nargs="?", type=Path, help="results of a run, as pytest's --junitxml writes them")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    complaints: list[str] = []
    if arguments.write:
        PAGE.write_text(_page())
    if arguments.check:
        complaints += ["docs/requirements.md is stale"] * (PAGE.read_text() != _page())
        complaints += [f"T{number} has no test" for number in _rows() if number not in _tests()]
    if arguments.junit:
        complaints += _print_matrix(_results(arguments.junit))
    if complaints:
        sys.exit("\n".join(complaints))


def _rows() -> dict[int, str]:
    """The requirements by number."""
    rows = (ROW.match(line) for line in PAGE.read_text().splitlines())
    return {int(row["number"]): row["text"] for row in rows if row}


def _tests() -> dict[int, list[Named]]:
    """The tests by the number of their requirement, in the order of files and lines."""
    found: defaultdict[int, list[Named]] = defaultdict(list)
    for path in sorted(TESTS.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (name := NAME.fullmatch(node.name)):
                for number in _numbers(name):
                    found[number].append(Named(number, name["words"].replace("_", " "), path))
    return found


def _numbers(name: re.Match[str]) -> list[int]:
    return [int(number[1:]) for number in name["numbers"].split("_") if number]


def _page() -> str:
    """The page with its third column as the tests are named now."""
    tests = _tests()
    lines = []
    for line in PAGE.read_text().splitlines():
        if row := ROW.match(line):
            links = (
                f"[{test.words}](../{test.path.relative_to(TESTS.parent)})"
                for test in tests.get(int(row["number"]), [])
            )
            lines.append(f"| T{row['number']} | {row['text']} | {', '.join(links)} |")
        else:
            lines.append(line)
    return "\n".join(lines) + "\n"


def _results(junit: Path) -> Iterator[tuple[int, bool]]:
    """Number and outcome of each test of a run that is named for a requirement."""
    for case in ET.parse(junit).iter("testcase"):  # noqa: S314 - pytest wrote it
        name = NAME.match(case.get("name", ""))
        if name:
            bad = any(case.find(kind) is not None for kind in ("failure", "error", "skipped"))
            yield from ((number, not bad) for number in _numbers(name))


def _print_matrix(results: Iterator[tuple[int, bool]]) -> list[str]:
    """Print a line for each requirement; answer what is not carried."""
    outcomes: defaultdict[int, list[bool]] = defaultdict(list)
    for number, passed in results:
        outcomes[number].append(passed)
    complaints = []
    for number, text in _rows().items():
        ran = outcomes[number]
        verdict = "pass" if ran and all(ran) else "FAIL" if ran else "none"
        print(f"T{number:<3} {verdict:4} {sum(ran):3}/{len(ran):<3} {text}")
        if verdict != "pass":
            complaints.append(
                f"T{number}: {len(ran) - sum(ran)} of {len(ran)} tests failed" if ran else f"T{number}: no test ran"
            )
    return complaints


if __name__ == "__main__":
    main()
