"""The report as Python has it: typed, with a schema, in notebooks and data frames."""

import json
import sys
from types import ModuleType

import pytest

import archdsl
from archdsl.analyses.figures.report import Audit
from archdsl.backends.audit.documents import as_json
from archdsl.backends.report_json import as_schema


@pytest.fixture(scope="module")
def report():
    return archdsl.load("lenet5").audit()


def test_it_prints_as_its_table(report):
    assert str(report).startswith("lenet5: 1x28x28 -> 10\n")


def test_a_notebook_shows_the_table_and_nothing_else_changes(report):
    html = report._repr_html_()
    assert html.startswith('<div class="archdsl">')
    assert html.count("<tr>") + html.count('<tr class="heading">') == 1 + 12 + 1
    assert "<html" not in html
    rules = html.split("<style>")[1].split("</style>")[0].strip().splitlines()
    assert all(rule.startswith(".archdsl.archdsl ") for rule in rules)


def test_html_of_a_name_is_text():
    lines = "network N:\n    input 3x8x8\n    conv(4, 3) :: 4x6x6\n"
    report = archdsl.loads(lines).audit().model_copy(update={"network": "<b>N</b>"})
    assert "<b>" not in report._repr_html_()


# --- data frames ------------------------------------------------------------------------------


def only(monkeypatch, *installed):
    """Hides the libraries that are not named."""
    monkeypatch.setattr(
        "archdsl.backends.frames.find_spec", lambda name: name if name in installed else None
    )


def test_a_data_frame_of_pandas(report):
    import pandas

    frame = report.to_pandas()
    assert type(frame) is pandas.DataFrame
    assert list(frame.path)[:3] == ["conv", "sigmoid", "avg_pool"]
    assert (frame.output[0], frame.macs[0], frame.shared[0]) == ("6x28x28", 117_600, False)
    assert frame.params.sum() == 61_706
    assert frame.params.dtype == "int64"


def test_a_table_of_pyarrow(report, monkeypatch):
    import pyarrow

    only(monkeypatch, "pyarrow")
    table = report.to_pandas()
    assert type(table) is pyarrow.Table
    assert sum(table["params"].to_pylist()) == 61_706


def test_a_data_frame_of_polars(report, monkeypatch):
    """What polars is given; it is too large to be installed for this alone."""
    module = ModuleType("polars")
    module.DataFrame = lambda columns, strict: (columns["path"][:2], strict)
    monkeypatch.setitem(sys.modules, "polars", module)
    only(monkeypatch, "polars", "pyarrow")
    assert report.to_pandas() == (["conv", "sigmoid"], False)


def test_a_frame_of_no_rows(report, monkeypatch):
    assert len(report.to_pandas("blocks")) == 0
    only(monkeypatch, "pyarrow")
    assert report.to_pandas("blocks").num_rows == 0


def test_no_data_frame_without_a_library(report, monkeypatch):
    only(monkeypatch)
    with pytest.raises(ImportError, match="needs pandas, polars or pyarrow"):
        report.to_pandas()


# --- the schema -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["resnet18", "googlenet"])
def test_the_json_has_the_fields_of_the_schema(name):
    schema = json.loads(as_schema(Audit))
    data = json.loads(as_json(archdsl.load(name).audit()))
    assert set(data) == set(schema["properties"]) == set(schema["required"])
    for rows, kind in (("layers", "LayerRow"), ("blocks", "BlockRow")):
        fields = set(schema["$defs"][kind]["properties"])
        assert all(set(row) == fields for row in data[rows])
        assert all("description" in f or "title" in f for f in schema["properties"].values())


def test_the_json_reads_back(report):
    text = as_json(report)
    kept = report.model_dump(mode="json") | {"rows": []}
    assert json.loads(text) | {"rows": []} == kept
