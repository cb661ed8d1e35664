"""The audit as Python hands it out: it prints as its table and becomes a data frame."""

from typing import Any, Literal

from archdsl.analyses.figures import report
from archdsl.analyses.figures.report import Audit, DType
from archdsl.backends.audit.documents import CSV_COLUMNS, as_fragment, cells
from archdsl.backends.audit.row_words import telling
from archdsl.backends.audit.table import as_table
from archdsl.backends.frames import data_frame, in_columns
from archdsl.base.exceptions import check_word
from archdsl.ir.counts import Convention
from archdsl.ir.graph import Program


class Report(Audit):
    """A network's figures, by layer and by block."""

    def to_pandas(self, rows: Literal["layers", "blocks"] = "layers") -> Any:
        """The rows as a data frame of pandas, polars or pyarrow; shapes in the language.

        Raises `NotInstalled` where none of them is installed.
        """
        check_word("rows", rows, ("layers", "blocks"))
        chosen = self.layers if rows == "layers" else self.blocks
        return data_frame(in_columns(CSV_COLUMNS, [cells(row) for row in chosen]))

    def __repr__(self) -> str:
        figures = f"{self.params:,} params, {self.macs:,} MACs"
        return f"Report({self.network}: {figures}, {len(self.layers)} layers)"

    def __str__(self) -> str:
        return as_table(self, telling(self))

    def _repr_html_(self) -> str:
        return as_fragment(self, telling(self))


def audited(
    program: Program,
    *,
    batch: int = 1,
    dtype: DType = "float32",
    count: Convention = "torchvision",
) -> Report:
    """All figures of a program; `batch` and `dtype` are for the memory, `count` for the MACs."""
    figures = report.audit(program, batch=batch, dtype=dtype, count=count)
    return Report(**{name: getattr(figures, name) for name in Audit.model_fields})
