"""Who may import whom: the contracts of `.importlinter`, and the page that tells of them."""

import configparser
import re
from contextlib import redirect_stdout
from io import StringIO

from fences import ROOT, read
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

CONTRACTS = ROOT / ".importlinter"


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
    rooms = said[1].split(" ← ")
    assert len(rooms) > 10
    assert rooms == [layer for layer in layers if layer in rooms]
