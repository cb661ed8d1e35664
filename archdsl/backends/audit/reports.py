"""Differences and sizes as Python hands them out: they print as tables and become data frames."""

from typing import Any, Literal

from archdsl.analyses.difference.report import Difference, difference
from archdsl.analyses.input_sizes.report import Sizes
from archdsl.backends.audit.difference import as_markdown, as_table
from archdsl.backends.audit.sizes import as_table as sizes_table
from archdsl.backends.frames import data_frame, in_columns
from archdsl.ir.graph import Program


class DifferenceReport(Difference):
    """Two networks held against each other."""

    def to_pandas(self, rows: Literal["steps", "blocks"] = "steps") -> Any:
        """The rows as a data frame of pandas, polars or pyarrow; what differs as one text.

        Raises ImportError where none of them is installed.
        """
        return data_frame(in_columns([_cells(row.model_dump()) for row in getattr(self, rows)]))

    def __repr__(self) -> str:
        found = "equal" if self.equal else f"{len(self.steps)} steps differ"
        return f"DifferenceReport({self.old.network} → {self.new.network}: {found})"

    def __str__(self) -> str:
        return as_table(self)

    def _repr_markdown_(self) -> str:
        return as_markdown(self)


class SizesReport(Sizes):
    """The input sizes that a network accepts."""

    def to_pandas(self, rows: Literal["losses", "refusals"] = "losses") -> Any:
        """All axes as a data frame of pandas, polars or pyarrow; sets of sizes in words.

        Raises ImportError where none of them is installed.
        """
        found = [
            {"axis": " and ".join(axis.dimensions), **_worded(row.model_dump())}
            for axis in self.axes
            for row in getattr(axis, rows)
        ]
        return data_frame(in_columns(found))

    def __repr__(self) -> str:
        found = (f"{' and '.join(a.dimensions)} {a.accepted.text}" for a in self.axes)
        return f"SizesReport({self.network}: {'; '.join(found)})"

    def __str__(self) -> str:
        return sizes_table(self)

    def _repr_markdown_(self) -> str:
        return f"```text\n{self}```\n"


def differed(old: Program, new: Program) -> DifferenceReport:
    """What changed from the old program to the new one."""
    found = difference(old, new)
    return DifferenceReport(**{name: getattr(found, name) for name in Difference.model_fields})


def sized(found: Sizes) -> SizesReport:
    """The sizes as a report."""
    return SizesReport(**{name: getattr(found, name) for name in Sizes.model_fields})


def _cells(row: dict[str, Any]) -> dict[str, object]:
    values = row.pop("values", None)
    if values is None:
        return row
    told = (f"{v['name']} {v['old']} → {v['new']}" for v in values)
    return {**row, "values": "; ".join(told)}


def _worded(row: dict[str, Any]) -> dict[str, object]:
    words = {"sizes": row["sizes"]["text"]}
    if "dimensions" in row:
        words["dimensions"] = " and ".join(row["dimensions"])
    return {**row, **words}
