"""A network with a mistake is audited and drawn as far as it goes."""

import json

import pytest

from archdsl import driver
from archdsl.analyses.figures.report import audit
from archdsl.backends.diagram_formats import draw
from archdsl.cli import main

BROKEN = """\
block unit(channels, wrong=false):
    conv1 = conv(channels, 3, padding=1)
    relu
    if wrong:
        add(identity, conv(channels + 1, 1))
    bn

network Broken:
    input 3x32x32
    stem = conv(8, 3, padding=1) -> relu
    layer1 = unit(16) -> unit(16, wrong=true) -> unit(16)
    max_pool(2)
    side = stem -> conv(4, 3, stride=2)
    init conv: kaiming_normal
    expect params == 3
"""
SHAPES = {
    "stem": (8, 32, 32),
    "stem.0": (8, 32, 32),
    "stem.1": (8, 32, 32),
    "layer1": None,
    "layer1.0": (16, 32, 32),
    "layer1.0.conv1": (16, 32, 32),
    "layer1.0.relu": (16, 32, 32),
    "layer1.0.bn": (16, 32, 32),
    "layer1.1": None,
    "layer1.1.conv1": (16, 32, 32),
    "layer1.1.relu": (16, 32, 32),
    "layer1.1.conv": (17, 32, 32),
    "side": (4, 15, 15),
}


def test_every_shape_that_is_known_is_there():
    loaded = driver.loads(BROKEN)
    assert loaded.program is None
    assert [d.code for d in loaded.diagnostics] == ["E0301", "W0116"]
    audited = audit(loaded.known)
    assert {row.path: row.output for row in audited.rows} == SHAPES
    assert audited.macs > 0


def test_what_ends_the_flow_ends_the_network():
    text = BROKEN.replace("    side = stem -> conv(4, 3, stride=2)\n", "")
    audited = audit(driver.loads(text).known)
    assert (audited.complete, audited.output) == (False, None)
    assert audited.receptive_field == ()


@pytest.fixture
def spec(tmp_path):
    path = tmp_path / "broken.arch"
    path.write_text(BROKEN.replace("    side = stem -> conv(4, 3, stride=2)\n", ""))
    return str(path)


def test_the_command_shows_the_table_and_then_the_diagnostic(spec, capsys):
    assert main(["audit", spec]) == 1
    out, err = capsys.readouterr()
    assert out.startswith("Broken: 3x32x32 -> ?\n")
    assert "layer1.1.conv   conv 1x1" in out
    assert "a mistake ends the network here" in out
    assert err.startswith("error[E0301]")
    assert err.endswith("has 1 error\n")


@pytest.mark.parametrize("format", ["json", "csv", "md", "html"])
def test_every_format_can_say_it(spec, capsys, format):
    assert main(["audit", spec, "--format", format]) == 1
    out = capsys.readouterr().out
    assert "layer1.1.conv" in out
    if format == "json":
        assert json.loads(out)["complete"] is False


@pytest.mark.parametrize("format", ["dot", "mermaid"])
def test_it_is_drawn(spec, capsys, format):
    assert main(["draw", spec, "--format", format, "--depth", "9"]) == 1
    out, err = capsys.readouterr()
    assert "17x32x32" in out
    assert "error[E0301]" in err


def test_a_broken_budget_shows_the_whole_table(tmp_path, capsys):
    path = tmp_path / "budget.arch"
    path.write_text("network Big:\n    input 3x8x8\n    conv(8, 1)\n    expect params <= 30\n")
    assert main(["audit", str(path)]) == 1
    out, err = capsys.readouterr()
    assert "total" in out
    assert "mistake" not in out
    assert "params is 32, which is 2 above the limit of 30" in err


def test_nothing_is_shown_of_nothing(tmp_path, capsys):
    path = tmp_path / "empty.arch"
    path.write_text("network Bad:\n    input 3x8\n    conv(8, kernal_size=3)\n")
    assert main(["audit", str(path)]) == 1
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "lines",
    [
        "    conv(8, 3)\n    conv(8, 99)\n    relu\n",
        "    a = conv(8, 3)\n    b = relu -> conv(8, 99) -> relu\n",
        "    add:\n        conv(8, 3)\n        conv(9, 3)\n",
        "    layer twin = conv(8, 3) -> relu\n    twin -> twin\n",
        "    conv(8, 3)\n    nothing\n    relu\n",
        "    conv(8, 3)\n    aux head = conv(8, 99)\n    relu\n",
        "    conv(8, 3)\n    a, b = chunk(3)\n    concat(a, b)\n",
        "    conv(8, 3) :: 8x9x9\n    relu\n",
        "    path:\n        one = conv(8, 3)\n        conv(8, 99)\n",
        "    body = path:\n        one = conv(8, 3)\n        add(one, conv(9, 1))\n",
    ],
)
def test_whatever_is_wrong_can_be_audited_and_drawn(lines):
    loaded = driver.loads(f"network Wrong:\n    input 3x32x32\n{lines}")
    assert loaded.failed
    audited = audit(loaded.known)
    assert audited.rows[0].output == (8, 30, 30) or audited.rows[0].output is None
    assert draw(loaded.known, "dot")
