"""The audit as a table for a terminal: the spec's own structure, blocks folded, 120 characters."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from textwrap import wrap

from msgspec import Struct

from archdsl.analyses.figures.report import Audit, BlockRow
from archdsl.backends.audit import row_words
from archdsl.backends.audit.columns import COLUMNS, DEFAULT, FOLDED, SPARED
from archdsl.backends.audit.notes import footer, title
from archdsl.backends.audit.row_words import WIDTH

BOLD, FAINT, PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[0m"


class PrintedRow(Struct, frozen=True):
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
    above, below = _wrapped([title(audit)], width), _wrapped(notes, width)
    return "\n".join([*above, "", head, rule, *lines, rule, total, "", *below, ""])


def _wrapped(notes: Iterable[str], width: int) -> Iterator[str]:
    return (line for note in notes for line in wrap(note, width, subsequent_indent="  "))


def lines_of(audit: Audit, depth: int, names: Sequence[str] = DEFAULT) -> list[PrintedRow]:
    """The rows down to `depth`."""
    return [
        PrintedRow(
            tuple(COLUMNS[name].cell(audit, index) for name in names),
            heading=isinstance(row, BlockRow)
            and (row_words.level(row) < depth or row.output is None),
            faint=row.training_only,
        )
        for index, row in row_words.shown(audit, depth)
    ]


def totals(audit: Audit, names: Sequence[str] = DEFAULT) -> tuple[str, ...]:
    """The cells of the last row."""
    return tuple(COLUMNS[name].total(audit) for name in names)


def _all(audit: Audit, depth: int, names: Sequence[str]) -> list[PrintedRow]:
    """The rows with the headings before them and the total behind."""
    head = PrintedRow(tuple(COLUMNS[name].heading for name in names), heading=True)
    return [head, *lines_of(audit, depth, names), PrintedRow(totals(audit, names), heading=True)]


def _widths(audit: Audit, depth: int, names: Sequence[str]) -> dict[str, int]:
    """The width of each column with all of a cell on a line."""
    return {name: max(map(len, cells)) for name, cells in _columns(audit, depth, names)}


def _columns(
    audit: Audit, depth: int, names: Sequence[str]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The cells of each column, from its heading on."""
    lines = (line.cells for line in _all(audit, depth, names))
    return zip(names, zip(*lines, strict=True), strict=True)


def _least(audit: Audit, depth: int) -> dict[str, int]:
    """The least width of columns with folded cells: their longest word, or the heading."""
    return {
        name: max(len(COLUMNS[name].heading), *(len(w) for cell in cells for w in cell.split()))
        for name, cells in _columns(audit, depth, FOLDED)
    }


def _across(widths: dict[str, int]) -> int:
    return sum(widths.values()) + 2 * (len(widths) - 1)


def _fitting(audit: Audit, depth: int, width: int) -> dict[str, int]:
    """The usual columns that fit into the width.

    Columns that can be spared are left out where folded cells alone do not make it fit. A path is
    told in full, so that the table may be wider for its sake.
    """
    widths, least = _widths(audit, depth, DEFAULT), _least(audit, depth)
    for name in SPARED:
        if _across(widths | least) > width:
            del widths[name]
    for name in FOLDED:
        over = max(_across(widths) - width, 0)
        widths[name] -= min(over, widths[name] - least[name])
    return widths


def _spared(widths: dict[str, int]) -> list[str]:
    """The usual columns that had no room."""
    missing = [name for name in DEFAULT if name not in widths]
    return [f"no room for {', '.join(missing)}; --columns all has them"] if missing else []


def _print(line: PrintedRow, widths: dict[str, int], colour: bool) -> str:
    """The lines that a row takes."""
    cells = [_folded(cell, width) for cell, width in zip(line.cells, widths.values(), strict=True)]
    style = BOLD if line.heading else FAINT if line.faint else ""
    ends = PLAIN if style else ""
    printed = (_side_by_side(parts, widths) for parts in zip_longest(*cells, fillvalue=""))
    return "\n".join(f"{style}{text}{ends}" if colour else text for text in printed)


def _folded(cell: str, width: int) -> list[str]:
    """A cell in lines of this width, parted at blanks alone."""
    if len(cell) <= width:
        return [cell]
    return wrap(cell, width, break_long_words=False, break_on_hyphens=False)


def _side_by_side(cells: Sequence[str], widths: dict[str, int]) -> str:
    aligned = (
        cell.ljust(width) if COLUMNS[name].text else cell.rjust(width)
        for cell, (name, width) in zip(cells, widths.items(), strict=True)
    )
    return "  ".join(aligned).rstrip()
