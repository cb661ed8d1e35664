"""Lines into a block and back: the network keeps its figures."""

from asking import analysed, marked

from archdsl.base.diagnostics import edited
from archdsl.editing.actions import actions
from archdsl.editing.refactoring import extract, inline

TEXT = """\
network n(width=8):
    input 3x8x8
    stem = conv(width, 3, padding=1)
    conv(width, 3, padding=1) -> relu
    add(stem, identity)
    flatten -> linear(10)
"""


def extracted(text, first, last):
    analysis = analysed(text)
    found = extract(analysis, text.index(first), text.index(last) + len(last))
    return None if found is None else edited(text, found.edits)


def test_lines_become_a_block_with_what_they_need_as_parameters():
    new = extracted(TEXT, "    conv(width, 3, padding=1) -> relu", "add(stem, identity)")
    assert (
        new
        == """\
block part(width, stem):
    conv(width, 3, padding=1) -> relu
    add(stem, identity)

network n(width=8):
    input 3x8x8
    stem = conv(width, 3, padding=1)
    part(width, stem)
    flatten -> linear(10)
"""
    )
    assert not analysed(new).diagnostics


def test_a_part_of_a_line_selects_the_line_and_a_taken_name_is_avoided():
    text = "block part:\n    relu\n\n" + TEXT.replace("relu", "part")
    new = extracted(text, "flatten", "linear")
    assert "block part_1:\n    flatten -> linear(10)\n\nnetwork" in new
    assert new.endswith("\n    part_1\n")


def test_lines_that_others_need_stay():
    assert extracted(TEXT, "    stem", "relu") is None  # `stem` is used below
    assert extracted(TEXT, "    input", "relu") is None


def test_lines_in_a_loop_and_in_a_path():
    text = TEXT.replace("add(stem, identity)", "for i in range(2):\n        relu\n        bn")
    new = extracted(text, "        relu\n", "bn")
    assert (
        "    for i in range(2):\n        part\n" in new and "block part:\n    relu\n    bn" in new
    )


def inlined(text):
    plain, offset = marked(text)
    edits = inline(analysed(plain), offset)
    return None if edits is None else edited(plain, edits)


def test_a_block_is_put_in_its_place():
    block = "block two(k, act: block = relu):\n    conv(k + 1, 1) -> act\n    conv(k, k=1)\n\n"
    text = block.replace(", k=1", ", kernel_size=1") + TEXT
    new = inlined(text.replace("conv(width, 3, padding=1) -> relu", "‸two(width * 1, relu6)"))
    assert "    conv((width * 1) + 1, 1) -> relu6\n    conv((width * 1), kernel_size=1)\n" in new
    new = inlined(text.replace("flatten -> linear(10)", "x = two(‸4)"))
    assert new.endswith(
        "    x = path:\n        conv(4 + 1, 1) -> relu\n        conv(4, kernel_size=1)\n"
    )
    assert not any(d.code.startswith("E") for d in analysed(new).diagnostics)


def test_a_block_that_needs_its_own_input_stays():
    block = "block res(k):\n    conv(k, 1)\n    add(identity, input)\n\n"
    assert inlined(block + TEXT.replace("flatten -> linear(10)", "‸res(8)")) is None


def test_a_name_is_imported_from_the_file_that_declares_it(tmp_path):
    (tmp_path / "parts.arch").write_text("block part(k):\n    conv(k, 1)\nblock other:\n    relu\n")
    text = "network n:\n    input 3x8x8\n    part(4)\n"
    for start in ("", 'from "parts.arch" import other\n'):
        analysis = analysed(start + text, tmp_path)
        at = (start + text).index("part(4)") + 1
        (action,) = [a for a in actions(analysis, at, at) if "import" in a.title]
        assert action.title == 'import `part` from "parts.arch"'
        new = edited(start + text, action.edits)
        assert new.count("from") == 1
        assert not [d for d in analysed(new, tmp_path).diagnostics if d.code.startswith("E")]


def test_a_remedy_that_is_an_edit_is_an_action(tmp_path):
    text = "network n:\n    input 3x8x8\n    nn.Conv2d(3, 8, 3)\n"
    analysis = analysed(text, tmp_path)
    (mistake,) = [d for d in analysis.diagnostics if d.edits]
    at = mistake.primary.span.first
    (action,) = [a for a in actions(analysis, at, at) if a.mends is mistake]
    assert action.edits == mistake.edits and action.title
