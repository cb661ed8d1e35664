"""`python -m archdsl.cli.docs`: writes the reference pages into `docs/` (or the folder given), and
the lists of names in the page of commands, which is written by hand."""

import re
import sys
from collections.abc import Iterable
from pathlib import Path

from archdsl import codes, driver
from archdsl.analyses.difference.report import Difference
from archdsl.analyses.figures.report import Audit
from archdsl.analyses.input_sizes.report import Sizes
from archdsl.backends import diagram_formats
from archdsl.backends.audit import COLUMNS, difference, formats, sizes_text
from archdsl.backends.reference import blocks_document, errors_document, ops_document
from archdsl.backends.report_json import as_schema
from archdsl.base.files import write_all
from archdsl.ops.registry import ops
from archdsl.sweeps.report import Sweep


def documents() -> dict[str, str]:
    """Every printed page by its file's name."""
    return {
        "ops.md": ops_document(ops().values()),
        "blocks.md": blocks_document(block.declaration for block in driver.blocks()),
        "errors.md": errors_document(codes.pages(), codes.renamed()),
        "schema/audit.json": as_schema(Audit),
        "schema/diff.json": as_schema(Difference),
        "schema/sizes.json": as_schema(Sizes),
        "schema/sweep.json": as_schema(Sweep),
    }


COMMANDS_PAGE = "cli.md"
LIST = re.compile(r"(<!-- printed: (.+?) -->).*?(<!-- end -->)")


def lists() -> dict[str, str]:
    """The lists of names that the page of commands has, each from the table that decides."""
    return {
        "columns of audit": f"`{','.join(COLUMNS)}`",
        "formats of audit": _default_first(formats.FORMATS),
        "formats of draw": _listed(diagram_formats.FORMATS),
        "formats of diff": _default_first(difference.FORMATS),
        "formats of sizes": _default_first(sizes_text.FORMATS),
    }


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _default_first(names: Iterable[str]) -> str:
    first, *others = names
    return f"`{first}` (default), {_listed(others)}"


def with_lists(page: str) -> str:
    """The page with its lists printed anew."""
    known = lists()
    return LIST.sub(lambda place: f"{place[1]}{known[place[2]]}{place[3]}", page)


def write(folder: Path) -> None:
    page = folder / COMMANDS_PAGE
    by_hand = {page.name: with_lists(page.read_text(encoding="utf-8"))} if page.exists() else {}
    write_all({**documents(), **by_hand}, folder)


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))
