"""The words of the audit: shapes, receptive fields, what a row is called."""

from collections.abc import Iterable, Iterator
from itertools import groupby, islice, takewhile

from archdsl.analyses.figures.report import Audit, BlockRow, Figures, LayerRow, Row
from archdsl.ir.shape import Shape, format_shape

NEARLY_ALL = 0.9  # of the MACs: a table in which one row has them says nothing
DEEPEST, MOST_ROWS = 3, 40  # of a table that is opened for that reason
PARTS = 4  # of a chain that are told
WIDTH = 120  # characters of a table where no terminal says otherwise


def level(row: Row) -> int:
    """The depth of a row: 1 for the network's own steps."""
    return row.path.count(".") + 1


def telling(audit: Audit) -> int:
    """The depth of a table for which none was set: 1, deeper where a row has nearly all work."""
    depth = 1
    while depth < DEEPEST and _hides(audit, depth):
        depth += 1
    return depth


def _hides(audit: Audit, depth: int) -> bool:
    """True where a block at this depth has nearly all MACs, and a page has room for its inside."""
    blocks = (r for r in audit.rows if isinstance(r, BlockRow) and level(r) == depth)
    large = any(block.macs > NEARLY_ALL * audit.macs for block in blocks)
    return large and sum(level(row) <= depth + 1 for row in audit.rows) <= MOST_ROWS


def shown(audit: Audit, depth: int) -> Iterator[tuple[int, LayerRow | BlockRow]]:
    """The rows down to `depth` with their numbers; blocks that a mistake ends are always open."""
    unfinished = {row.path for row in audit.rows if row.output is None}
    for index, row in enumerate(audit.rows):
        if level(row) <= depth or row.path.rpartition(".")[0] in unfinished:
            yield index, row


def folded(audit: Audit, depth: int | None) -> list[LayerRow | BlockRow]:
    """The rows that add up to the network once blocks below `depth` are folded."""
    shown = (row for row in audit.rows if depth is None or level(row) <= depth)
    return [r for r in shown if isinstance(r, LayerRow) or level(r) == depth]


def target(audit: Audit, index: int) -> str:
    """The op or block of a row: `conv 7x7/2`, `bottleneck`, or the steps of a named chain."""
    row = audit.rows[index]
    if isinstance(row, LayerRow):
        return f"{row.op} {row.arguments}".rstrip()
    return row.block or _chain(_inside(audit, index))


def _chain(steps: Iterable[LayerRow | BlockRow]) -> str:
    """`conv -> bn`, `bottleneck * 3`: a chain as the language would write it, a long one by its
    beginning and its end."""
    parts = []
    for name, run in groupby(steps, key=_name):
        count = len(list(run))
        parts.append(f"{name} * {count}" if count > 1 else name)
    told = parts if len(parts) <= PARTS else [*parts[: PARTS - 2], "…", parts[-1]]
    return " -> ".join(told)


def _inside(audit: Audit, index: int) -> Iterator[LayerRow | BlockRow]:
    """The steps of a block, which follow its own row."""
    block = audit.rows[index]
    below = takewhile(
        lambda row: row.path.startswith(f"{block.path}."), islice(audit.rows, index + 1, None)
    )
    return (row for row in below if level(row) == level(block) + 1)


def _name(row: LayerRow | BlockRow) -> str:
    return row.op if isinstance(row, LayerRow) else row.block or "…"


def shapes(value: Shape | tuple[Shape, ...] | dict[str, Shape] | None) -> str:
    """One shape, or several with their names; `?` for none that is known."""
    if value is None:
        return "?"
    if isinstance(value, dict):
        return ", ".join(f"{name} {format_shape(shape)}" for name, shape in value.items())
    return " ".join(map(format_shape, _each(value)))


def _each(value: Shape | tuple[Shape, ...] | None) -> Iterator[Shape]:
    """The shapes of a row, which has one or several."""
    several = [v for v in value or () if isinstance(v, tuple)]
    yield from several or [tuple(v for v in value or () if isinstance(v, int))]


def field(figures: Figures) -> str:
    """The receptive field; `all` where every element of a row sees the whole input."""
    if isinstance(figures, Row) and figures.whole_input:
        return "all"
    return bounded(even(figures.receptive_field), figures.receptive_field_exact)


def bounded(sizes: str, exact: bool) -> str:
    """`≤ 3x3` where that is all that is known."""
    return sizes if exact or not sizes else f"≤ {sizes}"


def placed(row: Row, values: tuple[float, ...], between: str = "x") -> str:
    """The value for neighbours in a map, such as their distance; empty where no map is left."""
    shape = next(_each(row.output), ())
    spatial = shape[1:]
    return (
        even(values, between) if len(spatial) == len(values) and max(spatial, default=1) > 1 else ""
    )


def even(values: tuple[float, ...], between: str = "x") -> str:
    """Numbers by dimension, `3x7x7`; one alone where they agree, `7`."""
    return sizes(values[:1] if len(set(values)) == 1 else values, between)


def sizes(values: tuple[float, ...], between: str = "x") -> str:
    """Numbers by dimension: `7x7`, `0.5x0.5`."""
    return between.join(f"{value:g}" for value in values)
