"""`archdsl check --all`: all that a file declares; and the hooks for pre-commit, which use it."""

import re
from pathlib import Path

import pytest

from archdsl.cli.command_table import parse

HOOKS = Path(__file__).resolve().parents[2] / ".pre-commit-hooks.yaml"
THREE = (
    "network Base(n):\n    input 4\n    linear(n)\n\n"
    "network one = Base(3)\n\n"
    "network two = Base(5):\n    expect params == 25\n"
)


def test_every_network_that_can_stand_alone(archdsl, spec):
    ran = archdsl("check", "--all", spec(THREE))
    assert (ran.status, ran.err) == (0, "")
    assert [line.split()[:2] for line in ran.out.splitlines()] == [["one", "15"], ["two", "25"]]


def test_the_faults_of_one_network(archdsl, spec):
    ran = archdsl("check", "--all", spec(THREE.replace("25", "26")))
    assert ran.status == 1
    assert ran.out.startswith("one ")
    assert "E0701" in ran.err
    assert ran.err.endswith("archdsl: 1 error in 1 of 2 specs\n")


def test_a_file_of_blocks(archdsl, spec):
    ran = archdsl("check", "--all", spec("block b(n):\n    linear(n)\n", "blocks.arch"))
    assert (ran.status, ran.out.split(), ran.err) == (0, ["blocks", "ok"], "")
    ran = archdsl("check", "--all", spec("block b(n):\n    lineer(n)\n", "blocks.arch"))
    assert (ran.status, ran.out) == (1, "")
    assert "`linear`" in ran.err


def test_syntax_errors_are_told_once(archdsl, spec):
    ran = archdsl("check", "--all", spec(THREE.replace("input 4", "input 4 4 4")))
    assert ran.status == 1
    assert ran.err.count("error[") == 1


def test_what_is_no_file(archdsl, tmp_path):
    assert archdsl("check", "--all", "lenet5").out.split()[0] == "lenet5"
    ran = archdsl("check", "--all", tmp_path / "none.arch", "lenet5")
    assert ran.status == 2
    assert ran.out.split()[0] == "lenet5"


@pytest.mark.parametrize("entry", re.findall(r"^  entry: (.*)$", HOOKS.read_text(), re.MULTILINE))
def test_the_hooks_are_commands(entry):
    program, *words = entry.split()
    assert program == "archdsl"
    arguments = parse([*words, "some.arch", "other.arch"])
    assert arguments is not None


def test_the_hooks_have_their_names():
    assert re.findall(r"^- id: (.*)$", HOOKS.read_text(), re.MULTILINE) == [
        "archdsl-fmt",
        "archdsl-check",
    ]
