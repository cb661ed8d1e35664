"""The audit for other programs and pages: JSON, CSV, Markdown, HTML."""

import csv
import io
import json
from html import escape

from archdsl.analyses.report import Audit, LayerRow
from archdsl.backends.audit import words
from archdsl.backends.audit.table import (
    HEADINGS,
    TEXT_COLUMNS,
    Line,
    footer,
    lines_of,
    title,
    totals,
)

STYLE = """\
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; color: #1c2330 }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { padding: .2rem .7rem; text-align: right; white-space: nowrap }
th:nth-child(-n+3), td:nth-child(-n+3) { text-align: left }
thead th { border-bottom: 2px solid #8894a8 }
tfoot td { border-top: 2px solid #8894a8; font-weight: 600 }
tr.heading td { font-weight: 600 }
tr.faint td { color: #8894a8 }
p { color: #5a6579 }"""

CONTRACT = (
    "path", "op", "block", "input", "output", "params", "macs", "receptive_field", "line",
)  # fmt: skip

CSV_COLUMNS = (
    "path", "op", "block", "arguments", "input", "output", "params", "macs", "elementwise",
    "activation", "memory", "receptive_field", "whole_input", "shared", "training_only", "file",
    "line",
)  # fmt: skip


def as_json(audit: Audit, depth: int | None = None) -> str:
    """The fields of `Audit`; with a depth, without the rows below it."""
    if depth is not None:
        shallow = {
            "layers": tuple(row for row in audit.layers if words.level(row) <= depth),
            "blocks": tuple(row for row in audit.blocks if words.level(row) <= depth),
        }
        audit = audit.model_copy(update=shallow)
    figures = audit.model_dump(mode="json")
    parts = [f"  {json.dumps(name)}: {_member(value)}" for name, value in figures.items()]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _member(value: object) -> str:
    """A figure, or rows with a line each: names of the contract first."""
    if not (isinstance(value, list) and value and isinstance(value[0], dict)):
        return json.dumps(value, ensure_ascii=False)
    rows = ({k: row[k] for k in (*CONTRACT, *row) if k in row} for row in value)
    lines = (f"    {json.dumps(row, ensure_ascii=False)}" for row in rows)
    return "[\n" + ",\n".join(lines) + "\n  ]"


def as_csv(audit: Audit, depth: int | None = None) -> str:
    """One line a layer (or folded block): the columns add up to the network."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for row in words.folded(audit, depth):
        own = {"op": row.op, "arguments": row.arguments} if isinstance(row, LayerRow) else {}
        values = {"op": "", "arguments": ""} | row.model_dump() | own
        values |= {
            "input": words.shapes(row.input),
            "output": words.shapes(row.output),
            "receptive_field": "x".join(map(str, row.receptive_field)),
        }
        writer.writerow([_cell(values[column]) for column in CSV_COLUMNS])
    return text.getvalue()


def _cell(value: object) -> object:
    return int(value) if isinstance(value, bool) else value


def as_markdown(audit: Audit, depth: int = 1) -> str:
    """A table for a README."""
    dashes = ["---" if k < TEXT_COLUMNS else "---:" for k in range(len(HEADINGS))]
    rows = [HEADINGS, dashes, *(_marked(line) for line in lines_of(audit, depth))]
    rows.append([f"**{cell}**" if cell else "" for cell in totals(audit)])
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    notes = "  \n".join(footer(audit))
    return f"### {title(audit)}\n\n{table}\n\n{notes}\n"


def _marked(line: Line) -> list[str]:
    cells = [cell.replace("|", "\\|").replace("*", "\\*") for cell in line.cells]
    cells[0] = f"`{cells[0]}`"
    return cells


def as_html(audit: Audit, depth: int = 1) -> str:
    """A page of its own, with nothing to load."""
    head = "".join(f"<th>{escape(heading)}</th>" for heading in HEADINGS)
    body = "\n".join(_html_row(line) for line in lines_of(audit, depth))
    notes = "<br>\n".join(escape(note) for note in footer(audit))
    heading = escape(title(audit))
    return f"""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{heading}</title>
<style>
{STYLE}
</style>
</head>
<body>
<h1>{heading}</h1>
<table>
<thead><tr>{head}</tr></thead>
<tbody>
{body}
</tbody>
<tfoot><tr>{_html_cells(totals(audit))}</tr></tfoot>
</table>
<p>{notes}</p>
</body>
</html>
"""


def _html_row(line: Line) -> str:
    style = "heading" if line.heading else "faint" if line.faint else ""
    opening = f'<tr class="{style}">' if style else "<tr>"
    return f"{opening}{_html_cells(line.cells)}</tr>"


def _html_cells(cells: tuple[str, ...]) -> str:
    return "".join(f"<td>{escape(cell)}</td>" for cell in cells)
