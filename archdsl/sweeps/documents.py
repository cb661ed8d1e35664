"""A sweep as text and files: a table for people; CSV, JSON and Parquet for programs."""

import csv
import json
from collections.abc import Iterator, Sequence
from html import escape
from importlib import import_module
from importlib.util import find_spec
from io import BytesIO, StringIO

from archdsl.base.escape import json_text, visible
from archdsl.base.quantities import is_whole
from archdsl.driver import Misuse
from archdsl.sweeps.variants import Value, Variant, Variants, written

MARK = "●"  # a variant on the front


def as_table(sweep: Variants) -> str:
    """Aligned columns, the front marked, failures with their diagnostics, and a summary."""
    names = (*sweep.axes, *sweep.figures)
    rows = [names, *(_row(variant, names) for variant in sweep.variants)]
    widths = [max(len(row[k]) for row in rows) for k in range(len(names))]
    head, *body = (_aligned(row, widths) for row in rows)
    lines = [f"  {head}".rstrip(), "─" * (2 + len(head))]
    for line, variant in zip(body, sweep.variants, strict=True):
        lines.append(f"{MARK if variant.front else ' '} {line}{_why(variant)}".rstrip())
    return "\n".join([*lines, "", summary(sweep), ""])


def as_html(sweep: Variants) -> str:
    """The table for a notebook's cell."""
    names = (*sweep.axes, *sweep.figures)
    head = "".join(f"<th>{escape(name)}</th>" for name in ("", *names))
    rows = "\n".join(_html_row(variant, names) for variant in sweep.variants)
    return (
        f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n"
        f"<p>{escape(summary(sweep))}</p>\n"
    )


def as_csv(sweep: Variants) -> str:
    """A line for each variant, numbers unrounded."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(sweep.columns())
    for variant in sweep.variants:
        cells = variant.cells()
        writer.writerow([written(cells.get(name, "")) for name in sweep.columns()])
    return out.getvalue()


def as_json(sweep: Variants) -> str:
    """The fields of `Sweep`, a line for each variant."""
    fields = sweep.model_dump(mode="json")
    rows = fields.pop("variants")
    parts = [f"  {json.dumps(k)}: {json_text(v)}" for k, v in fields.items()]
    lines = ",\n".join(f"    {json_text(row)}" for row in rows)
    parts.append(f'  "variants": [\n{lines}\n  ]' if rows else '  "variants": []')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def as_parquet(sweep: Variants) -> bytes:
    """The flat rows in columns, by pyarrow or polars; `Misuse` where neither is installed."""
    check_parquet()
    columns = sweep.in_columns()
    out = BytesIO()
    if find_spec("pyarrow") is not None:
        table = import_module("pyarrow").table(columns)
        import_module("pyarrow.parquet").write_table(table, out)
    else:
        import_module("polars").DataFrame(columns, strict=False).write_parquet(out)
    return out.getvalue()


def check_parquet() -> None:
    """Raises `Misuse` where nothing is installed that writes Parquet."""
    if find_spec("pyarrow") is None and find_spec("polars") is None:
        raise Misuse("Parquet needs pyarrow, which is not installed: `pip install pyarrow`")


def summary(sweep: Variants) -> str:
    """`39 variants of net: 12 meet the condition, 3 of them on the front (●); 1 fails`."""
    tried = f"{sweep.tried:,}" if sweep.complete else f"{sweep.tried:,} of {sweep.total:,}"
    said = f"{tried} variant{'s' if sweep.total != 1 else ''} of {sweep.network}: "
    fitting = len(sweep.fitting)
    meet = "meets the condition" if fitting == 1 else "meet the condition"
    said += f"{fitting:,} {meet if sweep.where else 'built'}"
    if sweep.pareto:
        said += f", {len(sweep.front):,} of them on the front ({MARK})"
    failed = len(sweep.failed)
    return said + (f"; {failed:,} fail{'s' if failed == 1 else ''}" if failed else "")


def _row(variant: Variant, names: Sequence[str]) -> tuple[str, ...]:
    cells = variant.cells()
    return tuple(shown(cells.get(name, "")) for name in names)


def shown(value: Value) -> str:
    """A value for people: `11,689,512`, `0.5`, `relu`."""
    if is_whole(value):
        return f"{value:,}"
    return written(value)


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))


def _why(variant: Variant) -> str:
    why = variant.failure
    return f"  {why.code}: {visible(why.message)}" if why is not None else ""


def _html_row(variant: Variant, names: Sequence[str]) -> str:
    cells = "".join(f"<td>{escape(cell)}</td>" for cell in _html_cells(variant, names))
    return f"<tr>{cells}</tr>"


def _html_cells(variant: Variant, names: Sequence[str]) -> Iterator[str]:
    yield MARK if variant.front else ""
    yield from _row(variant, names)
    if variant.failure is not None:
        yield _why(variant).strip()
