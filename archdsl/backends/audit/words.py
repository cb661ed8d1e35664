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
    "fvcore": "MACs as fvcore (and timm) counts: norms, averages of images and resizing too, "
    "but no product inside attention",
    "thop": "MACs as thop counts: norms, averages, softmax and resizing too, but no attention; "
    "a whole window for each result of a transposed convolution",
    "torchinfo": "MACs as torchinfo counts: weights and biases, for each place of a convolution, "
    "once of any other layer; no attention",
}


def level(row: Row) -> int:
    """How deep a row stands: 1 for the network's own steps."""
    return row.path.count(".") + 1


def folded(audit: Audit, depth: int | None) -> list[LayerRow | BlockRow]:
    """The rows that add up to the network once blocks below `depth` are folded."""
    shown = (row for row in audit.rows if depth is None or level(row) <= depth)
    return [r for r in shown if isinstance(r, LayerRow) or level(r) == depth]


def target(audit: Audit, row: LayerRow | BlockRow) -> str:
    """What a row uses: `conv 7x7/2`, `bottleneck`, or the steps of a named chain."""
    if isinstance(row, LayerRow):
        return f"{row.op} {row.arguments}".rstrip()
    return row.block or _chain(_inside(audit, row))


def _chain(steps: Iterable[LayerRow | BlockRow]) -> str:
    """`conv -> bn`, `bottleneck * 3`: a chain as the language would write it."""
    parts = []
    for name, run in groupby(steps, key=_name):
        count = len(list(run))
        parts.append(f"{name} * {count}" if count > 1 else name)
    return " -> ".join(parts)
