"""The short run of the tests leaves out many cases, and yet no folder, op, code or family."""

import re
import subprocess
import sys

import pytest
from fences import ROOT

from archdsl import driver
from archdsl.codes import pages
from archdsl.ops.registry import ops
from tests.parts import leave_to_the_full_run

pytest_plugins = ["pytester"]

CASE = re.compile(r"^(tests/(\w+)/test_\w+\.py::\w+)(?:\[(.*)\])?$", re.MULTILINE)


@pytest.fixture(scope="module")
def collected() -> list[tuple[str, str, str]]:
    """The tests of a plain `pytest`: each with its folder and its case."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return CASE.findall(done.stdout)


@pytest.mark.slow  # collects all tests
def test_the_short_run_has_every_folder_op_code_and_family(collected) -> None:
    folders = {path.parent.name for path in ROOT.glob("tests/*/test_*.py")}
    assert folders - {folder for _, folder, _ in collected} == set()
    examples = {case.rpartition("-")[0] for _, folder, case in collected if folder == "ops"}
    assert {*ops()} - examples == set()
    codes = {case for _, folder, case in collected if folder in ("errors", "syntax")}
    assert {*pages()} - codes == set()
    built = {case for _, folder, case in collected if folder == "catalogue"}
    families = {entry.file for entry in driver.listing()}
    assert families - {entry.file for entry in driver.listing() if entry.name in built} == set()


SPEC = """
import pytest

@pytest.mark.one_in(3)
@pytest.mark.parametrize("n", [*range(10), pytest.param(10, marks=pytest.mark.exhaustive)])
def test_many(n): pass

@pytest.mark.one_in(3)
@pytest.mark.parametrize("n", [0, 1])
def test_few(n): pass

def test_unmarked(): pass
"""


def test_one_case_in_three_stays(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ARCHDSL_EVERY_CASE", raising=False)
    items = pytester.getitems(SPEC)
    leave_to_the_full_run(items)
    slow = [item.name for item in items if item.get_closest_marker("slow")]
    assert "test_unmarked" not in slow and "test_many[10]" not in slow
    stays = [n for n in range(10) if f"test_many[{n}]" not in slow]
    assert stays == list(range(stays[0], 10, 3))
    assert len([name for name in slow if name.startswith("test_few")]) == 1
