"""The audit as a table for a terminal: the spec's own structure, blocks folded, 100 columns."""

from collections.abc import Sequence
from dataclasses import dataclass

from archdsl.analyses.report import Audit, BlockRow
from archdsl.backends.audit import words
from archdsl.backends.audit.columns import COLUMNS, DEFAULT, Column

WIDTH = 100
NARROWEST = {"path": 12, "op": 14}  # to which these are cut where the table is too wide
BOLD, FAINT, PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[0m"


@dataclass(frozen=True, slots=True)
class Line:
    """One printed row; a block whose insides follow is a heading for them."""

    cells: tuple[str, ...]
    heading: bool = False
    faint: bool = False


def as_table(
    audit: Audit, depth: int = 1, *, columns: Sequence[str] = (), colour: bool = False
) -> str:
    """The table with its totals, the network's own figures and the counting rule.

    With columns of the reader's choice it is as wide as they need.
    """
    names = columns or DEFAULT
    shown = [COLUMNS[name] for name in names]
    lines = lines_of(audit, depth, names)
    head = Line(tuple(column.heading for column in shown), heading=True)
    total = Line(totals(audit, names), heading=True)
    widths = [max(map(len, cells)) for cells in zip(*_cells([head, *lines, total]), strict=True)]
    if not columns:
        widths = _fit(widths, names)
    rule = "─" * (sum(widths) + 2 * (len(widths) - 1))
    printed = [_print(line, shown, widths, colour) for line in (head, *lines, total)]
    body = [printed[0], rule, *printed[1:-1], rule, printed[-1]]
    return "\n".join([title(audit), "", *body, "", *footer(audit), ""])


def title(audit: Audit) -> str:
    return f"{audit.network}: {words.shapes(audit.input)} -> {words.shapes(audit.output)}"


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


def footer(audit: Audit) -> list[str]:
    """What the columns do not say, and how they count."""
    samples = "1 sample" if audit.batch == 1 else f"{audit.batch} samples"
    depth = f"depth {audit.depth} · " if audit.complete else ""
    lines = [
        f"{depth}field: receptive field · memory: all results, {samples} in {audit.dtype}",
        words.holds(audit),
        words.RULES[audit.count],
    ]
    if audit.aux_params:
        lines.insert(0, f"{audit.aux_params:,} of the params are in heads that only training runs")
    if not audit.complete:
        lines.insert(0, "a mistake ends the network here: the figures are those of the steps above")
    return lines


def _cells(lines: Sequence[Line]) -> list[tuple[str, ...]]:
    return [line.cells for line in lines]


def _fit(widths: list[int], names: Sequence[str]) -> list[int]:
    """Takes what is over `WIDTH` from the op column first, then from the path."""
    over = sum(widths) + 2 * (len(widths) - 1) - WIDTH
    for name in ("op", "path"):
        column = names.index(name)
        cut = min(max(over, 0), max(widths[column] - NARROWEST[name], 0))
        widths[column] -= cut
        over -= cut
    return widths


def _print(line: Line, columns: list[Column], widths: list[int], colour: bool) -> str:
    cells = [
        _cut(cell, width, keep_end=k == 0).ljust(width) if column.text else cell.rjust(width)
        for k, (cell, column, width) in enumerate(zip(line.cells, columns, widths, strict=True))
    ]
    text = "  ".join(cells).rstrip()
    style = BOLD if line.heading else FAINT if line.faint else ""
    return f"{style}{text}{PLAIN}" if colour and style else text


def _cut(text: str, width: int, *, keep_end: bool) -> str:
    """The text in at most `width` characters; of a path the end says the most."""
    if len(text) <= width:
        return text
    return f"…{text[1 - width :]}" if keep_end else f"{text[: width - 1]}…"
