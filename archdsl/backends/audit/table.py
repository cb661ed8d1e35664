"""The audit as a table for a terminal: the spec's own structure, blocks folded, 120 characters."""

from collections.abc import Sequence
from textwrap import wrap

from msgspec import Struct

from archdsl.analyses.figures.report import Audit, BlockRow
from archdsl.backends.audit import words
from archdsl.backends.audit.columns import COLUMNS, DEFAULT
from archdsl.backends.audit.notes import footer, title
from archdsl.backends.audit.words import WIDTH

NARROWEST = {"path": 12, "op": 14}  # to which these are cut where the table is too wide
SPARED = (
    "centre",
    "jump",
    "intensity",
    "of_params",
    "share",
)  # left out, one by one, before a path is cut
BOLD, FAINT, PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[0m"


class Line(Struct, frozen=True):
    """One printed row; a block whose insides follow is a heading for them."""

    cells: tuple[str, ...]
    heading: bool = False
    faint: bool = False


def as_table(
    audit: Audit,
    depth: int = 1,
    *,
    columns: Sequence[str] = (),
    width: int = WIDTH,
    colour: bool = False,
) -> str:
    """The table with its totals, the network's own figures and the counting rule.

    With columns of the reader's choice it is as wide as they need.
    """
    widths = _widths(audit, depth, columns) if columns else _fitting(audit, depth, width)
    rule = "─" * _across(widths)
    head, *lines, total = (_print(line, widths, colour) for line in _all(audit, depth, [*widths]))
    notes = [*footer(audit), *([] if columns else _spared(widths))]
    notes = [line for note in notes for line in wrap(note, width, subsequent_indent="  ")]
    return "\n".join([title(audit), "", head, rule, *lines, rule, total, "", *notes, ""])


def lines_of(audit: Audit, depth: int, names: Sequence[str] = DEFAULT) -> list[Line]:
    """The rows down to `depth`."""
    return [
        Line(
            tuple(COLUMNS[name].cell(audit, index) for name in names),
            heading=isinstance(row, BlockRow) and (words.level(row) < depth or row.output is None),
            faint=row.training_only,
        )
        for index, row in words.shown(audit, depth)
    ]


def totals(audit: Audit, names: Sequence[str] = DEFAULT) -> tuple[str, ...]:
    """The cells of the last row."""
    return tuple(COLUMNS[name].total(audit) for name in names)


def _all(audit: Audit, depth: int, names: Sequence[str]) -> list[Line]:
    """The rows with the headings before them and the total behind."""
    head = Line(tuple(COLUMNS[name].heading for name in names), heading=True)
    return [head, *lines_of(audit, depth, names), Line(totals(audit, names), heading=True)]


def _widths(audit: Audit, depth: int, names: Sequence[str]) -> dict[str, int]:
    """How wide each column has to be."""
    cells = (line.cells for line in _all(audit, depth, names))
    columns = zip(names, zip(*cells, strict=True), strict=True)
    return {name: max(map(len, column)) for name, column in columns}


def _across(widths: dict[str, int]) -> int:
    return sum(widths.values()) + 2 * (len(widths) - 1)


def _fitting(audit: Audit, depth: int, width: int) -> dict[str, int]:
    """The usual columns that fit into the width.

    What is over is taken from the op column, then from columns that can be spared, then from the
    path.
    """
    widths = _widths(audit, depth, DEFAULT)
    given = max(widths["op"] - NARROWEST["op"], 0)
    for name in SPARED:
        if _across(widths) - given > width:
            del widths[name]
    for name in ("op", "path"):
        over = max(_across(widths) - width, 0)
        widths[name] -= min(over, max(widths[name] - NARROWEST[name], 0))
    return widths


def _spared(widths: dict[str, int]) -> list[str]:
    """Which of the usual columns had no room."""
    missing = [name for name in DEFAULT if name not in widths]
    return [f"no room for {', '.join(missing)}; --columns all has them"] if missing else []


def _print(line: Line, widths: dict[str, int], colour: bool) -> str:
    cells = [
        _cut(cell, width, keep_end=name == "path").ljust(width)
        if COLUMNS[name].text
        else cell.rjust(width)
        for cell, (name, width) in zip(line.cells, widths.items(), strict=True)
    ]
    text = "  ".join(cells).rstrip()
    style = BOLD if line.heading else FAINT if line.faint else ""
    return f"{style}{text}{PLAIN}" if colour and style else text


def _cut(text: str, width: int, *, keep_end: bool) -> str:
    """The text in at most `width` characters; of a path the end says the most."""
    if len(text) <= width:
        return text
    return f"…{text[1 - width :]}" if keep_end else f"{text[: width - 1]}…"
