"""The audit for other programs and pages: JSON, CSV, Markdown, HTML."""

import csv
import io
import json
from collections.abc import Sequence
from html import escape

from archdsl.analyses.figures.report import Audit, BlockRow, LayerRow
from archdsl.backends.audit import row_words
from archdsl.backends.audit.columns import COLUMNS, DEFAULT
from archdsl.backends.audit.notes import footer, title
from archdsl.backends.audit.table import PrintedRow, lines_of, totals
from archdsl.base.escape import json_text, visible

STYLE = """\
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; color: #1c2330 }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
:is(th, td) { padding: .2rem .7rem; text-align: right; white-space: nowrap }
thead th { border-bottom: 2px solid #8894a8 }
tfoot td { border-top: 2px solid #8894a8; font-weight: 600 }
tr.heading td { font-weight: 600 }
tr.faint td { opacity: .6 }
p { opacity: .75 }"""

# A notebook has rules of its own for tables: two classes outweigh them. Where it takes no style
# sheet of another's notebook, what stands with the cells holds.
SCOPED = "\n".join(f".archdsl.archdsl {line}" for line in STYLE.splitlines()[1:])
LEFT = ' style="text-align: left"'
BY_DIMENSION = ("receptive_field", "jump", "centre")
FORMULA = tuple("=+-@\t\r\n")  # what spreadsheets take a cell that begins so for
FIRST = ("network", "input", "output", "complete")
CONTRACT = (
    "path", "op", "block", "input", "output", "params", "macs", "receptive_field", "line",
)  # fmt: skip

CSV_COLUMNS = (
    "path", "op", "block", "arguments", "input", "output", "params", "macs", "elementwise",
    "activation", "memory", "receptive_field", "whole_input", "shared", "training_only", "file",
    "line", "weight_params", "bias_params", "norm_params", "aux_params", "flops", "jump", "centre",
    "intensity",
)  # fmt: skip


def as_json(audit: Audit, depth: int | None = None) -> str:
    """The fields of `Audit`; with a depth, without the rows below it."""
    if depth is not None:
        shallow = {
            "layers": tuple(row for row in audit.layers if row_words.level(row) <= depth),
            "blocks": tuple(row for row in audit.blocks if row_words.level(row) <= depth),
        }
        audit = audit.model_copy(update=shallow)
    fields = audit.model_dump(mode="json")
    figures = {name: fields[name] for name in (*FIRST, *fields)}
    parts = [f"  {json.dumps(name)}: {_member(value)}" for name, value in figures.items()]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _member(value: object) -> str:
    """A figure, or rows with a line each: names of the contract first."""
    if not (isinstance(value, list) and value and isinstance(value[0], dict)):
        return json_text(value)
    rows = ({k: row[k] for k in (*CONTRACT, *row) if k in row} for row in value)
    lines = (f"    {json_text(row)}" for row in rows)
    return "[\n" + ",\n".join(lines) + "\n  ]"


def as_csv(audit: Audit, depth: int | None = None) -> str:
    """One line a layer (or folded block): the columns add up to the network."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for row in row_words.folded(audit, depth):
        writer.writerow([_cell(*cell) for cell in cells(row).items()])
    return text.getvalue()


def cells(row: LayerRow | BlockRow) -> dict[str, object]:
    """A row by its columns, shapes as the language writes them."""
    values = {"op": "", "arguments": ""} | row.model_dump()
    values |= {
        "input": row_words.shapes(row.input),
        "output": row_words.shapes(row.output),
        **{name: row_words.sizes(getattr(row, name)) for name in BY_DIMENSION},
    }
    return {column: values[column] for column in CSV_COLUMNS}


def _cell(column: str, value: object) -> object:
    if column == "file":
        return _place(str(value))
    return int(value) if isinstance(value, bool) else value


def _place(file: str) -> str:
    """A file's name that no spreadsheet takes for a formula: `./=1.arch` is the same file."""
    return visible(f"./{file}" if file.startswith(FORMULA) else file)


def as_markdown(audit: Audit, depth: int = 1, columns: Sequence[str] = ()) -> str:
    """A table for a README."""
    names = columns or DEFAULT
    shown = [COLUMNS[name] for name in names]
    rows = [[column.heading for column in shown], ["---" if c.text else "---:" for c in shown]]
    rows += [_marked(line) for line in lines_of(audit, depth, names)]
    rows.append([f"**{cell}**" if cell else "" for cell in totals(audit, names)])
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    notes = "  \n".join(footer(audit))
    return f"### {title(audit)}\n\n{table}\n\n{notes}\n"


def _marked(line: PrintedRow) -> list[str]:
    cells = [cell.replace("|", "\\|").replace("*", "\\*") for cell in line.cells]
    cells[0] = f"`{cells[0]}`"
    return cells


def as_html(audit: Audit, depth: int = 1, columns: Sequence[str] = ()) -> str:
    """A page of its own, with nothing to load."""
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
{html_table(audit, depth, columns)}
</body>
</html>
"""


def as_fragment(audit: Audit, depth: int = 1) -> str:
    """The table for a notebook's cell, which has a page around it already."""
    return f"""\
<div class="archdsl">
<style>
{SCOPED}
</style>
<p>{escape(title(audit))}</p>
{html_table(audit, depth)}
</div>
"""


def html_table(audit: Audit, depth: int, columns: Sequence[str] = ()) -> str:
    """The table and what stands below it."""
    names = columns or DEFAULT
    styles = [LEFT if COLUMNS[name].text else "" for name in names]
    head = _html_row(PrintedRow(tuple(COLUMNS[name].heading for name in names)), styles, "th")
    body = "\n".join(_html_row(line, styles) for line in lines_of(audit, depth, names))
    foot = _html_row(PrintedRow(totals(audit, names)), styles)
    notes = "<br>\n".join(escape(note) for note in footer(audit))
    return f"""\
<table>
<thead>{head}</thead>
<tbody>
{body}
</tbody>
<tfoot>{foot}</tfoot>
</table>
<p>{notes}</p>"""


def _html_row(line: PrintedRow, styles: list[str], tag: str = "td") -> str:
    kind = ' class="heading"' if line.heading else ' class="faint"' if line.faint else ""
    cells = "".join(
        f"<{tag}{style}>{escape(cell)}</{tag}>"
        for cell, style in zip(line.cells, styles, strict=True)
    )
    return f"<tr{kind}>{cells}</tr>"
