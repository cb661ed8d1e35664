"""The columns that a table may have: their headings, what stands in a row and in the total."""

from collections.abc import Callable

from msgspec import Struct

from archdsl.analyses.figures.report import Audit, BlockRow, LayerRow
from archdsl.backends.audit import row_words
from archdsl.base.quantities import count, memory, ratio, scaled, share


class Column(Struct, frozen=True):
    """`cell` prints the audit's k-th row, `total` the network's own figure."""

    heading: str
    cell: Callable[[Audit, int], str]
    total: Callable[[Audit], str] = lambda audit: ""
    text: bool = False  # aligned left


def _plain(
    heading: str,
    cell: Callable[[LayerRow | BlockRow], str],
    total: Callable[[Audit], str] = lambda audit: "",
    text: bool = False,
) -> Column:
    """A column whose cells depend on one row alone."""
    return Column(heading, lambda audit, index: cell(audit.rows[index]), total, text)


def _figure(heading: str, name: str, show: Callable[[int], str] = scaled) -> Column:
    """A figure of the rows that the network has as well."""
    return _plain(
        heading,
        lambda row: show(getattr(row, name)),
        lambda audit: show(getattr(audit, name)) or "0",
    )


def _share(heading: str, name: str) -> Column:
    """A figure as its part of the network's."""
    return Column(
        heading,
        lambda audit, index: share(getattr(audit.rows[index], name), getattr(audit, name)),
    )


COLUMNS: dict[str, Column] = {
    "path": _plain("path", lambda row: row.path, lambda audit: "total", text=True),
    "op": Column("op or block", row_words.target, text=True),
    "input": _plain("input", lambda row: row_words.shapes(row.input), text=True),
    "output": _plain(
        "output",
        lambda row: row_words.shapes(row.output),
        lambda audit: "" if isinstance(audit.output, dict) else row_words.shapes(audit.output),
        text=True,
    ),
    "params": _plain(
        "params",
        lambda row: "shared" if row.shared else count(row.params),
        lambda audit: f"{audit.params:,}",
    ),
    "of_params": _share("par %", "params"),
    "weights": _figure("weights", "weight_params", count),
    "biases": _figure("biases", "bias_params", count),
    "norms": _figure("norms", "norm_params", count),
    "aux": _figure("training only", "aux_params", count),
    "macs": _plain(
        "MACs",
        lambda row: "training" if row.training_only else scaled(row.macs),
        lambda audit: scaled(audit.macs) or "0",
    ),
    "share": _share("MAC %", "macs"),
    "flops": _figure("FLOPs", "flops"),
    "elementwise": _figure("elementwise", "elementwise"),
    "activation": _figure("activation", "activation"),
    "memory": _plain("memory", lambda row: memory(row.memory), lambda audit: memory(audit.memory)),
    "field": _plain("field", row_words.field, row_words.field),
    "jump": _plain(
        "jump",
        lambda row: row_words.placed(row, row.jump),
        lambda audit: row_words.even(audit.stride),
    ),
    "centre": _plain("centre", lambda row: row_words.placed(row, row.centre, ", ")),
    "intensity": _plain(
        "FLOPs/B", lambda row: ratio(row.intensity), lambda audit: ratio(audit.intensity)
    ),
    "line": _plain("line", lambda row: str(row.line)),
}

# Of a table for which none are named:
DEFAULT = (
    "path", "op", "output", "params", "of_params", "macs", "share", "intensity", "memory", "field",
    "jump", "centre",
)  # fmt: skip
FOLDED = ("output", "op")  # their cells take several lines where the table is too wide
SPARED = ("centre", "jump", "intensity", "of_params", "share", "memory", "field")  # left out then
