"""`compile`, `draw` and `verify`: results on standard output or in a file, the rest apart."""

import json
import re
import runpy
import shlex

import pytest
import torch


def test_compiled_source_runs(archdsl, sound, tmp_path):
    target = tmp_path / "net.py"
    ran = archdsl("compile", sound, "-o", target)
    assert (ran.status, ran.out, ran.err) == (0, "", "")
    module = runpy.run_path(str(target))["Net"]()
    assert module(torch.zeros(2, 1, 8, 8)).shape == (2, 10)
    unmarked = re.sub(r" \(checksum [0-9a-f]{12}\)", "", target.read_text(), count=1)
    assert archdsl("compile", sound).out == unmarked


def test_the_same_bytes_in_every_run(command, sound):
    first, second = (
        command("compile", "resnet18", env={"PATH": "", "PYTHONHASHSEED": seed}) for seed in "12"
    )
    assert first.status == 0
    assert first.out == second.out


def test_faults_compile_to_nothing(archdsl, faulty):
    ran = archdsl("compile", faulty)
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.endswith(f"archdsl: {faulty} has 2 errors\n")


def test_diagnostics_as_json_beside_a_result(archdsl, faulty):
    ran = archdsl("compile", faulty, "--json")
    objects = [json.loads(line) for line in ran.err.splitlines()[:-1]]
    assert [o["line"] for o in objects] == [3, 4]


def test_forms_and_formats_that_are_not_there(archdsl, sound):
    assert archdsl("compile", sound, "--form", "train", "--format", "python").status == 0
    assert archdsl("compile", sound, "--form", "deploy").status == 0
    ran = archdsl("compile", sound, "--form", "inference")
    assert (ran.status, ran.out) == (2, "")


@pytest.mark.parametrize(
    ("name", "beginning"),
    [
        ("net.svg", b"<?xml"),
        ("net.png", b"\x89PNG"),
        ("net.pdf", b"%PDF"),
        ("net.dot", b"// drawn by archdsl (checksum "),
        ("net.GV", b"// drawn by archdsl (checksum "),
        ("net.mmd", b"---\ntitle"),
    ],
)
def test_the_ending_says_the_format(archdsl, sound, tmp_path, name, beginning):
    ran = archdsl("draw", sound, "-o", tmp_path / name)
    assert (ran.status, ran.out, ran.err) == (0, "", "")
    assert (tmp_path / name).read_bytes().startswith(beginning)


def test_a_drawing_on_standard_output(archdsl, sound):
    assert archdsl("draw", sound).out.startswith("<?xml")
    assert archdsl("draw", sound, "--format", "dot", "--direction", "LR").out.count("LR") == 1


def test_an_ending_that_is_no_drawing(archdsl, sound, tmp_path):
    for name in ("net.doc", "net"):
        ran = archdsl("draw", sound, "-o", tmp_path / name)
        assert ran.status == 2
        assert ".svg, .png" in ran.err


def test_depth_folds(archdsl):
    shallow, deep = (archdsl("draw", "resnet18", "--format", "dot", "--depth", n).out for n in "12")
    assert len(shallow) < len(deep)


REFERENCE = """
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(64, 10)
        self.flatten = nn.Flatten()

    def forward(self, x):
        return self.linear(self.flatten(x))

def other():
    return nn.Sequential(nn.Flatten(), nn.Linear(64, 10))
"""


@pytest.fixture
def reference(tmp_path, monkeypatch):
    (tmp_path / "a_reference.py").write_text(REFERENCE)
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("reference")
def test_verification(archdsl, sound):
    ran = archdsl("verify", sound, "--against", "a_reference:Net")
    assert (ran.status, ran.err) == (0, "")
    assert "a_reference:Net" in ran.out


@pytest.mark.usefixtures("reference")
def test_a_difference_is_status_1(archdsl, sound):
    ran = archdsl("verify", sound, "--against", "a_reference:other", "--format", "json")
    assert ran.status == 1
    assert json.loads(ran.out)["ok"] is False
    assert ran.err == "archdsl: Net differs from a_reference:other\n"


@pytest.mark.parametrize("against", ["nowhere:thing", "resnet18", "torchvision:resnet81"])
def test_unknown_references_are_misuse(archdsl, sound, against):
    ran = archdsl("verify", sound, "--against", against)
    assert (ran.status, ran.out) == (2, "")


WARNED = "network W:\n    input 3x16x16\n    conv(8, 3) -> bn -> relu\n"


@pytest.mark.parametrize("command", ["compile", "audit", "sizes", "draw --format mermaid"])
def test_warnings_are_counted_beside_a_result(archdsl, tmp_path, command):
    file = tmp_path / "w.arch"
    file.write_text(WARNED)
    ran = archdsl(*command.split(), file)
    assert ran.status == 0
    assert ran.err == f"archdsl: 1 warning; `archdsl check {file}` tells it\n"
    file.write_text(WARNED.replace("bn", "bn  # allow: W0101").replace(" -> relu", ""))
    assert archdsl(*command.split(), file).err == ""


def test_the_command_that_tells_warnings_is_about_the_same_network(archdsl, tmp_path):
    file = tmp_path / "my net.arch"
    file.write_text("network W(c=8, size=[1]):\n    input 3x16x16\n    conv(c, size) -> bn\n")
    varied = ["-p", "c=4", "-p", "size=[1, 2]", "--input", "3x8x8", "--limit", "steps=90"]
    ran = archdsl("audit", file, *varied)
    told = re.fullmatch(r"archdsl: 1 warning; `archdsl (.*)` tells it\n", ran.err)
    words = shlex.split(told[1])
    assert words == ["check", str(file), *varied]
    assert "W0101" in archdsl(*words).err


def test_warnings_are_told_beside_a_file_of_code(archdsl, tmp_path):
    file = tmp_path / "w.arch"
    file.write_text(WARNED)
    ran = archdsl("compile", file, "-o", tmp_path / "w.py")
    assert (ran.status, ran.err.count("warning[W0101]")) == (0, 1)
    as_json = archdsl("audit", file, "--json")
    assert json.loads(as_json.err)["code"] == "W0101"
    assert json.loads(as_json.out)["network"] == "W"
