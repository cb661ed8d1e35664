"""An audit as text: a table for people, Markdown and HTML for pages, CSV and JSON for programs."""

from collections.abc import Sequence

from archdsl.analyses.figures.report import Audit
from archdsl.backends.audit.columns import COLUMNS
from archdsl.backends.audit.documents import (
    as_csv,
    as_fragment,
    as_html,
    as_json,
    as_markdown,
    as_schema,
)
from archdsl.backends.audit.report import Report, audited
from archdsl.backends.audit.table import as_table
from archdsl.backends.audit.words import WIDTH, telling

FORMATS = ("table", "json", "csv", "md", "html")

__all__ = [
    "COLUMNS",
    "FORMATS",
    "Report",
    "as_csv",
    "as_fragment",
    "as_html",
    "as_json",
    "as_markdown",
    "as_schema",
    "as_table",
    "audited",
    "render",
]


def render(
    audit: Audit,
    format: str,
    *,
    depth: int | None = None,
    columns: Sequence[str] = (),
    width: int = WIDTH,
    colour: bool = False,
) -> str:
    """The audit in one of `FORMATS`; `depth` folds the blocks below; without one
    JSON and CSV have all, and tables open what has nearly all of the work.

    `columns` are those of a table, Markdown or HTML, of `COLUMNS`; JSON and CSV carry everything.
    Without them a table has those that the width has room for.
    """
    level = telling(audit) if depth is None else depth
    match format:
        case "json":
            return as_json(audit, depth)
        case "csv":
            return as_csv(audit, depth)
        case "md":
            return as_markdown(audit, level, columns)
        case "html":
            return as_html(audit, level, columns)
        case "table":
            return as_table(audit, level, columns=columns, width=width, colour=colour)
    raise ValueError(f"no audit format {format!r}")
