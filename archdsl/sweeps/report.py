"""A sweep as its users have it: it prints as a table and becomes a data frame."""

from typing import Any

from archdsl.backends.frames import data_frame
from archdsl.sweeps.documents import as_html, as_table
from archdsl.sweeps.variants import Variants


class Sweep(Variants):
    """The variants that meet the condition, and those that fail, in the grid's order."""

    def to_pandas(self) -> Any:
        """A data frame of pandas, polars or pyarrow, with a row for each variant.

        Raises `NotInstalled` where none of them is installed.
        """
        return data_frame(self.in_columns())

    def __repr__(self) -> str:
        counts = f"{len(self.fitting)} fit, {len(self.failed)} fail"
        return f"Sweep({self.network}: {self.tried} of {self.total} variants tried, {counts})"

    def __str__(self) -> str:
        return as_table(self)

    def _repr_html_(self) -> str:
        return as_html(self)
