"""Differences and sizes as Python hands them out: they print as tables and become data frames."""

from typing import Any, Literal

from archdsl.analyses.difference.report import BlockChange, Difference, StepChange, difference
from archdsl.analyses.input_sizes.report import Loss, Refusal, Sizes
from archdsl.backends.audit.difference import as_markdown, as_table
from archdsl.backends.audit.sizes_text import as_table as sizes_table
from archdsl.backends.frames import data_frame, in_columns
from archdsl.base.exceptions import check_word
from archdsl.ir.graph import Program


class DifferenceReport(Difference):
    """Two networks held against each other."""

    def to_pandas(self, rows: Literal["steps", "blocks"] = "steps") -> Any:
        """The rows as a data frame of pandas, polars or pyarrow; what differs as one text.

        Raises `NotInstalled` where none of them is installed.
        """
        check_word("rows", rows, ("steps", "blocks"))
        chosen = self.steps if rows == "steps" else self.blocks
        names = (StepChange if rows == "steps" else BlockChange).model_fields
        return data_frame(in_columns(names, [_cells(row.model_dump()) for row in chosen]))

    def __repr__(self) -> str:
        outcome = "equal" if self.equal else f"{len(self.steps)} steps differ"
        return f"DifferenceReport({self.old.network} → {self.new.network}: {outcome})"

    def __str__(self) -> str:
        return as_table(self)

    def _repr_markdown_(self) -> str:
        return as_markdown(self)


class SizesReport(Sizes):
    """The input sizes that a network accepts."""

    def to_pandas(self, rows: Literal["losses", "refusals"] = "losses") -> Any:
        """All axes as a data frame of pandas, polars or pyarrow; sets of sizes in words.

        Raises `NotInstalled` where none of them is installed.
        """
        check_word("rows", rows, ("losses", "refusals"))
        entries = [
            {"axis": " and ".join(axis.dimensions), **_worded(row.model_dump())}
            for axis in self.axes
            for row in (axis.losses if rows == "losses" else axis.refusals)
        ]
        names = (Loss if rows == "losses" else Refusal).model_fields
        return data_frame(in_columns(("axis", *names), entries))

    def __repr__(self) -> str:
        accepted = (f"{' and '.join(a.dimensions)} {a.accepted.text}" for a in self.axes)
        return f"SizesReport({self.network}: {'; '.join(accepted)})"

    def __str__(self) -> str:
        return sizes_table(self)

    def _repr_markdown_(self) -> str:
        return f"```text\n{self}```\n"


def differed(old: Program, new: Program) -> DifferenceReport:
    """The changes from the old program to the new one."""
    changes = difference(old, new)
    return DifferenceReport(**{name: getattr(changes, name) for name in Difference.model_fields})


def sized(sizes: Sizes) -> SizesReport:
    """The sizes as a report."""
    return SizesReport(**{name: getattr(sizes, name) for name in Sizes.model_fields})


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
