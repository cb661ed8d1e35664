"""The audit as a table for a terminal: the spec's own structure, blocks folded, 100 columns."""

from collections.abc import Sequence
from dataclasses import dataclass

from archdsl.analyses.report import Audit, BlockRow
from archdsl.backends.audit import words
from archdsl.base.quantities import count, memory, scaled, share

WIDTH = 100
HEADINGS = ("path", "op or block", "output", "params", "MACs", "share", "memory", "field")
TEXT_COLUMNS = 3  # aligned left; the rest are figures
NARROWEST = (12, 14)  # to which the first columns are cut where the table is too wide
BOLD, FAINT, PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[0m"


@dataclass(frozen=True, slots=True)
class Line:
    """One printed row; a block whose insides follow is a heading for them."""

    cells: tuple[str, ...]
    heading: bool = False
    faint: bool = False


def as_table(audit: Audit, depth: int = 1, *, colour: bool = False) -> str:
    """The table with its totals, the network's own figures and the counting rule."""
    lines = lines_of(audit, depth)
    total = Line(totals(audit), heading=True)
    widths = _fit([len(max(column, key=len)) for column in _columns([*lines, total])])
    rule = "─" * (sum(widths) + 2 * (len(widths) - 1))
    body = [_print(line, widths, colour) for line in lines]
    return "\n".join(
        [
            title(audit),
            "",
            _print(Line(HEADINGS, heading=True), widths, colour),
            rule,
            *body,
            rule,
            _print(total, widths, colour),
            "",
            *footer(audit),
            "",
        ]
    )


def title(audit: Audit) -> str:
    return f"{audit.network}: {words.shapes(audit.input)} -> {words.shapes(audit.output)}"


def lines_of(audit: Audit, depth: int) -> list[Line]:
    """The rows down to `depth`."""
    return [
        Line(
            _cells(audit, index),
            heading=isinstance(row, BlockRow) and words.level(row) < depth,
            faint=row.training_only,
        )
        for index, row in enumerate(audit.rows)
        if words.level(row) <= depth
    ]


def _cells(audit: Audit, index: int) -> tuple[str, ...]:
    row = audit.rows[index]
    return (
        row.path,
        words.target(audit, index),
        words.shapes(row.output),
        "shared" if row.shared else count(row.params),
        "training" if row.training_only else scaled(row.macs),
        share(row.macs, audit.macs),
        memory(row.memory),
        words.field(row),
    )


def totals(audit: Audit) -> tuple[str, ...]:
    """The cells of the last row."""
    return (
        "total",
        "",
        words.shapes(audit.output) if not isinstance(audit.output, dict) else "",
        f"{audit.params:,}",
        scaled(audit.macs) or "0",
        "",
        memory(audit.memory),
        "x".join(map(str, audit.receptive_field)),
    )


def footer(audit: Audit) -> list[str]:
    """What the columns do not say, and how they count."""
    samples = "1 sample" if audit.batch == 1 else f"{audit.batch} samples"
    lines = [
        f"depth {audit.depth} · field: receptive field · "
        f"memory: all results, {samples} in {audit.dtype}",
        words.RULE,
    ]
    if audit.aux_params:
        lines.insert(0, f"{audit.aux_params:,} of the params are in heads that only training runs")
    return lines


def _columns(lines: Sequence[Line]) -> list[tuple[str, ...]]:
    return list(zip(HEADINGS, *(line.cells for line in lines), strict=True))


def _fit(widths: list[int]) -> list[int]:
    """Takes what is over `WIDTH` from the op column first, then from the path."""
    over = sum(widths) + 2 * (len(widths) - 1) - WIDTH
    for column in (1, 0):
        cut = min(max(over, 0), max(widths[column] - NARROWEST[column], 0))
        widths[column] -= cut
        over -= cut
    return widths


def _print(line: Line, widths: list[int], colour: bool) -> str:
    cells = [
        _cut(cell, width, keep_end=k == 0).ljust(width) if k < TEXT_COLUMNS else cell.rjust(width)
        for k, (cell, width) in enumerate(zip(line.cells, widths, strict=True))
    ]
    text = "  ".join(cells).rstrip()
    style = BOLD if line.heading else FAINT if line.faint else ""
    return f"{style}{text}{PLAIN}" if colour and style else text


def _cut(text: str, width: int, *, keep_end: bool) -> str:
    """The text in at most `width` characters; of a path the end says the most."""
    if len(text) <= width:
        return text
    return f"…{text[1 - width :]}" if keep_end else f"{text[: width - 1]}…"
