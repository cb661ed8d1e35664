"""Who may import whom: the contracts of `.importlinter`, and the page that tells of them."""

import ast
import configparser
import re
from contextlib import redirect_stdout
from io import StringIO

import pytest
from fences import ROOT, read
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

CONTRACTS = ROOT / ".importlinter"
PACKAGE = ROOT / "archdsl"
ROOMS = sorted(path for path in PACKAGE.rglob("__init__.py") if path.parent != PACKAGE)


def test_no_import_breaks_a_contract() -> None:
    told = StringIO()
    with redirect_stdout(told):
        status = lint_imports(config_filename=str(CONTRACTS), no_cache=True)
    assert status == EXIT_STATUS_SUCCESS, told.getvalue()


def test_the_rooms_on_the_page_are_in_the_order_of_the_contract() -> None:
    settings = configparser.ConfigParser()
    settings.read(CONTRACTS, encoding="utf-8")
    layers = settings["importlinter:contract:rooms"]["layers"].split()[::-1]
    said = re.search(r"Left never imports right\*\*: `([^`]+)`", read("docs/architecture.md"))
    assert said is not None
    rooms = re.split(r"\s*←\s*", said[1])
    assert len(rooms) > 10
    assert rooms == [layer for layer in layers if layer in rooms]


@pytest.mark.parametrize("room", ROOMS, ids=lambda path: str(path.parent.relative_to(PACKAGE)))
def test_a_room_says_what_it_knows_and_gives_and_what_it_must_not(room) -> None:
    doc = ast.get_docstring(ast.parse(room.read_text(encoding="utf-8"))) or ""
    lines = [
        line for line in doc.splitlines() if line.startswith(("Knows ", "Gives ", "Must not "))
    ]
    assert [line.split()[0] for line in lines] == ["Knows", "Gives", "Must"]
