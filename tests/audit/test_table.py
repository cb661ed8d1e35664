"""The columns of a table, and what stands below it."""

import re
from functools import cache
from typing import get_args

import pytest

import archdsl
from archdsl.analyses.figures.report import LayerRow
from archdsl.backends.audit import COLUMNS, render, row_words
from archdsl.ir.counts import Convention


@cache
def audited(name):
    return archdsl.load(name).audit()


@pytest.fixture(scope="module")
def resnet18():
    return audited("resnet18")


def columns(text):
    return re.split(r"  +", text.splitlines()[2])


def test_the_columns_asked_for_are_those_that_stand_there(resnet18):
    text = render(resnet18, "table", columns=("path", "weights", "norms", "flops", "intensity"))
    assert columns(text) == ["path", "weights", "norms", "FLOPs", "FLOPs/B"]
    # 2 · 118,013,952 flops over 4 bytes of 3·224·224 inputs, 9,408 weights, 64·112·112 results
    assert re.split(r" +", text.splitlines()[4]) == ["conv1", "9,408", "236M", "61.3"]


def test_all_columns_have_a_cell_in_every_line(resnet18):
    text = render(resnet18, "md", columns=tuple(COLUMNS))
    lines = [line for line in text.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in lines} == {len(COLUMNS) + 1}
    assert len(lines) == 2 + 11 + 1


@pytest.mark.parametrize("format", ["table", "md", "html"])
def test_every_column_is_explained_by_its_heading(resnet18, format):
    text = render(resnet18, format, columns=tuple(COLUMNS))
    assert all(column.heading in text for column in COLUMNS.values())


@pytest.mark.parametrize("name", ["googlenet", "vgg16"])
@pytest.mark.parametrize("tool", get_args(Convention))
def test_the_counting_rule_stands_under_the_table(name, tool):
    text = render(archdsl.load(name).audit(count=tool), "table")
    last = text.splitlines()[-1]
    assert last.startswith("MACs")
    assert tool in last
    assert max(map(len, text.splitlines())) <= 120


def test_what_no_column_has_stands_under_the_table(resnet18):
    """1,000 biases of the last layer; two numbers for each channel of a norm: 9,600 by torch."""
    notes = render(resnet18, "table").splitlines()[-6:]
    assert notes[0] == "params: 11,678,912 weights, 1,000 biases, 9,600 of norms"
    assert notes[1] == "work: 3.63G FLOPs, 9.86M element-wise operations · depth 18"
    assert notes[2].startswith("held at once: weights 44.6 MiB, an inference ≈ ")


def test_a_row_says_where_its_elements_look(resnet18):
    """The field, jump and offset of ResNet's stages as Araujo et al. (2019) give them, and the
    parts of all weights and of all work: 9,408 of 11,689,512 and 118,013,952 of 1,814,073,344.
    """
    lines = render(resnet18, "table").splitlines()
    assert columns("\n".join(lines)) == [
        "path", "op or block", "output", "params", "par %", "MACs", "MAC %", "FLOPs/B", "memory",
        "field", "jump", "centre",
    ]  # fmt: skip
    rows = {line.split()[0]: re.split(r"  +", line) for line in lines[4:15]}
    assert rows["conv1"][3:7] == ["9,408", "0.1%", "118M", "6.5%"]
    assert rows["layer4"][-3:] == ["435", "32", "0"]
    assert rows["avgpool"][-1] == "all"  # no map is left to have neighbours in


def test_sizes_that_differ_are_told_one_by_one():
    lines = "network Wide:\n    input 3x32x64\n    conv(8, (3, 5), stride=(1, 2))\n"
    row = render(archdsl.loads(lines).audit(), "table").splitlines()[4]
    assert re.split(r"  +", row)[-3:] == ["3x5", "1x2", "1, 2"]


def test_heads_of_training_have_a_column():
    report = audited("googlenet")
    text = render(report, "table", columns=("path", "params", "aux"))
    rows = {line.split()[0]: line.split()[1:] for line in text.splitlines()[4:-8]}
    assert rows["aux1"] == ["3,188,968", "3,188,968"]
    assert rows["total"] == ["13,004,888", f"{13_004_888 - 6_624_904:,}"]  # as torchvision has it


@pytest.mark.parametrize("width", range(80, 131, 5))
@pytest.mark.parametrize("name", ["resnet18", "googlenet", "swin_t"])
def test_a_narrow_terminal_gets_fewer_columns(name, width):
    report = audited(name)
    text = render(report, "table", width=width)
    assert max(map(len, text.splitlines())) <= width
    assert {"path", "params", "MACs", "field"} <= set(columns(text))
    missing = {"jump", "centre"} - set(columns(text))
    said = [line for line in text.splitlines() if line.startswith("no room for ")]
    assert len(said) == bool(missing or {"par %", "MAC %"} - set(columns(text)))
    assert all(name in said[0] for name in missing)


WIDE = ("hrnet_w18", "fpn_resnet50", "s3d", "densenet121", "maxvit_t", "inception_v4", "c3d")


@pytest.mark.one_in(3)
@pytest.mark.parametrize("name", WIDE)
def test_a_table_fits_80_columns_with_its_names_whole(name):
    report = audited(name)
    text = render(report, "table", width=80)
    assert max(map(len, text.splitlines())) <= 80
    depth = row_words.telling(report)
    for _, row in row_words.shown(report, depth):
        assert re.search(rf"^{re.escape(row.path)} ", text, re.MULTILINE)
        assert not isinstance(row, LayerRow) or f" {row.op}" in text


def test_several_shapes_stand_one_below_the_other():
    lines = render(audited("hrnet_w18"), "table", width=80).splitlines()
    at = next(k for k, line in enumerate(lines) if line.startswith("transition2 "))
    assert [line.split() for line in lines[at + 1 : at + 3]] == [["36x28x28"], ["72x14x14"]]


def test_a_long_chain_is_told_by_its_ends():
    text = render(audited("s3d"), "table", columns=("path", "op"))
    assert "separable -> max_pool -> … -> inception_3d * 2" in text


def test_a_path_is_never_cut():
    report = audited("vit_b_16")
    text = render(report, "table", depth=3, width=70)
    assert "encoder.layers.encoder_layer_10 " in text
    assert "jump" not in columns(text)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("params,mcas", "no column 'mcas'; did you mean macs?"),
        ("colour", "no column 'colour'; there are path, op"),
    ],
)
def test_a_column_that_is_not_there(capsys, given, said):
    from archdsl.cli import main

    assert main(["audit", "lenet5", "--columns", given]) == 2
    assert said in capsys.readouterr().err


def test_the_path_leads(capsys):
    from archdsl.cli import main

    assert main(["audit", "lenet5", "--columns", "macs,jump"]) == 0
    assert columns(capsys.readouterr().out) == ["path", "MACs", "jump"]


BODY = "        conv(8, 3, padding=1) -> relu\n        conv(8, 3, padding=1) -> relu\n"


def test_a_row_with_nearly_all_of_the_work_is_opened():
    text = f"network N:\n    input 8x16x16\n    features = path:\n{BODY}    conv(1, 1)\n"
    audit = archdsl.loads(text).audit()
    # 2 * 8 * 8 * 9 = 1152 multiply-adds a place of 1160
    assert "features.0" in str(audit)
    assert "features.0" not in render(audit, "table", depth=1)


def test_rows_that_share_the_work_stay_closed():
    body = "".join(f"    part{k} = path:\n{BODY}" for k in range(2))
    assert "part0.0" not in str(archdsl.loads(f"network N:\n    input 8x16x16\n{body}").audit())
