"""Lines into a block and back: PyTorch makes the same calls before and after."""

import pytest
from asking import analysed, marked
from oracle import Compiled, outputs, same

from archdsl.base.diagnostics import edited
from archdsl.editing.actions import actions, refactorings
from archdsl.server import answers

TEXT = """\
network n(width=8):
    input 3x8x8
    stem = conv(width, 3, padding=1)
    conv(width, 3, padding=1) -> relu
    add(stem, identity)
    flatten -> linear(10)
"""


def offered(text, start, end, title, folder=None):
    """The text after the action whose title begins so, and the title; None where there is none."""
    offers = refactorings(analysed(text, folder), start, end)
    return next(
        ((edited(text, a.edits), a.title) for a in offers if a.title.startswith(title)), None
    )


def extracted(text, first, last, folder=None):
    end = text.index(last, text.index(first)) + len(last)
    offers = offered(text, text.index(first), end, "extract", folder)
    return None if offers is None else offers[0]


def inlined(text, folder=None):
    plain, offset = marked(text)
    offers = offered(plain, offset, offset, "put the block's lines here", folder)
    return None if offers is None else offers[0]


def kept(new, text, folder):
    """The new text, which PyTorch runs as it runs the old one."""
    assert new is not None and same(text.replace("‸", ""), new, folder)
    return new


# --- lines into a block ----------------------------------------------------------------------


def test_lines_become_a_block_with_what_they_need_as_parameters(tmp_path):
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
    kept(new, TEXT, tmp_path)


def test_the_same_weights_give_the_same_outputs(tmp_path):
    new = extracted(TEXT, "    conv(width, 3, padding=1) -> relu", "add(stem, identity)")
    back = inlined(new.replace("    part(", "    pa‸rt("))
    for text in (new, back):
        outs = outputs(Compiled(TEXT, tmp_path, "n"), Compiled(text, tmp_path, "n"))
        assert [t.tolist() for t in outs[0]] == [t.tolist() for t in outs[1]]


def test_a_part_of_a_line_selects_the_line_and_a_taken_name_is_avoided(tmp_path):
    text = "block part:\n    relu\n\n" + TEXT.replace("relu", "part")
    new = extracted(text, "flatten", "linear")
    assert "block part_1:\n    flatten -> linear(10)\n\nnetwork" in new
    assert new.endswith("\n    part_1\n")
    kept(new, text, tmp_path)


def test_lines_that_others_need_stay():
    assert extracted(TEXT, "    stem", "relu") is None  # `stem` is used below
    assert extracted(TEXT, "    input", "relu") is None


def test_lines_in_a_loop_and_in_a_path(tmp_path):
    text = TEXT.replace("add(stem, identity)", "for i in range(2):\n        relu\n        bn")
    new = kept(extracted(text, "        relu\n", "bn"), text, tmp_path)
    assert (
        "    for i in range(2):\n        part\n" in new and "block part:\n    relu\n    bn" in new
    )
    text = TEXT.replace("add(stem, identity)", "a = path:\n        relu\n        bn")
    assert "    a = path:\n        part\n" in kept(
        extracted(text, "        relu\n", "bn"), text, tmp_path
    )


def test_branches_of_a_merge_are_taken_with_the_merge(tmp_path):
    text = TEXT.replace(
        "add(stem, identity)",
        "add:\n        for i in range(2):\n            relu\n            tanh",
    )
    new = kept(extracted(text, "            relu\n", "tanh"), text, tmp_path)
    assert new.startswith("block part:\n    add:\n        for i")


def test_a_name_that_a_loop_carries_from_round_to_round_stays():
    text = TEXT.replace(
        "    add(stem, identity)",
        "    let k = 4\n    for i in range(3):\n        conv(k, 1)\n"
        "        relu\n        let k = k * 2",
    )
    assert extracted(text, "        relu\n", "let k = k * 2") is None


def test_an_argument_of_the_name_of_a_parameter_is_not_given(tmp_path):
    text = TEXT.replace("(width=8)", "(width=8, padding=1)")
    new = extracted(text, "    conv(width, 3, padding=1) -> relu", "relu")
    assert "block part(width):\n" in kept(new, text, tmp_path)


def test_a_word_of_an_argument_is_not_given(tmp_path):
    text = "network n(height=2):\n    input 3x8x8\n    conv(height, 1)\n    mean(height)\n"
    assert "block part:\n    mean(height)\n" in kept(
        extracted(text, "    mean", "(height)"), text, tmp_path
    )


def test_a_shared_layer_stays_with_its_body():
    text = TEXT.replace("    stem =", "    layer twin = conv(3, 1)\n    twin\n    stem =")
    assert extracted(text, "    twin\n", "twin\n") is None


def test_comments_go_with_their_lines_and_stay_with_their_network(tmp_path):
    text = "archdsl 1\n\n# All of it.\n# In two rows.\n" + TEXT.replace(
        "-> relu\n", "-> relu  # the middle\n"
    ).replace("    conv(width", "    # first\n    conv(width")
    new = extracted(text, "    # first", "# the middle")
    assert new.startswith(
        "archdsl 1\n\nblock part(width):\n    # first\n"
        "    conv(width, 3, padding=1) -> relu  # the middle\n\n"
        "# All of it.\n# In two rows.\nnetwork n"
    )
    assert "padding=1)\n    part(width)\n    add" in new
    kept(new, text, tmp_path)


def test_a_text_keeps_its_line_breaks(tmp_path):
    text = TEXT.replace("\n", "\r\n")
    new = extracted(text, "    conv(width", "relu")
    assert new.count("\n") == new.count("\r\n")
    back = inlined(new.replace("    part(", "    pa‸rt("))
    assert back.count("\n") == back.count("\r\n")
    assert back.partition("network")[2] == text.partition("network")[2]


# --- a block in its place --------------------------------------------------------------------

BLOCK = """\
block two(k, act: block = relu):
    conv(k + 1, 1) -> act
    conv(k, kernel_size=1)

"""


def test_a_block_is_put_in_its_place(tmp_path):
    text = BLOCK + TEXT.replace("conv(width, 3, padding=1) -> relu", "‸two(width * 1, relu6)")
    new = kept(inlined(text), text, tmp_path)
    assert "    conv((width * 1) + 1, 1) -> relu6\n    conv(width * 1, kernel_size=1)\n" in new
    text = BLOCK + TEXT.replace("flatten -> linear(10)", "x = two(‸4)")
    new = kept(inlined(text), text, tmp_path)
    assert new.endswith(
        "    x = path:\n        conv(4 + 1, 1) -> relu\n        conv(4, kernel_size=1)\n"
    )


USES = {
    "a default of several parts": (
        "block b(k, n=k + 1):\n    conv(n * 2, 1)\n\n",
        "b(3)",
        "conv((3 + 1) * 2, 1)",
    ),
    "a chain for a block": (
        "block b(act: block):\n    conv(4, 1) -> act -> bn\n\n",
        "b(relu -> tanh)",
        "conv(4, 1) -> (relu -> tanh) -> bn",
    ),
    "a choice in a sum": (
        "block b(k):\n    conv(k + 1, 1)\n    conv((k, 3)[0], 1)\n\n",
        "b(2 if width > 4 else 3)",
        "conv((2 if width > 4 else 3) + 1, 1)\n    conv((2 if width > 4 else 3, 3)[0], 1)",
    ),
    "a power": ("block b(k):\n    conv(k ** 2, 1)\n\n", "b(-2)", "conv((-2) ** 2, 1)"),
    "a computed name": (
        "block b(k):\n    conv{k} = conv(4, 1)\n\n",
        "b(width // 4)",
        "conv{width // 4} = conv(4, 1)",
    ),
    "a word of an argument": (
        "block b(height):\n    conv(height, 1)\n    mean(height, keepdim=true)\n\n",
        "b(4)",
        "conv(4, 1)\n    mean(height, keepdim=true)",
    ),
    "the chain that a block is": (
        "block b(k) = conv(k, 1) -> relu\n\n",
        "b(k=4)",
        "conv(4, 1) -> relu",
    ),
    "the named chain that a block is": (
        "block b(k) = conv(k, 1) -> relu\n\n",
        "x = b(k=4)",
        "x = conv(4, 1) -> relu",
    ),
    "the path that a block is": (
        "block b(k) = path:\n    conv(k, 1)\n    relu\n\n",
        "x = b(4)",
        "x = path:\n        conv(4, 1)\n        relu",
    ),
    "branches": (
        "block b(k):\n    conv(k, 1)\n    relu\n\n",
        "add:\n        ‸b(4)\n        conv(4, 1)",
        "add:\n        path:\n            conv(4, 1)\n            relu\n        conv(4, 1)",
    ),
    "branches of a loop": (
        "block b(k):\n    conv(k, 1)\n    relu\n\n",
        "add:\n        for i in range(2):\n            ‸b(4)",
        "for i in range(2):\n            path:\n                conv(4, 1)\n                relu",
    ),
    "comments": (
        "block b(k):  # head\n    # above\n\n    conv(k, 1)  # beside\n    # between\n"
        "    relu  # end\n    # below\n\n# of the network\n",
        "b(4)  # use",
        "# use\n    # above\n\n    conv(4, 1)  # beside\n    # between\n    relu  # end\n"
        "    # below\n    bn",
    ),
    "comments in a path": (
        "block b(k):\n    conv(k, 1)  # beside\n\n",
        "x = b(4)  # use",
        "x = path:  # use\n        conv(4, 1)  # beside\n    bn",
    ),
}


@pytest.mark.parametrize("case", USES)
def test_values_stand_where_the_parameters_stood(case, tmp_path):
    block, use, expected = USES[case]
    use = use if "‸" in use else f"‸{use}"
    text = f"{block}network n(width=8):\n    input 3x8x8\n    {use}\n    bn\n"
    assert expected in kept(inlined(text), text, tmp_path)


REFUSED = {
    "its own input": ("block b(k):\n    conv(k, 1)\n    add(identity, input)\n\n", "b(3)", ""),
    "a `let` that the place has too": (
        "block b(k):\n    let w = k * 2\n    conv(w, 1)\n\n",
        "let w = 4\n    ‸b(4)",
        "conv(w, 1)",
    ),
    "a parameter that hides what the block names": (
        "block c(k):\n    conv(k, 1)\n\nblock b:\n    c(4)\n\n",
        "b",
        "",
        "c=8",
    ),
    "a step that hides an op": ("block b:\n    tanh\n\n", "tanh = conv(3, 1)\n    ‸b", "bn"),
    "a loop's variable in a value": (
        "block b(k):\n    for i in range(2):\n        conv(k + i, 1)\n\n",
        "for i in range(2):\n        ‸b(i + 1)",
        "",
    ),
    "a loop's variable in the value of a path": (
        "block b(k):\n    for i in range(2):\n        conv(k + i, 1)\n\n",
        "for i in range(2):\n        x{i} = ‸b(i + 1)",
        "",
    ),
    "a step that the place has too": (
        "block b:\n    c = conv(4, 1)\n\n",
        "c = relu\n    ‸b",
        "add(c, conv(3, 1))",
    ),
    "a name that means a parameter": (
        "block b:\n    relu\n\nblock c(b: block):\n    ‸b\n    bn\n\n",
        "c(tanh)",
        "",
    ),
    "a use that nothing runs": (
        "block b:\n    relu\n\nblock c:\n    ‸b\n    bn\n\n",
        "relu",
        "",
    ),
    "an arm that no network takes": (
        "block b:\n    relu\n\n",
        "if width == 3:\n        ‸b\n    else:\n        relu",
        "",
    ),
    "figures that a promise names": (
        "block b:\n    let depth = 3\n    conv(depth, 1)\n\n",
        "b",
        "expect depth == 1",
    ),
    "a promise about the block's step": (
        "block b:\n    conv(4, 1)\n\n",
        "x = b",
        "expect x.conv.params == 16",
    ),
    "weights that a pattern begins": (
        "block b:\n    conv(4, 1)\n\n",
        "x = b",
        'conv(4, 1)\n    init "*conv": zeros',
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_would_mean_something_else_stays(case):
    block, use, below, *parameters = REFUSED[case]
    use = use if "‸" in block + use else f"‸{use}"
    given = f"width=8, {parameters[0]}" if parameters else "width=8"
    text = f"{block}network n({given}):\n    input 3x8x8\n    {use}\n    {below or 'bn'}\n"
    assert not [d for d in analysed(text.replace("‸", "")).diagnostics if d.code < "W"]
    assert inlined(text) is None


@pytest.mark.parametrize("body", ["    conv(\n", "    relu\n    conv(\n"])
def test_lines_that_cannot_be_read_are_not_left_behind(body):
    text = f"block b:\n{body}\nnetwork n:\n    input 3x8x8\n    b\n    relu\n"
    analysis = analysed(text)
    at = text.index("    b\n") + 4
    assert refactorings(analysis, at, at) == ()
    assert refactorings(analysis, at, len(text)) == ()


def test_lines_of_another_file_are_taken_where_their_names_mean_the_same(tmp_path):
    (tmp_path / "parts.arch").write_text(
        "fn twice(k) = k * 2\n\nblock b(k):\n    conv(twice(k), 1)\n\n"
        "block c(k):\n    conv_bn(k, 1)\n"
    )
    body = "network n:\n    input 3x8x8\n    ‸{}(4)\n"
    brought = 'from "parts.arch" import {}\n\n'
    assert inlined(brought.format("b") + body.format("b"), tmp_path) is None
    own = "fn twice(k) = k * 3\n\n"
    assert inlined(brought.format("b") + own + body.format("b"), tmp_path) is None
    text = brought.format("b, twice") + body.format("b")
    assert "conv(twice(4), 1)" in kept(inlined(text, tmp_path), text, tmp_path)
    text = brought.format("c") + body.format("c")
    assert "    conv_bn(4, 1)" in kept(inlined(text, tmp_path), text, tmp_path)
    hiding = "block conv_bn(k, n):\n    conv(k, n, bias=false) -> bn -> relu6\n\n"
    assert inlined(brought.format("c") + hiding + body.format("c"), tmp_path) is None


def test_every_network_is_compared_and_not_the_first_alone():
    text = (
        "block b(wide=false):\n    if wide:\n        add(conv(4, 1), conv(4, 1))\n"
        "    else:\n        conv(4, 1)\n\n"
        "network n(wide=false):\n    input 3x8x8\n    x = ‸b(wide)\n    bn\n"
        "    expect params == 24 if not wide\n\nnetwork m = n(wide=true):\n{}"
    )
    promise = "    expect x.add.macs == 0\n"
    assert inlined(text.format("    expect depth == 2\n")) is not None
    assert inlined(text.format(promise)) is None


def test_how_many_keys_change_is_said(tmp_path):
    text = BLOCK + TEXT.replace("conv(width, 3, padding=1) -> relu", "two(width)")
    at = text.index("two(width)")
    # two convolutions with weight and bias: `two.conv`, `two.conv_2` become `conv`, `conv_2`
    title = "put the block's lines here (renames 4 keys of saved weights)"
    assert offered(text, at, at, "put the")[1] == title
    offers = offered(
        TEXT, TEXT.index("flatten"), TEXT.index("\n", TEXT.index("flatten")), "extract"
    )
    title = "extract into the block `part` (renames 2 keys of saved weights)"
    assert offers[1] == title  # linear.weight, linear.bias
    text = TEXT.replace("add(stem", "relu\n    add(stem")
    offers = offered(text, text.index("    relu\n"), text.index("    add"), "extract")
    assert offers[1] == "extract into the block `part`"


# --- other actions ---------------------------------------------------------------------------


NET = "network n:\n    input 3x8x8\n    part(4)\n"
NEW = 'from "parts.arch" import part\n'


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (NET, f"{NEW}\n{NET}"),
        (f'from "./parts.arch" import other\n{NET}', None),
        (f'from "more.arch" import more\n\n{NET}', f'from "more.arch" import more\n{NEW}\n{NET}'),
        (f"archdsl 1\n\n{NET}", f"archdsl 1\n\n{NEW}\n{NET}"),
        (
            f"# A comment.\narchdsl 1\n# Of the network.\n{NET}",
            f"# A comment.\narchdsl 1\n{NEW}\n# Of the network.\n{NET}",
        ),
        (f"# Who wrote it.\n\n{NET}", f"# Who wrote it.\n\n{NEW}\n{NET}"),
        (
            f'{NET}from "more.arch" import more  # last',
            f'{NET}from "more.arch" import more  # last\n{NEW[:-1]}',
        ),
    ],
)
def test_a_name_is_imported_from_the_file_that_declares_it(tmp_path, start, end):
    (tmp_path / "parts.arch").write_text("block part(k):\n    conv(k, 1)\nblock other:\n    relu\n")
    (tmp_path / "more.arch").write_text("block more:\n    relu\n")
    for text, wanted in (
        (start, end),
        (start.replace("\n", "\r\n"), end and end.replace("\n", "\r\n")),
    ):
        analysis = analysed(text, tmp_path)
        at = text.index("part(4)") + 1
        (action,) = [a for a in actions(analysis, at, at) if "import" in a.title]
        assert action.title == 'import `part` from "parts.arch"'
        new = edited(text, action.edits)
        assert new == (wanted or text.replace("import other", "import other, part"))
        assert not [d for d in analysed(new, tmp_path).diagnostics if d.code.startswith("E")]


def test_a_remedy_that_is_an_edit_is_an_action(tmp_path):
    text = "network n:\n    input 3x8x8\n    nn.Conv2d(3, 8, 3)\n"
    analysis = analysed(text, tmp_path)
    (mistake,) = [d for d in analysis.diagnostics if d.edits]
    at = mistake.primary.span.first
    (action,) = [a for a in actions(analysis, at, at) if a.mends is mistake]
    assert action.edits == mistake.edits and action.title


def test_an_editor_that_can_ask_is_to_ask_before_keys_change():
    analysis = analysed(TEXT)
    start = TEXT.index("    flatten")
    (offer,) = refactorings(analysis, start, start + 12)
    source = analysis.source
    told = answers.action(offer, "file:///n.arch", source, {}, confirms=True).edit
    (annotation,) = told.change_annotations.values()
    assert annotation.needs_confirmation
    assert "linear.weight becomes part.linear.weight, and 1 more" in annotation.description
    (document,) = told.document_changes
    assert len(document.edits) == len(offer.edits)
    plain = answers.action(offer, "file:///n.arch", source, {}, confirms=False).edit
    assert plain.change_annotations is None and len(plain.changes["file:///n.arch"]) == 2
