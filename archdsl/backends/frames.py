"""Rows as a data frame, of whatever library is installed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from archdsl.base.exceptions import NotInstalled

Columns = Mapping[str, Sequence[object]]

LIBRARIES: dict[str, Callable[[Any, Columns], Any]] = {
    "pandas": lambda pandas, columns: pandas.DataFrame(columns),
    "polars": lambda polars, columns: polars.DataFrame(columns, strict=False),
    "pyarrow": lambda pyarrow, columns: pyarrow.table(columns),
}


def data_frame(columns: Columns) -> Any:
    """A data frame of pandas, else of polars, else a table of pyarrow; cells None are missing."""
    for library, make in LIBRARIES.items():
        if find_spec(library) is not None:
            return make(import_module(library), columns)
    raise NotInstalled(
        "a data frame needs pandas, polars or pyarrow, and none is installed: `pip install pandas`"
    )


def in_columns(names: Iterable[str], rows: Sequence[Mapping[str, object]]) -> Columns:
    """The cells of rows that all have these names, by name; without rows, the names alone."""
    return {name: [row[name] for row in rows] for name in names}
