"""The audit as Python hands it out: it prints as its table and becomes a data frame."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal

from archdsl.analyses import report
from archdsl.analyses.report import Audit, DType
from archdsl.backends.audit.documents import as_fragment, cells
from archdsl.backends.audit.table import as_table
from archdsl.ir.counts import Convention
from archdsl.ir.graph import Program

LIBRARIES = ("pandas", "polars")


def data_frame(rows: list[dict[str, object]]) -> Any:
    """The rows as a data frame: of pandas, or of polars where only that is installed."""
    for library in LIBRARIES:
        if find_spec(library) is not None:
            return import_module(library).DataFrame(rows)
    raise ImportError(
        "a data frame needs pandas or polars, and neither is installed: `pip install pandas`"
    )


class Report(Audit):
    """A network's figures, by layer and by block."""

    def to_pandas(self, rows: Literal["layers", "blocks"] = "layers") -> Any:
        """The rows as a data frame of pandas or polars; shapes as the language writes them.

        Raises ImportError where neither is installed.
        """
        return data_frame([cells(row) for row in getattr(self, rows)])

    def __str__(self) -> str:
        return as_table(self)

    def _repr_html_(self) -> str:
        return as_fragment(self)


def audited(
    program: Program,
    *,
    batch: int = 1,
    dtype: DType = "float32",
    count: Convention = "torchvision",
) -> Report:
    """All figures of a program; `batch` and `dtype` are for the memory, `count` for the MACs."""
    found = report.audit(program, batch=batch, dtype=dtype, count=count)
    return Report(**{name: getattr(found, name) for name in Audit.model_fields})
