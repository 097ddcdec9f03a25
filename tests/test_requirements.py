"""The matrix of requirements tells a row that passes from one that fails and one that nobody tests."""

import subprocess
import sys
from pathlib import Path

from tests.requirements import PAGE, ROW
from tests.stack.gatehouse import ROOT

JUNIT = """<testsuites><testsuite>
<testcase classname="a" name="test_T01_one[x]"/>
<testcase classname="a" name="test_T01_two"/>
<testcase classname="a" name="test_T02_one"><failure message="no"/></testcase>
<testcase classname="a" name="test_T03_one"><skipped message="later"/></testcase>
<testcase classname="a" name="test_T05_T06_both"/>
<testcase classname="a" name="test_something_else"/>
</testsuite></testsuites>"""


def test_the_matrix_of_a_run(tmp_path: Path) -> None:
    junit = tmp_path / "junit.xml"
    junit.write_text(JUNIT)
    run = subprocess.run(
        [sys.executable, "-m", "tests.requirements", str(junit)], cwd=ROOT, capture_output=True, text=True
    )
    rows = {line.split()[0]: line.split()[1:3] for line in run.stdout.splitlines()}
    assert rows["T1"] == ["pass", "2/2"]
    assert rows["T2"] == ["FAIL", "0/1"]
    assert rows["T3"] == ["FAIL", "0/1"]  # a skipped test carries nothing
    assert rows["T5"] == rows["T6"] == ["pass", "1/1"]
    assert rows["T4"] == ["none", "0/0"]
    assert run.returncode == 1
    assert "T4: no test ran" in run.stderr
    assert "T1:" not in run.stderr


def test_every_row_of_the_page_is_read() -> None:
    table = [line for line in PAGE.read_text().splitlines() if line.startswith("| T")]
    assert len(table) > 50
    assert all(ROW.match(line) for line in table)
