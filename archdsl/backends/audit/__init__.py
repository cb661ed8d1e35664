"""An audit as text: a table for people, Markdown and HTML for pages, CSV and JSON for programs.

Knows a report and the columns.
Gives the text of it.
Must not know how a figure is counted.
"""

from archdsl.backends.audit.audited import Report, audited
from archdsl.backends.audit.columns import COLUMNS
from archdsl.backends.audit.documents import as_fragment
from archdsl.backends.audit.formats import FORMATS, render

__all__ = ["COLUMNS", "FORMATS", "Report", "as_fragment", "audited", "render"]
