"""The report as Python has it: typed, with a schema, in notebooks and data frames."""

import json
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType

import pytest

import archdsl
from archdsl.backends.audit import as_json, as_schema


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
    assert all(rule.startswith(".archdsl ") for rule in rules)


def test_html_of_a_name_is_text():
    lines = "network N:\n    input 3x8x8\n    conv(4, 3) :: 4x6x6\n"
    report = archdsl.loads(lines).audit().model_copy(update={"network": "<b>N</b>"})
    assert "<b>" not in report._repr_html_()


def fake(monkeypatch, *installed):
    """Installs modules whose DataFrame is the list of rows that it was given."""
    for name in ("pandas", "polars"):
        monkeypatch.setitem(sys.modules, name, None)
    for name in installed:
        module = ModuleType(name)
        module.__spec__ = ModuleSpec(name, None)
        module.DataFrame = lambda rows, name=name: (name, rows)
        monkeypatch.setitem(sys.modules, name, module)


def test_a_data_frame_of_pandas(report, monkeypatch):
    fake(monkeypatch, "pandas", "polars")
    library, rows = report.to_pandas()
    assert library == "pandas"
    assert [row["path"] for row in rows][:3] == ["conv", "sigmoid", "avg_pool"]
    assert (rows[0]["output"], rows[0]["macs"], rows[0]["shared"]) == ("6x28x28", 117_600, False)


def test_a_data_frame_of_polars(report, monkeypatch):
    fake(monkeypatch, "polars")
    assert report.to_pandas("blocks") == ("polars", [])


def test_no_data_frame_without_a_library(report, monkeypatch):
    monkeypatch.setattr("archdsl.backends.audit.report.find_spec", lambda name: None)
    with pytest.raises(ImportError, match="needs pandas or polars"):
        report.to_pandas()


# --- the schema -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["resnet18", "googlenet"])
def test_the_json_has_the_fields_of_the_schema(name):
    schema = json.loads(as_schema())
    found = json.loads(as_json(archdsl.load(name).audit()))
    assert set(found) == set(schema["properties"]) == set(schema["required"])
    for rows, kind in (("layers", "LayerRow"), ("blocks", "BlockRow")):
        fields = set(schema["$defs"][kind]["properties"])
        assert all(set(row) == fields for row in found[rows])
        assert all("description" in f or "title" in f for f in schema["properties"].values())


def test_the_json_reads_back(report):
    text = as_json(report)
    kept = report.model_dump(mode="json") | {"rows": []}
    assert json.loads(text) | {"rows": []} == kept
