"""`archdsl diff`: what it prints, where it reads from, and its exit codes."""

import io
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

import archdsl
from archdsl.analyses.difference.report import Difference
from archdsl.backends.report_json import as_json, as_schema
from archdsl.cli import main

ROOT = Path(__file__).parents[2]
SPEC = "network Net(classes=10):\n    input 1x8x8\n    flatten\n    fc = linear(classes)\n"


@dataclass
class Result:
    status: int
    out: str
    err: str


@pytest.fixture
def diff(capsys):
    def run(*argv):
        status = main(["diff", *map(str, argv)])
        captured = capsys.readouterr()
        return Result(status, captured.out, captured.err)

    return run


@pytest.fixture
def spec(tmp_path):
    def write(name="net.arch", *edits):
        text = SPEC
        for before, after in edits:
            text = text.replace(before, after)
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_the_wide_resnet_fits_one_screen(diff):
    ran = diff("resnet50", "wide_resnet50_2")
    lines = ran.out.splitlines()
    assert len(lines) <= 40
    assert max(map(len, lines)) <= 120
    assert "16 × bottleneck  base_width 64 → 128" in ran.out
    assert "25,557,032  68,883,240" in ran.out  # as torchvision publishes them
    assert (ran.status, ran.err) == (1, "archdsl: wide_resnet50_2 differs from resnet50\n")


def test_equal_networks(diff):
    ran = diff("resnet18", "resnet18")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == "resnet18: equal, 122 keys and all steps the same\n"


@pytest.mark.parametrize("reversed_", [False, True])
def test_one_side_from_standard_input(diff, spec, monkeypatch, reversed_):
    monkeypatch.setattr("sys.stdin", io.StringIO(SPEC.replace("fc =", "head =")))
    pair = ["-", spec()]
    ran = diff(*(pair[::-1] if reversed_ else pair))
    assert ran.status == 1
    names = ("fc", "head") if reversed_ else ("head", "fc")
    assert f"> {names[0]}  linear 10  now {names[1]}" in ran.out
    assert "standard input" in ran.err


@pytest.mark.parametrize("spec", ["specs/lenet5.arch", "specs/vgg.arch:vgg13"])
def test_an_earlier_state_of_a_file_through_a_pipe(spec):
    """A file with several networks: the one that is meant is named once."""
    text = (ROOT / spec.partition(":")[0]).read_text(encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "archdsl.cli", "diff", "-", spec],
        input=text,
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_network_of_standard_input(diff, spec, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{SPEC}network Other = Net(classes=3)\n"))
    ran = diff(spec(), "-:Other")
    assert (ran.status, ran.out.splitlines()[0]) == (1, "Net → Other: 1x8x8 -> 3")


def test_both_sides_cannot_be_standard_input(diff):
    ran = diff("-", "-:Net")
    assert (ran.status, ran.out) == (2, "")
    assert "only one of the two" in ran.err


def test_a_parameter_of_both_and_of_one_side(diff, spec):
    path = spec()
    assert diff(path, path, "-p", "classes=5").status == 0
    ran = diff(path, path, "--new", "classes=5")
    assert ran.status == 1
    assert "~ fc  linear 10 → linear 5  features 10 → 5" in ran.out
    assert diff(path, path, "--new", "classes=5", "--old", "classes=5").status == 0
    assert diff(path, path, "-p", "classes=5", "--new", "classes=5").status == 2
    assert diff(path, path, "--old", "clases=5").status == 2


def test_a_network_of_a_file(diff):
    assert diff(f"{ROOT}/specs/resnet.arch:resnet34", "resnet34").status == 0


def test_a_mistake_in_either_ends_it(diff, spec):
    faulty = spec("bad.arch", ("linear", "liner"))
    for pair in ((faulty, spec()), (spec(), faulty)):
        ran = diff(*pair)
        assert (ran.status, ran.out) == (1, "")
        assert ran.err.endswith(f"archdsl: {faulty} has 1 error\n")


def test_markdown(diff):
    text = diff("vgg11", "vgg11_bn", "--format", "md").out
    assert text.startswith("### vgg11 → vgg11_bn: 3x224x224 -> 1000\n\n| path |")
    assert "+ features.1 … features.26  8 × bn" in text
    assert "- state_dict: of 22 keys 8 still fit\n- 14 moved" in text


def test_markdown_of_equal_networks(diff):
    assert diff("lenet5", "lenet5", "--format", "md").out.count("\n") == 1


def test_into_a_file(diff, tmp_path):
    target = tmp_path / "diff.json"
    ran = diff("lenet5", "resnet18", "--format", "json", "-o", target)
    assert (ran.status, ran.out) == (1, "")
    assert json.loads(target.read_text())["equal"] is False


def test_depth_opens_blocks(diff):
    shallow, deep = (diff("resnet18", "resnet34", "--depth", n).out for n in (1, 2))
    assert "\n+ layer1.2" in deep.split("total")[0]
    assert "\n+ layer1.2" not in shallow.split("total")[0]


# --- as data ----------------------------------------------------------------------------------


@pytest.mark.parametrize("pair", [("resnet50", "wide_resnet50_2"), ("googlenet", "bn_inception")])
def test_the_json_has_the_fields_of_the_schema(pair):
    schema = json.loads(as_schema(Difference))
    difference = json.loads(as_json(archdsl.load(pair[0]).diff(archdsl.load(pair[1]))))
    assert set(difference) == set(schema["properties"]) == set(schema["required"])
    for rows, kind in (("steps", "StepChange"), ("blocks", "BlockChange"), ("folded", "Folded")):
        fields = set(schema["$defs"][kind]["properties"])
        assert difference[rows]
        assert all(set(row) == fields for row in difference[rows])


def test_the_published_schema_is_this_one():
    assert (ROOT / "docs/schema/diff.json").read_text(encoding="utf-8") == as_schema(Difference)


def test_every_change_is_told_once_when_folded():
    difference = archdsl.load("resnet34").diff(archdsl.load("resnet50"))
    assert _told(difference.folded) == len(difference.steps)


def _told(folds, times=1):
    """How many changes folds stand for, those inside once for each of their blocks."""
    total = 0
    for fold in folds:
        count = times * len(fold.paths)
        total += (fold.change != "same") * count + _told(fold.inside, count)
    return total


def test_in_python():
    difference = archdsl.load("vgg11").diff(archdsl.load("vgg11_bn"))
    assert str(difference).startswith("vgg11 → vgg11_bn: 3x224x224 -> 1000\n")
    assert difference._repr_markdown_().startswith("### vgg11 → vgg11_bn")
    assert list(difference.to_pandas().change).count("added") == 8
    assert difference.to_pandas("blocks").path[0] == "features"


PROMISE = """network N(width=8):
    input 3x8x8
    conv(width, 3, padding=1)  :: 8x8x8
    relu
    expect params == 224
"""


def test_what_a_spec_no_longer_promises_is_told_and_compared(tmp_path, capsys):
    """3·9·8 + 8 weights become 3·9·4 + 4: a reviewer sees both the change and the mistakes."""
    old, new = tmp_path / "old.arch", tmp_path / "new.arch"
    old.write_text(PROMISE)
    new.write_text(PROMISE.replace("width=8", "width=4"))
    assert main(["diff", str(old), str(new)]) == 1
    out, err = capsys.readouterr()
    assert "N: 3x8x8 -> 4x8x8" in out
    assert "224  112" in out
    assert "error[E0310]" in err
    assert err.endswith("new.arch differs from " + str(old) + "\n")


def test_a_broken_promise_alone_is_no_difference_but_an_error(tmp_path, capsys):
    old, new = tmp_path / "old.arch", tmp_path / "new.arch"
    old.write_text(PROMISE)
    new.write_text(PROMISE.replace("224", "225"))
    assert main(["diff", str(old), str(new)]) == 1
    out, err = capsys.readouterr()
    assert out.startswith("N: equal")
    assert "params is 224, which is 1 less than expected" in err
    assert err.count("E0701") == 1
    assert err.endswith("new.arch has 1 error\n")


def test_a_network_that_ends_early_has_no_difference(tmp_path, capsys):
    old, new = tmp_path / "old.arch", tmp_path / "new.arch"
    old.write_text(PROMISE)
    new.write_text(PROMISE.replace("3, padding=1", "99"))
    assert main(["diff", str(old), str(new)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("error[") == 1
    assert err.endswith("new.arch has 1 error\n")
