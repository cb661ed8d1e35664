"""An audit as text: a table for people, Markdown and HTML for pages, CSV and JSON for programs."""

from archdsl.analyses.report import Audit
from archdsl.backends.audit.documents import as_csv, as_html, as_json, as_markdown
from archdsl.backends.audit.table import as_table

FORMATS = ("table", "json", "csv", "md", "html")

__all__ = ["FORMATS", "as_csv", "as_html", "as_json", "as_markdown", "as_table", "render"]


def render(audit: Audit, format: str, *, depth: int | None = None, colour: bool = False) -> str:
    """The audit in one of `FORMATS`; `depth` folds the blocks below."""
    match format:
        case "json":
            return as_json(audit, depth)
        case "csv":
            return as_csv(audit, depth)
        case "md":
            return as_markdown(audit, depth or 1)
        case "html":
            return as_html(audit, depth or 1)
        case "table":
            return as_table(audit, depth or 1, colour=colour)
    raise ValueError(f"no audit format {format!r}")
