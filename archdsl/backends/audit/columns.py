"""The columns that a table may have: their headings, what stands in a row and in the total."""

from collections.abc import Callable
from dataclasses import dataclass

from archdsl.analyses.report import Audit, BlockRow, LayerRow
from archdsl.backends.audit import words
from archdsl.base.quantities import count, memory, number, scaled, share

AnyRow = LayerRow | BlockRow


@dataclass(frozen=True, slots=True)
class Column:
    """`cell` prints one of the audit's rows, `total` the network's own figure."""

    heading: str
    cell: Callable[[Audit, AnyRow], str]
    total: Callable[[Audit], str] = lambda audit: ""
    text: bool = False  # aligned left


def _figure(heading: str, name: str, show: Callable[[int], str] = scaled) -> Column:
    """A figure of the rows that the network has as well."""
    return Column(
        heading,
        lambda audit, row: show(getattr(row, name)),
        lambda audit: show(getattr(audit, name)) or "0",
    )


def _share(heading: str, name: str) -> Column:
    """A figure as its part of the network's."""
    return Column(heading, lambda audit, row: share(getattr(row, name), getattr(audit, name)))


COLUMNS: dict[str, Column] = {
    "path": Column("path", lambda audit, row: row.path, lambda audit: "total", text=True),
    "op": Column("op or block", words.target, text=True),
    "input": Column(
        "input",
        lambda audit, row: words.shapes(row.input),
        lambda audit: words.whole(audit.input),
        text=True,
    ),
    "output": Column(
        "output",
        lambda audit, row: words.shapes(row.output),
        lambda audit: words.whole(audit.output),
        text=True,
    ),
    "params": Column(
        "params",
        lambda audit, row: "shared" if row.shared else count(row.params),
        lambda audit: f"{audit.params:,}",
    ),
    "of_params": _share("of params", "params"),
    "weights": _figure("weights", "weight_params", count),
    "biases": _figure("biases", "bias_params", count),
    "norms": _figure("norms", "norm_params", count),
    "macs": Column(
        "MACs",
        lambda audit, row: "training" if row.training_only else scaled(row.macs),
        lambda audit: scaled(audit.macs) or "0",
    ),
    "share": _share("share", "macs"),
    "flops": _figure("FLOPs", "flops"),
    "elementwise": _figure("elementwise", "elementwise"),
    "activation": _figure("activation", "activation"),
    "memory": Column(
        "memory",
        lambda audit, row: memory(row.memory),
        lambda audit: memory(audit.memory),
    ),
    "field": Column(
        "field",
        lambda audit, row: words.field(row),
        lambda audit: words.sizes(audit.receptive_field),
    ),
    "jump": Column(
        "jump",
        lambda audit, row: words.sizes(row.jump),
        lambda audit: words.sizes(audit.stride),
    ),
    "centre": Column("centre", lambda audit, row: words.sizes(row.centre)),
    "intensity": Column(
        "FLOPs/B",
        lambda audit, row: number(row.intensity),
        lambda audit: number(audit.intensity),
    ),
    "line": Column("line", lambda audit, row: str(row.line)),
}
DEFAULT = ("path", "op", "output", "params", "macs", "share", "memory", "field")


def chosen(names: tuple[str, ...]) -> list[Column]:
    """The columns of these names; none: those that fit into 100 characters."""
    return [COLUMNS[name] for name in names or DEFAULT]
