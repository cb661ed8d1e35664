"""The table of the formats of an audit: a name and what writes it.

The choices of the command line follow it.
"""

from collections.abc import Callable, Sequence

from msgspec import Struct

from archdsl.analyses.figures.report import Audit
from archdsl.backends.audit.documents import as_csv, as_html, as_json, as_markdown
from archdsl.backends.audit.row_words import WIDTH, telling
from archdsl.backends.audit.table import as_table


class AuditWishes(Struct, frozen=True):
    """The wishes for an audit; without a depth a table opens the blocks with nearly all work."""

    depth: int | None
    columns: Sequence[str]
    width: int
    colour: bool

    def level(self, audit: Audit) -> int:
        """The depth of a table."""
        return telling(audit) if self.depth is None else self.depth


def _table(audit: Audit, asked: AuditWishes) -> str:
    level, columns = asked.level(audit), asked.columns
    return as_table(audit, level, columns=columns, width=asked.width, colour=asked.colour)


FORMATS: dict[str, Callable[[Audit, AuditWishes], str]] = {
    "table": _table,
    "json": lambda audit, asked: as_json(audit, asked.depth),
    "csv": lambda audit, asked: as_csv(audit, asked.depth),
    "md": lambda audit, asked: as_markdown(audit, asked.level(audit), asked.columns),
    "html": lambda audit, asked: as_html(audit, asked.level(audit), asked.columns),
}


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
    if format not in FORMATS:
        raise ValueError(f"no audit format {format!r}")
    return FORMATS[format](audit, AuditWishes(depth, columns, width, colour))
