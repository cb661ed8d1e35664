"""`ops`, `blocks`, `explain`, `list` and `show`, and the pages printed into `docs/`."""

import json
from pathlib import Path

import pytest

from archdsl import codes, driver
from archdsl.backends.reference import op_page
from archdsl.cli.docs import COMMANDS_PAGE, LIST, documents, lists, with_lists
from archdsl.cli.markdown import for_terminal
from archdsl.ops.registry import ops

DOCS = Path(__file__).parents[2] / "docs"


def test_every_op_is_listed_and_has_its_page(archdsl):
    listed = archdsl("ops").out
    for word, op in ops().items():
        assert f"\n  {word} " in listed
        page = op_page(op)
        for name in op.arguments:
            assert f"| `{name}` |" in page
        assert page.count(" -> ") + page.count("# ") >= len(op.examples)


def test_the_page_of_conv(archdsl):
    page = archdsl("ops", "conv").out
    assert "conv(channels, kernel_size, *, stride=1, padding=0" in page
    assert "whole number ≥ 1 or a tuple of them" in page
    assert "conv(64, 7, stride=2, padding=3, bias=false)  # 3x224x224 -> 64x112x112" in page
    assert "torch.nn.Conv2d" in page


@pytest.mark.parametrize("word", list(ops()))
def test_examples_are_steps_with_the_shapes_they_give(word):
    """The lines of a page, put into a network, elaborate and give what they say."""
    code = op_page(ops()[word]).split("```arch")[1].rstrip("`\n").strip()
    for line in code.splitlines():
        step, shapes = (part.strip() for part in line.split("#"))
        before, _, after = shapes.rpartition(" -> ")
        names = "abcdefgh"[: before.count(",") + 1] if before else "a"
        inputs = (before or "1").split(", ")
        lines = [f"    input {n}: {s}" for n, s in zip(names, inputs, strict=True)]
        start = "" if ops()[word].inputs[1] > 1 else "a -> "
        results = after.split(", ")
        taps = ", ".join(f"r{k}" for k in range(len(results)))
        text = "\n".join(
            ["network N:", *lines, f"    {taps} = {start}{step}", f"    output {taps}"]
        )
        loaded = driver.loads(text + "\n")
        assert loaded.program is not None, (text, loaded.diagnostics)
        assert [str(t) for t in loaded.program.root.outputs] == results


def test_every_block_is_listed_and_has_its_source(archdsl):
    listed = archdsl("blocks").out
    for block in driver.blocks():
        assert f"  {block.name} " in listed
        page = archdsl("blocks", block.name).out
        assert f"    block {block.name}" in page


def test_every_network_is_listed_and_shown(archdsl):
    listed = archdsl("list").out
    rows = [line.split() for line in listed.splitlines() if line.startswith("  ")]
    assert sorted(row[0] for row in rows) == sorted(entry.name for entry in driver.listing())
    families = [line for line in listed.splitlines() if line and not line.startswith(" ")]
    assert all(" · " in line for line in families) and len(families) > 40
    # as torchvision publishes it
    assert "  resnet50          25.6M params  4.09G MACs\n" in listed
    assert archdsl("show", "lenet5").out == (Path("specs") / "lenet5.arch").read_text()


def test_a_word_lists_a_family_or_what_has_it(archdsl):
    resnet = archdsl("list", "ResNet").out
    assert resnet.startswith("ResNet · ") and "  resnet18 " in resnet and "preact" in resnet
    assert "  preact_resnet18 " not in resnet
    assert resnet.splitlines()[-1].startswith("ResNet in other families: deeplabv3, fcn, fpn,")
    several = [line for line in archdsl("list", "inception").out.splitlines() if " · " in line]
    assert len(several) == 5
    one = archdsl("list", "se_inception").out.splitlines()
    assert len(one) == 2 and one[1].startswith("  se_inception ")


def test_the_list_as_json_has_the_exact_figures(archdsl):
    (row,) = map(json.loads, archdsl("list", "lenet5_relu", "--json").out.splitlines())
    assert (row["family"], row["file"], row["input"]) == ("lenet5", "specs/lenet5.arch", "1x32x32")
    # 5x5x1x6+6, 5x5x6x16+16, 400x120+120, 120x84+84, 84x10+10
    assert row["params"] == 156 + 2_416 + 48_120 + 10_164 + 850
    assert row["macs"] == 28 * 28 * 150 + 10 * 10 * 2_400 + 48_000 + 10_080 + 840


def test_the_list_is_cut_to_a_terminal(archdsl, monkeypatch):
    monkeypatch.setattr("archdsl.cli.catalogue.columns", lambda stream: 60)
    lines = archdsl("list", "unet").out.splitlines()
    assert max(map(len, lines)) == 60 and lines[1].endswith("…")


@pytest.mark.parametrize(
    ("argv", "hint"),
    [
        (("list", "rsnet"), "did you mean `resnet`?"),
        (("list", "zzz"), "`archdsl list` has them all"),
        (("ops", "cnv"), "did you mean `conv`?"),
        (("blocks", "botleneck"), "did you mean `bottleneck`?"),
        (("show", "resnet81"), "resnet"),
        (("ops", "zzz"), "`archdsl ops` lists them"),
    ],
)
def test_unknown_names_get_the_nearest(archdsl, argv, hint):
    ran = archdsl(*argv)
    assert (ran.status, ran.out) == (2, "")
    assert hint in ran.err


def test_a_code_of_an_earlier_version_is_explained_under_its_new_name(archdsl):
    assert "W0116: a step whose result goes nowhere" in archdsl("explain", "E0816").out
    assert set(codes.renamed().values()) <= set(codes.pages())
    assert set(codes.renamed()) & set(codes.pages()) == set()


def test_every_code_is_explained(archdsl):
    assert codes.pages()
    for code in codes.pages():
        ran = archdsl("explain", code.lower())
        assert ran.status == 0
        assert code in ran.out
        assert "```" not in ran.out


def test_an_unknown_code_gets_the_nearest(archdsl):
    ran = archdsl("explain", "E9999")
    assert ran.status == 2
    assert "E9999" in ran.err


@pytest.mark.parametrize("name", ["ops.md", "blocks.md", "errors.md"])
def test_the_printed_pages_are_up_to_date(name):
    """`python -m archdsl.cli.docs` writes them."""
    assert (DOCS / name).read_text(encoding="utf-8") == documents()[name]


def test_the_lists_in_the_page_of_commands_are_up_to_date():
    page = (DOCS / COMMANDS_PAGE).read_text(encoding="utf-8")
    assert sorted(place[2] for place in LIST.finditer(page)) == sorted(lists())
    assert with_lists(page) == page


def test_a_list_is_printed_in_its_place_alone():
    page = "a <!-- printed: formats of diff -->`old`<!-- end --> b <!-- end -->"
    printed = "`table` (default), `json`, `md`"
    assert with_lists(page) == page.replace("`old`", printed)


def test_markdown_on_a_terminal():
    table = "| a | b | c |\n|---|---|---|\n| `x` | y \\| z | |"
    page = f"# Title\n\nA [link](there) and `code`.\n\n{table}\n\n```\nconv\n```\n"
    assert for_terminal(page) == (
        "Title\n\nA link (there) and `code`.\n\n  a  b      c\n  x  y | z\n\n    conv\n"
    )
    assert for_terminal("`conv`", colour=True) == "\x1b[36mconv\x1b[0m\n"


def test_a_code_is_found_by_its_number_and_an_op_has_its_own_page(archdsl):
    assert archdsl("explain", "301").out == archdsl("explain", "E0301").out
    assert "`archdsl ops conv` tells of it" in archdsl("explain", "conv").err
