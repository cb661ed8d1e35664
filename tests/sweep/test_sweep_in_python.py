"""`archdsl.sweep`: figures that are published, conditions, failures, processes, going on."""

import json

import pytest

import archdsl
from archdsl import Misuse, SpecError
from archdsl.backends.report_json import as_schema
from archdsl.sweeps import run
from archdsl.sweeps.documents import as_csv, as_json, as_table
from archdsl.sweeps.report import Sweep

EFFICIENTNET = "specs/efficientnet.arch:EfficientNet"
SMALL = """
network Small(width=8, depth=1, act: block = relu):
    input 3x32x32
    for i in range(depth):
        conv(width, 3, padding=1) -> act
    global_avg_pool -> flatten
    linear(10)
"""


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "small.arch"
    path.write_text(SMALL, encoding="utf-8")
    return path


def test_the_published_efficientnets_are_in_the_grid(request):
    """Tan and Le 2019: torchvision's counts for B0 to B2, which scale one network."""
    spec = f"{request.config.rootpath}/{EFFICIENTNET}"
    swept = archdsl.sweep(
        spec, {"width": "1.0,1.1", "depth": "1.0:1.2:0.1", "size": "224", "drop": "0.2"}
    )
    params = {(v.parameters["width"], v.parameters["depth"]): v.figures["params"]
              for v in swept.variants}  # fmt: skip
    assert len(params) == 6
    assert params[1.0, 1.0] == 5_288_548
    assert params[1.0, 1.1] == 7_794_184
    assert params[1.1, 1.2] == 9_109_994


def test_figures_are_those_of_the_network_alone(small):
    swept = archdsl.sweep(small, {"width": "8,12", "act": ["relu", "gelu"]}, figures=run.FACTS)
    assert swept.total == 4
    for variant in swept.variants:
        audit = archdsl.load(small, **variant.parameters).audit()
        assert variant.figures == {
            "params": audit.params,
            "macs": audit.macs,
            "flops": audit.flops,
            "receptive_field": 3,
            "stride": 1,
            "depth": 2,
            "peak_memory": audit.peak_memory,
            "training_memory": audit.training_memory,
            "output": "10",
        }


def test_the_condition_is_the_languages_own(small):
    axes = {"width": "4:16:4", "depth": "1:3"}
    where = "params < 2K and (width > 4 or depth == 1) and conv.output == (width, 32, 32)"
    swept = archdsl.sweep(small, axes, where=where)
    everything = archdsl.sweep(small, axes)
    wanted = [
        v.number
        for v in everything.variants
        if v.figures["params"] < 2000 and (v.parameters["width"] > 4 or v.parameters["depth"] == 1)
    ]
    assert [v.number for v in swept.variants] == wanted
    assert 0 < len(wanted) < everything.total == swept.tried == 12


def test_a_failure_is_a_row_with_its_diagnostic(small):
    swept = archdsl.sweep(small, {"width": [8, 0, 16]}, pareto="params")
    assert [v.failure is None for v in swept.variants] == [True, False, True]
    why = swept.failed[0].failure
    assert (why.code, why.line) == ("E0216", 5)
    assert "not 0" in why.message
    assert [v.number for v in swept.front] == [0]
    assert "E0216" in as_table(swept) and ",E0216," in as_csv(swept)


def test_a_failure_leaves_no_trace_in_the_next_variant(small):
    """What blocks have in common is remembered; a mistake in them is told each time."""
    small.write_text(
        "block b(n):\n    conv(n, 9)\n\nnetwork N(n, k):\n    input 3x16x16\n    b(n) -> b(n)\n"
        "    flatten\n    linear(k)\n",
        encoding="utf-8",
    )
    swept = archdsl.sweep(small, {"n": "4,8", "k": "1:3"})
    assert [v.failure.code for v in swept.variants] == ["E0303"] * 3 + ["E0303"] * 3


def test_the_same_variants_by_one_process_and_by_several(small, monkeypatch):
    monkeypatch.setattr(run, "FEW", 2)
    axes = {"width": "0:30", "depth": "1:3"}
    options = {"where": "params < 10K", "pareto": "params,width:max"}
    alone = archdsl.sweep(small, axes, jobs=1, **options)
    together = archdsl.sweep(small, axes, jobs=2, **options)
    assert as_json(alone) == as_json(together)
    assert alone.failed and alone.front


def test_it_goes_on_where_it_was_interrupted(small, tmp_path):
    kept = tmp_path / "kept"
    axes = {"width": "1:20"}
    whole = archdsl.sweep(small, axes)

    def interrupt(done, total):
        if done == 7:
            raise KeyboardInterrupt

    part = archdsl.sweep(small, axes, keep=kept, progress=interrupt)
    assert (part.tried, part.total, part.complete) == (7, 20, False)
    assert part.variants == whole.variants[:7]
    seen = []
    rest = archdsl.sweep(small, axes, keep=kept, progress=lambda done, total: seen.append(done))
    assert seen == list(range(8, 21))
    assert rest == whole


def test_a_half_written_line_and_a_foreign_file_are_not_taken_up(small, tmp_path):
    kept = tmp_path / "kept"
    whole = archdsl.sweep(small, {"width": "1:5"}, keep=kept)
    lines = kept.read_text(encoding="utf-8").splitlines()
    kept.write_text("\n".join([*lines[:3], lines[3][:20]]), encoding="utf-8")
    assert archdsl.sweep(small, {"width": "1:5"}, keep=kept) == whole
    small.write_text(SMALL.replace("linear(10)", "linear(11)"), encoding="utf-8")
    changed = archdsl.sweep(small, {"width": "1:5"}, keep=kept)
    assert changed == archdsl.sweep(small, {"width": "1:5"}) != whole


@pytest.mark.parametrize(
    ("axes", "options", "why"),
    [
        ({"widht": "1"}, {}, "did you mean `width`"),
        ({"width": "1"}, {"where": "parms < 3"}, "did you mean `params`"),
        ({"width": "1"}, {"where": "params"}, "neither true nor false"),
        ({"width": "1"}, {"where": "params <"}, "ends too early"),
        ({"width": "1"}, {"pareto": "parms"}, "did you mean `params`"),
        ({"width": "1"}, {"pareto": "output"}, "no number"),
        ({"act": "relu,gelu"}, {"pareto": "act,params"}, "no number"),
        ({"width": "1"}, {"figures": ["parms"]}, "did you mean `params`"),
        ({"depth": "1"}, {"figures": ["depth"]}, "is a parameter here"),
        ({"width": "1)"}, {}, "width"),
    ],
)
def test_misuse_is_told_before_any_work(small, axes, options, why):
    with pytest.raises(Misuse, match=why):
        archdsl.sweep(small, axes, **options)


def test_a_spec_that_cannot_be_read(small):
    small.write_text("network N(a=1):\n    input 3x8x8\n    conv(a 3)\n", encoding="utf-8")
    with pytest.raises(SpecError, match="E0120"):
        archdsl.sweep(small, {"a": "1,2"})


def test_the_input_can_be_replaced(small):
    swept = archdsl.sweep(small, {"width": "8"}, input="3x16x16", figures=["macs"])
    assert swept.variants[0].figures["macs"] == 8 * 3 * 9 * 16 * 16 + 8 * 10


def test_json_has_what_its_schema_requires(small):
    swept = json.loads(as_json(archdsl.sweep(small, {"width": [0, 8]}, pareto="params")))
    schema = json.loads(as_schema(Sweep))
    assert set(swept) == set(schema["properties"])
    variant = schema["$defs"]["Variant"]["properties"]
    assert all(set(row) == set(variant) for row in swept["variants"])


def test_json_reads_back(small):
    swept = archdsl.sweep(
        small, {"width": [0, 8], "act": "relu"}, pareto="params", where="macs > 1"
    )
    assert type(swept).model_validate_json(as_json(swept)) == swept


def test_a_notebook_shows_the_table(small):
    html = archdsl.sweep(small, {"act": "relu,conv(8, 1) -> relu"})._repr_html_()
    assert html.startswith("<table>")
    assert "conv(8, 1) -&gt; relu" in html


def test_a_data_frame_has_a_row_for_each_variant(small):
    swept = archdsl.sweep(small, {"width": "0,8", "act": ["relu", "gelu"]})
    frame = swept.to_pandas()
    assert list(frame.columns) == ["width", "act", "params", "macs", "front", "code", "message"]
    assert list(frame.act) == ["relu", "gelu"] * 2
    assert list(frame.code) == ["E0216", "E0216", "", ""]
    assert frame.params[0] != frame.params[0]  # missing
    assert frame.params[3] == 3 * 9 * 8 + 8 + 8 * 10 + 10


def test_numbers_and_words_in_a_column_are_text(small):
    swept = archdsl.sweep(small, {"width": ["8", "2 * 8"]})
    assert list(swept.to_pandas().width) == [8, 16]
    swept = archdsl.sweep(small, {"depth": ["1", "none"]})
    assert swept.in_columns()["depth"] == [1, None]
