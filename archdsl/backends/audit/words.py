"""The words of the audit: shapes, receptive fields, what a row is called, what is counted."""

from collections.abc import Iterable, Iterator
from itertools import groupby, islice, takewhile

from archdsl.analyses.report import Audit, BlockRow, LayerRow, Row
from archdsl.base.quantities import memory
from archdsl.ir.counts import Convention
from archdsl.ir.shape import Shape, format_shape

RULES: dict[Convention, str] = {
    "torchvision": "MACs: multiply-adds of convolutions, linear layers and matrix products, "
    "as torchvision counts",
    "fvcore": "MACs as fvcore and timm count: norms, means and resizing too; of attention the "
    "projections",
    "thop": "MACs as thop counts: norms, means, softmax and resizing too; nothing of attention",
    "torchinfo": "MACs as torchinfo counts: weights and biases, at every place of a convolution, "
    "else once",
}


def level(row: Row) -> int:
    """How deep a row stands: 1 for the network's own steps."""
    return row.path.count(".") + 1


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
    """What a row uses: `conv 7x7/2`, `bottleneck`, or the steps of a named chain."""
    row = audit.rows[index]
    if isinstance(row, LayerRow):
        return f"{row.op} {row.arguments}".rstrip()
    return row.block or _chain(_inside(audit, index))


def _chain(steps: Iterable[LayerRow | BlockRow]) -> str:
    """`conv -> bn`, `bottleneck * 3`: a chain as the language would write it."""
    parts = []
    for name, run in groupby(steps, key=_name):
        count = len(list(run))
        parts.append(f"{name} * {count}" if count > 1 else name)
    return " -> ".join(parts)


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
    several = [v for v in value if isinstance(v, tuple)]
    if several:
        return " ".join(map(format_shape, several))
    return format_shape(tuple(v for v in value if isinstance(v, int)))


def field(row: Row) -> str:
    """The receptive field; `all` where every element sees the whole input."""
    return "all" if row.whole_input else sizes(row.receptive_field)


def sizes(values: tuple[float, ...], between: str = "x") -> str:
    """Numbers by dimension: `7x7`, `0.5x0.5`."""
    return between.join(f"{value:g}" for value in values)


def holds(audit: Audit) -> str:
    """What the network takes of a machine's memory."""
    parts = (
        ("weights", audit.weights_memory),
        ("an inference", audit.peak_memory),
        ("a training step", audit.training_memory),
    )
    return "held at once: " + ", ".join(f"{what} {memory(size) or '0'}" for what, size in parts)
