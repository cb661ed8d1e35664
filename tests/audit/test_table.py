"""The columns of a table, and what stands below it."""

import re
from typing import get_args

import pytest

import archdsl
from archdsl.backends.audit import COLUMNS, render
from archdsl.cli.arguments import AUDIT_COLUMNS, COUNTS
from archdsl.ir.counts import Convention


@pytest.fixture(scope="module")
def resnet18():
    return archdsl.load("resnet18").audit()


def columns(text):
    return re.split(r"  +", text.splitlines()[2])


def test_the_command_line_knows_the_columns_and_tools():
    assert tuple(COLUMNS) == AUDIT_COLUMNS
    assert get_args(Convention) == COUNTS


def test_the_columns_asked_for_are_those_that_stand_there(resnet18):
    text = render(resnet18, "table", columns=("path", "weights", "norms", "flops", "intensity"))
    assert columns(text) == ["path", "weights", "norms", "FLOPs", "FLOPs/B"]
    # 2 · 118,013,952 flops over 4 bytes of 3·224·224 inputs, 9,408 weights, 64·112·112 results
    assert re.split(r" +", text.splitlines()[4]) == ["conv1", "9,408", "236M", "61.3"]


def test_all_columns_have_a_cell_in_every_line(resnet18):
    text = render(resnet18, "md", columns=AUDIT_COLUMNS)
    lines = [line for line in text.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in lines} == {len(AUDIT_COLUMNS) + 1}
    assert len(lines) == 2 + 11 + 1


@pytest.mark.parametrize("format", ["table", "md", "html"])
def test_every_column_is_explained_by_its_heading(resnet18, format):
    text = render(resnet18, format, columns=AUDIT_COLUMNS)
    assert all(column.heading in text for column in COLUMNS.values())


@pytest.mark.parametrize("name", ["googlenet", "vgg16"])
@pytest.mark.parametrize("tool", get_args(Convention))
def test_the_counting_rule_stands_under_the_table(name, tool):
    text = render(archdsl.load(name).audit(count=tool), "table")
    last = text.splitlines()[-1]
    assert last.startswith("MACs")
    assert tool in last
    assert max(map(len, text.splitlines())) <= 100


def test_what_is_held_stands_under_the_table(resnet18):
    assert (
        "held at once: weights 44.6 MiB, an inference 6.70 MiB, a training step 61.5 MiB"
        in render(resnet18, "table")
    )


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
