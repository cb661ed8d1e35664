"""`archdsl sizes` and `net.sizes()`: what is tried, what is said, and misuse."""

import json
from pathlib import Path

import pytest

import archdsl
from archdsl.analyses.input_sizes.report import Sizes
from archdsl.backends.report_json import as_json, as_schema
from archdsl.cli import main
from archdsl.semantics.elaborate import resized as trials

ROOT = Path(__file__).parents[2]
PAIR = """
network Pair:
    input left: 1x20x20
    input right: 1x20x20
    input word: 12 int
    a = left -> conv(4, 3) -> global_avg_pool -> flatten
    b = right -> conv(4, 3) -> global_avg_pool -> flatten
    c = word -> embedding(50, 4) -> mean(dim=1)
    concat(a, b, c)
    linear(2)
"""


def test_the_table(capsys):
    assert main(["sizes", "lenet5", "--up-to", "40"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("lenet5: 1x28x28, every size from 1 to 40 tried\n\nheight and width,")
    assert "accepted        28 to 31; the smallest is 28\n" in text
    assert "at 29 1 row and 1 column unread: (29 − 2) // 2 + 1 = 14" in text


def test_as_json_into_a_file(tmp_path, capsys):
    target = tmp_path / "sizes.json"
    assert main(["sizes", "lenet5", "--up-to", "40", "--format", "json", "-o", str(target)]) == 0
    data = json.loads(target.read_text())
    assert data["axes"][0]["accepted"]["runs"] == [{"first": 28, "last": 31, "step": 1}]
    assert capsys.readouterr() == ("", "")


def test_the_json_has_the_fields_of_the_schema():
    schema = json.loads(as_schema(Sizes))
    text = "network N:\n    input 1x9x9\n    conv(2, 3, stride=2) -> flatten -> linear(2)\n"
    data = json.loads(as_json(archdsl.loads(text).sizes(up_to=12)))
    assert set(data) == set(schema["properties"]) == set(schema["required"])
    kinds = {"Axis": data["axes"], "Refusal": data["axes"][0]["refusals"]}
    kinds["Loss"] = data["axes"][0]["losses"]
    for kind, rows in kinds.items():
        assert rows
        assert all(set(row) == set(schema["$defs"][kind]["properties"]) for row in rows)


def test_the_published_schema_is_this_one():
    assert (ROOT / "docs/schema/sizes.json").read_text(encoding="utf-8") == as_schema(Sizes)


def test_inputs_of_one_size_vary_together():
    accepted = archdsl.loads(PAIR).sizes(up_to=24)
    assert accepted.inputs == ("left", "right")
    assert accepted.axes[0].accepted.text == "every size from 3"


def test_one_input_varies():
    net = archdsl.loads(PAIR)
    assert net.sizes(vary="left", up_to=24).inputs == ("left",)
    (length,) = net.sizes(vary="word", up_to=24).axes
    assert (length.dimensions, length.own) == (("length",), 12)
    assert length.accepted.text == "every size"


def test_dimensions_of_different_sizes_are_apart():
    net = archdsl.loads("network N:\n    input 2x8x16x16\n    conv(4, 3) -> max_pool(2)\n")
    axes = net.sizes(up_to=20).axes
    assert [axis.dimensions for axis in axes] == [
        ("depth",),
        ("height", "width"),
        ("height",),
        ("width",),
    ]
    assert [axis.own for axis in axes] == [8, 16, 16, 16]
    assert {axis.accepted.text for axis in axes} == {"every size from 4"}


def test_the_range_reaches_beyond_the_networks_own_size():
    ends = {}
    for size in (8, 300, 9000):
        net = archdsl.loads(f"network N:\n    input 1x{size}\n    conv(1, 1)\n")
        ends[size] = net.sizes().up_to
    assert ends == {8: 256, 300: 364, 9000: 4096}


@pytest.mark.parametrize(
    ("spec", "flags", "why"),
    [
        (PAIR, ["--vary", "middle"], "`Pair` has no input `middle`"),
        ("network N:\n    input 8\n    linear(2)\n", [], "has no spatial dimension"),
        (PAIR, ["--up-to", "0"], "no whole number above 0"),
    ],
)
def test_misuse(tmp_path, capsys, spec, flags, why):
    path = tmp_path / "net.arch"
    path.write_text(spec, encoding="utf-8")
    assert main(["sizes", str(path), *flags]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert why in err


def test_a_mistake_ends_it(tmp_path, capsys):
    path = tmp_path / "net.arch"
    path.write_text("network N:\n    input 3x8x8\n    conv(4, 9)\n", encoding="utf-8")
    assert main(["sizes", str(path)]) == 1
    assert capsys.readouterr().out == ""


def test_parameters_and_another_input(capsys):
    """The weights are those for the parameters and the input that are given."""
    assert main(["sizes", "lenet5", "--input", "1x32x32", "--up-to", "40"]) == 0
    assert "accepted        32 to 35" in capsys.readouterr().out


def test_in_python():
    accepted = archdsl.load("lenet5").sizes(up_to=40)
    assert str(accepted).startswith("lenet5: 1x28x28")
    assert accepted._repr_markdown_().startswith("```text\nlenet5")
    losses, refusals = accepted.to_pandas(), accepted.to_pandas("refusals")
    assert losses.sizes[0] == "29, 31"
    assert refusals.axis[0] == "height and width"


def test_a_bare_program_cannot_be_tried():
    with pytest.raises(archdsl.Misuse, match="loaded from a spec"):
        archdsl.Network(archdsl.load("lenet5").program).sizes()


def test_an_interruption_leaves_nothing_behind(monkeypatch):
    """As in a notebook: the next call gives what a fresh network gives."""
    net = archdsl.load("resnet18")
    wanted = archdsl.load("resnet18").sizes(up_to=12)
    instantiate, calls = trials.instantiate, iter(range(9))

    def interrupted(*args, **kwargs):
        program = instantiate(*args, **kwargs)
        if next(calls) == 8:
            raise KeyboardInterrupt
        return program

    monkeypatch.setattr(trials, "instantiate", interrupted)
    with pytest.raises(KeyboardInterrupt):
        net.sizes(up_to=12)
    monkeypatch.undo()
    assert net.sizes(up_to=12) == wanted


HALVED = """
network Halved:
    input 1x{size}x{size}
    a = conv(2, 3, padding=1)
    max_pool(2) -> conv_transpose(2, 2, stride=2)
    concat(a, identity)
"""


def test_a_network_whose_own_input_does_not_fit(tmp_path, capsys):
    file = tmp_path / "net.arch"
    file.write_text(HALVED.format(size=21))
    assert main(["sizes", str(file), "--up-to", "30"]) == 0
    out, told = capsys.readouterr()
    assert "accepted        even" in out  # 21 // 2 * 2 = 20
    assert (
        told == "archdsl: `Halved` does not take its own input of 1x21x21; 1x20x20 is taken here\n"
    )


def test_another_mistake_is_told_as_ever(tmp_path, capsys):
    file = tmp_path / "net.arch"
    file.write_text(HALVED.format(size=20).replace("concat", "concad"))
    assert main(["sizes", str(file)]) == 1
    assert "error[E0201]" in capsys.readouterr().err
