"""`tests/README.md` has each folder of tests, with the test that shows what it is for."""

import ast
import re

from fences import ROOT

TESTS = ROOT / "tests"
ROW = re.compile(r"^\| `(\w+)` \| [^|]+ \| `(\w+\.py)::(\w+)` \|$", re.MULTILINE)


def rows() -> list[tuple[str, str, str]]:
    return ROW.findall((TESTS / "README.md").read_text("utf-8"))


def test_every_folder_of_tests_is_there() -> None:
    folders = {path.parent.name for path in TESTS.glob("*/test_*.py")}
    assert [folder for folder, _, _ in rows()] == sorted(folders)


def test_the_test_that_shows_the_idea_is_the_first_of_its_file() -> None:
    for folder, file, test in rows():
        tree = ast.parse((TESTS / folder / file).read_text("utf-8"))
        names = (node.name for node in tree.body if isinstance(node, ast.FunctionDef))
        assert next(name for name in names if name.startswith("test_")) == test, (folder, file)
