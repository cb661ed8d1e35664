"""What an editor is told of a text and a place in it, against what is plain from the text."""

import pytest
from asking import analysed, asked, marked

from archdsl import driver
from archdsl.base.diagnostics import edited
from archdsl.editing.actions import actions
from archdsl.editing.completion import ItemKind, completion, flow_before, signature
from archdsl.editing.hints import HintKind, Wanted, hints
from archdsl.editing.hover import hover
from archdsl.editing.outline import folds, lenses, painted, selections
from archdsl.editing.references import references
from archdsl.editing.renaming import CannotRename, rename_everywhere
from archdsl.editing.symbols import definition, symbols
from archdsl.editing.uses import BlockSight, next_use

SMALL = """\
block twice(channels, kernel=3):
    conv(channels, kernel, padding=1)
    conv(channels, kernel, padding=1, stride=2)

network small(classes=10):
    input 3x32x32
    stem = twice(16)
    twice(32, 3) -> relu
    global_avg_pool -> flatten
    fc = linear(classes)
    expect params < 1M
"""


def with_hints(text, wanted=Wanted()):  # noqa: B008
    told = text
    for hint in reversed(hints(analysed(text), wanted)):
        told = f"{told[: hint.offset]}«{hint.text}»{told[hint.offset :]}"
    return told


# --- hints -----------------------------------------------------------------------------------


def test_the_shape_stands_behind_every_line_that_changes_it():
    assert with_hints(SMALL, Wanted(arguments=False)) == SMALL.replace(
        "    conv(channels, kernel, padding=1)\n",
        "    conv(channels, kernel, padding=1)«16x32x32 / 32x16x16»\n",
    ).replace("stride=2)\n", "stride=2)«16x16x16 / 32x8x8»\n").replace(
        "twice(16)", "twice(16)«16x16x16»"
    ).replace("-> relu", "-> relu«32x8x8»").replace("-> flatten", "-> flatten«32»").replace(
        "linear(classes)", "linear(classes)«10»"
    )


def test_a_stated_shape_needs_no_hint_and_a_kept_one_only_on_request():
    text = "network n:\n    input 3x8x8\n    conv(4, 3) :: 4x6x6\n    relu\n"
    assert with_hints(text) == text.replace("4, 3", "4, «kernel_size=»3")
    assert "relu«4x6x6»" in with_hints(text, Wanted(unchanged=True))


def test_arguments_by_place_have_names_but_for_the_first_and_what_says_it():
    text = "block b(width, height):\n    conv(width, height)\nnetwork n:\n    input 3x8x8\n"
    text += "    b(4, 3)\n    conv(8, 1, 2)\n"
    shown = [h.text for h in hints(analysed(text)) if h.kind is HintKind.ARGUMENT]
    assert shown == ["kernel_size=", "height=", "kernel_size="]


def test_what_a_block_costs_by_setting():
    # 3·16·9 + 16 + 16·16·9 + 16 parameters; 27·16·1024 + 144·16·256 multiply-adds
    (first, *_) = [
        h for h in hints(analysed(SMALL), Wanted(figures=True)) if h.kind is HintKind.FIGURES
    ]
    assert 27 * 16 + 16 + 144 * 16 + 16 == 2768 and 27 * 16 * 1024 + 144 * 16 * 256 == 1_032_192
    assert first.text == "2.77K params · 1.03M MACs"


def test_a_broken_line_costs_itself():
    broken = SMALL.replace("    twice(32, 3) -> relu\n", "    twice(32, -> relu\n")
    shown = with_hints(broken, Wanted(arguments=False))
    assert "stem = twice(16)«16x16x16»" in shown
    assert len(analysed(broken).diagnostics) == 1


# --- hover -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("network n:\n    input 3x8x8\n    co‸nv(4, 3)\n", "| `conv` | 3x8x8 | 4x6x6 | 112 |"),
        ("network n:\n    input 3x8x8\n    conv(4, kernel_‸size=3)\n", "`kernel_size` of `conv`"),
        ("network n:\n    input 3x8x8\n    a = conv(4, 3)\n    relu\n    add(identity, a‸)\n",
         "the step `a` of line 3: 4x6x6"),
        ("network n(k=‸3):\n    input 3x8x8\n    conv(4, k)\n", None),
        ("network n(k=3):\n    input 3x8x8\n    conv(4, k‸)\n", "a parameter, line 1"),
        ("network n:\n    input 3x8x8\n    conv(4, 3)\n    expect par‸ams == 5\n", "is `112`"),
        ("network n:\n    input 3x8x8\n    conv(4, 3)\n    expect params == ‸5\n", "is `112`"),
        ("network n:\n    input 3x8x8\n    conv(4, 3)\n    expect params ‸>= 1K * 2\n",
         "`params` of `n` is `112`"),
        ("network n(depth=3):\n    input 3x8x8\n    relu\n    expect depth == ‸3\n", None),
        # 2·2·4·4·3·3 weights; the first convolution alone has 3·4·3·3
        ("network n:\n    input 3x8x8\n    a = basic_block(4) * 2\n"
         "    expect a.0.conv1.par‸ams < 5K\n", "`params` of `a.0.conv1` in `n` is `108`"),
        ("network n:\n    input 3x8x8\n    a = conv(4, 3) -> bn\n"
         "    expect params > 5 and a.output == 4‸x6x6\n", "`output` of `a` in `n` is `4x6x6`"),
        ("network n:\n    input 3x8x8\n    basic_b‸lock(3)\n", "He et al. 2016"),
        ("network n:\n    input 3x8x8\n    basic_b‸lock(3)\n", "a block of the library"),
        ("block b(k):\n    conv(k, 1)\nnetwork n:\n    input 3x8x8\n    ‸b(3)\n",
         "a block, line 1"),
        ("network n:\n    input 3x8x8\n    # con‸v\n    relu\n", None),
        ("network n:\n    input 3x8x8\n    bn = b‸n\n    relu\n", "BatchNorm2d"),
        ("network n:\n    input 3x8x8\n    upsample(2, mode‸=nearest)\n", "One of `nearest`"),
    ],
)  # fmt: skip
def test_under_the_pointer(text, told):
    answer = hover(*asked(text))
    assert (answer is None) if told is None else (told in answer.text)


def test_a_name_says_which_file_declares_it(tmp_path):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "parts.arch").write_text("# parts\nblock part(k):\n    conv(k, 1)\n")
    plain, offset = marked(
        'from "lib/parts.arch" import part\nnetwork n:\n    input 3x8x8\n    par‸t(4)\n'
    )
    assert "a block of `lib/parts.arch`, line 2" in hover(analysed(plain, tmp_path), offset).text


# --- completion ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected", "refused"),
    [
        ("‸", ["network", "block", "fn", "from"], ["conv"]),
        ("network n:\n    input 3x8x8\n    ‸", ["conv", "basic_block", "for", "expect"], ["bool"]),
        ("network n:\n    input 3x8x8\n    conv(4, 3) -> ‸", ["relu", "bn"], ["expect"]),
        ("network n:\n    input 3x8x8\n    conv(‸", ["channels", "stride"], ["expect"]),
        ("network n:\n    input 3x8x8\n    conv(4, 3, stride=2, ‸", ["padding"], ["stride"]),
        ("network n:\n    input 3x8x8\n    upsample(2, mode=‸", ["bilinear", "nearest"], []),
        ("network n:\n    input 3x8x8\n    conv(4, 3, bias=‸", ["true", "false"], []),
        ("network n:\n    input 3x8x8\n    tap = relu\n    add(identity, ‸", ["tap"], []),
        ("network n:\n    input 3x8x8\n    reshape(input.‸", ["channels", "height"], ["tokens"]),
        ("network n:\n    input 3x8x8\n    relu\n    expect ‸", ["params", "macs"], ["for"]),
        ("network n(k=3):\n    input 3x8x8\n    relu\n    expect ‸", ["relu", "k"], ["conv"]),
        ("network n:\n    input 3x8x8\n    a = basic_block(4) * 2\n    expect a.‸",
         ["0", "1", "params", "output"], ["channels", "depth"]),
        ("network n:\n    input 3x8x8\n    a = basic_block(4) * 2\n    expect macs < 9 and a.0.‸",
         ["conv1", "downsample", "params"], ["a"]),
        ("network n:\n    input 3x8x8\n    a = basic_block(4) * 2\n    expect a.0.conv1.par‸",
         ["params", "receptive_field"], ["conv1", "depth"]),
        ("network n:\n    input 3x8x8\n    relu\n    init conv: ‸", ["kaiming_normal"], ["conv"]),
        ("block b(k: ‸", ["int", "block"], ["conv"]),
        ("network n:\n    input 3x8x8\n    # ‸", [], ["conv"]),
        ("network n:\n    input 3‸", [], ["conv"]),
    ],
)  # fmt: skip
def test_what_can_be_written(text, expected, refused):
    labels = [item.label for item in completion(*asked(text))]
    assert set(expected) <= set(labels)
    assert not set(refused) & set(labels)


def test_what_fits_the_rank_of_the_flow_comes_first():
    text = "network n:\n    input 3x8x8\n    conv(4, 3)\n    ‸"
    analysis, offset = asked(text)
    assert flow_before(analysis, offset) == (4, 6, 6)
    labels = [item.label for item in completion(analysis, offset)]
    assert labels.index("max_pool") < labels.index("attention")
    text = "network n:\n    input 16x8\n    linear(8)\n    ‸"
    labels = [item.label for item in completion(*asked(text))]
    assert labels.index("attention") < labels.index("pixel_shuffle")


def test_proposals_of_files_and_of_what_they_declare(tmp_path):
    (tmp_path / "parts.arch").write_text("block part(k):\n    conv(k, 1)\n")
    plain, offset = marked('from "‸')
    assert [i.label for i in completion(analysed(plain, tmp_path), offset)] == ["parts.arch"]
    body = "network n:\n    input 3x8x8\n    part(3)\n"
    plain, offset = marked(f'from "parts.arch" import part‸\n{body}')
    proposals = completion(analysed(plain, tmp_path), offset)
    assert [(i.label, i.kind) for i in proposals] == [("part", ItemKind.BLOCK)]


@pytest.mark.parametrize(
    ("typed", "active"),
    [("conv(‸", "channels"), ("conv(4, ‸", "kernel_size"), ("conv(4, 3, stride=‸", "stride"),
     ("conv(4, (3, ‸", None), ("basic_block(‸", "channels")],
)  # fmt: skip
def test_the_signature_of_the_call_that_is_typed(typed, active):
    answer = signature(*asked(f"network n:\n    input 3x8x8\n    {typed}"))
    if active is None:
        assert answer is None
    else:
        assert answer.parameters[answer.active] == active


# --- names -----------------------------------------------------------------------------------


def at(text, needle, nth=0):
    start = -1
    for _ in range(nth + 1):
        start = text.index(needle, start + 1)
    return start


def test_definitions_of_steps_parameters_blocks_imports_and_the_library(tmp_path):
    (tmp_path / "parts.arch").write_text("block part(k):\n    conv(k, 1)\n")
    text = 'from "parts.arch" import part\n' + SMALL.replace(
        "fc = ", "part(2) -> basic_block(2)\n    fc = "
    )
    analysis = analysed(text, tmp_path)

    def found(needle, nth=0):
        span = definition(analysis, at(text, needle, nth))
        return None if span is None else (span.source.name.rpartition("/")[2], span.line)

    assert found("twice", 1) == ("typed.arch", 2)
    assert found("classes", 1) == ("typed.arch", 6)
    assert found("part(2)") == ("parts.arch", 1)
    assert found("basic_block") == ("basic_block.arch", 1)
    assert found("conv") is None


def renamed(analysis, offset, new):
    path = analysis.folder / "typed.arch"
    renamed = rename_everywhere(analysis, path, offset, new, driver.read_text)
    return renamed.edits[path.resolve()]


def test_a_name_is_renamed_wherever_it_means_the_same():
    analysis = analysed(SMALL)
    new = edited(SMALL, renamed(analysis, at(SMALL, "twice"), "double"))
    assert new == SMALL.replace("twice", "double")
    new = edited(SMALL, renamed(analysis, at(SMALL, "kernel", 1), "size"))
    assert new == SMALL.replace("kernel", "size")
    assert not analysed(new).diagnostics


def test_a_parameter_is_renamed_where_it_is_given_by_name():
    text = SMALL.replace("twice(32, 3)", "twice(32, kernel=3)")
    new = edited(text, renamed(analysed(text), at(text, "kernel"), "size"))
    assert new == text.replace("kernel", "size") and not analysed(new).diagnostics


@pytest.mark.parametrize(
    ("needle", "new", "why"),
    [("stem", "fc", "already"), ("stem", "1x", "no name"), ("stem", "forward", "module"),
     ("twice", "conv", "already"), ("twice", "small", "already"), ("conv", "c", "an op"),
     ("channels", "kernel", "already")],
)  # fmt: skip
def test_a_name_that_would_change_the_meaning_is_refused(needle, new, why):
    with pytest.raises(CannotRename, match=why):
        renamed(analysed(SMALL), at(SMALL, needle), new)


def test_references_are_the_declaration_and_every_use():
    references_ = references(analysed(SMALL), at(SMALL, "twice", 1))
    assert [span.line for span in references_] == [1, 7, 8]


def test_symbols_are_the_declarations_and_their_named_lines():
    declared = symbols(analysed(SMALL).file)
    assert [(s.name, s.kind) for s in declared] == [("twice", "block"), ("small", "network")]
    assert [s.name for s in declared[1].children] == ["stem", "fc"]


# --- actions ---------------------------------------------------------------------------------


def done(text, title):
    analysis, offset = asked(text)
    (action,) = [a for a in actions(analysis, offset, offset) if a.title == title]
    return edited(analysis.source.text, action.edits)


def test_the_word_that_was_meant():
    text = "network n:\n    input 3x8x8\n    conv(4, kernal_si‸ze=3)\n"
    new = done(text, "change to `kernel_size`")
    assert "kernel_size=3" in new and not analysed(new).diagnostics


def test_a_residual_that_is_broken_is_mended():
    text = (
        "block unit(k, stride=1):\n    ad‸d:\n        conv_bn(k, 3, stride=stride)\n"
        "        identity\n\nnetwork n:\n    input 16x8x8\n    unit(16)\n    unit(32, stride=2)\n"
    )
    analysis, _ = asked(text)
    (mistake,) = analysis.diagnostics
    new = done(text, mistake.hint)
    assert "        conv(k, 1, stride=stride)\n" in new and not analysed(new).diagnostics


def test_a_shape_is_written_down_and_holds():
    new = done("network n:\n    input 3x8x8\n    conv(4, ‸3)\n", "write the shape down")
    assert "conv(4, 3) :: 4x6x6\n" in new and not analysed(new).diagnostics


def test_a_shape_is_not_written_down_that_another_network_may_not_have():
    text = (
        "block b:\n    conv‸(4, 1)\n\nnetwork n:\n    input 3x8x8\n    b\n\n"
        "network m:\n    input 3x9x9\n    b\n"
    )
    plain, offset = marked(text)
    for networks in (["n"], ["n", "m"]):
        analysis = analysed(plain, trace=False)
        for network in networks:
            analysis.trace(network)
        assert "write the shape down" not in [a.title for a in actions(analysis, offset, offset)]


def test_arguments_of_a_block_that_is_given_have_no_names_to_write():
    analysis, at = asked("block b(linear: block):\n    lin‸ear(4)\n")
    assert not [a for a in actions(analysis, at, at) if "name" in a.title]


@pytest.mark.parametrize(
    ("line", "allowed"),
    [
        ("conv‸(4, 3) -> bn", "conv(4, 3) -> bn  # allow: W0101"),
        ("conv‸(4, 3) -> bn  # why", "# allow: W0101\n    conv(4, 3) -> bn  # why"),
        ("conv‸(4, 3) -> bn  # allow: W0102", "conv(4, 3) -> bn  # allow: W0102, W0101"),
        (
            "path(\n        relu,\n        conv‸(4, 3),  # why\n        bn)",
            "# allow: W0101\n    path(\n        relu,\n        conv(4, 3),  # why\n        bn)",
        ),
    ],
)
def test_a_warning_is_allowed(line, allowed):
    text = f"network n:\n    input 3x8x8\n    {line}\n    relu\n"
    for broken in ("\n", "\r\n"):
        new = done(text.replace("\n", broken), "allow W0101 here")
        assert new == f"network n:\n    input 3x8x8\n    {allowed}\n    relu\n".replace(
            "\n", broken
        )
        assert not [d for d in analysed(new).diagnostics if d.code != "W0100"]


def test_arguments_with_names_and_without():
    named = done("network n:\n    input 3x8x8\n    con‸v(4, 3, bias=false)\n", "name the arguments")
    assert "conv(channels=4, kernel_size=3, bias=false)" in named
    text = "network n:\n    input 3x8x8\n    con‸v(4, kernel_size=3)\n"
    assert "conv(4, 3)" in done(text, "leave out the arguments' names")


# --- the rest --------------------------------------------------------------------------------


def test_folds_selections_lenses_and_colours():
    analysis = analysed(SMALL)
    assert folds(analysis) == ((1, 3), (5, 11))
    texts = [s.text for s in selections(analysis, at(SMALL, "kernel", 1))]
    assert texts[:3] == [
        "kernel",
        "conv(channels, kernel, padding=1)",
        SMALL[: at(SMALL, "\n\n")],
    ] or (texts[0] == "kernel" and texts[-1].startswith("block twice"))
    lens, figures, view = lenses(analysis)
    assert (view.block, view.text) == ("twice", "seen from all of 2 uses")
    # the multiply-adds are 27·16·1024 + 144·16·256 and 144·32·256 + 288·32·64
    assert figures.text == "2.77K … 13.9K params · 1.03M … 1.77M MACs · sees 5x5 … 13x13"
    assert 4640 + 9248 == 13_888 and 144 * 32 * 256 + 288 * 32 * 64 == 1_769_472
    # 2,768 as above; 16·32·9 + 32 + 32·32·9 + 32; 32·10 + 10
    assert 2768 + 4640 + 9248 + 330 == 16_986
    assert lens.text.startswith("17.0K params · ")
    kinds = {(p.span.text, p.kind) for p in painted(analysis)}
    assert {
        ("conv", "op"),
        ("twice", "block"),
        ("channels", "parameter"),
        ("stem", "step"),
    } <= kinds
    assert ("padding", "argument") in kinds


TWO = """\
block b(k):
    conv(k, 1)
network first:
    input 3x8x8
    b(4)
network second:
    input 3x8x8
    one = b(8)
    relu
"""


@pytest.mark.parametrize("order", [["first", "second"], ["second", "first"]])
def test_a_line_tells_of_its_uses_in_every_network_in_the_order_of_the_text(order):
    analysis = analysed(TWO, trace=False)
    for network in order:
        analysis.trace(network)
    told = hover(analysis, TWO.index("conv")).text
    rows = [line for line in told.splitlines() if line.startswith("| `")]
    assert [row.partition(" | ")[0] for row in rows] == [
        "| `b.conv` in first",
        "| `one.conv` in second",
    ]
    assert "`relu` |" in hover(analysis, TWO.index("relu")).text


def test_a_block_has_the_figures_of_the_use_that_it_is_seen_from():
    analysis = analysed(TWO)

    def figures(seen):
        (told,) = [x.text for x in lenses(analysis, seen) if not x.network and not x.block]
        return told

    # 3·4 + 4 and 3·8 + 8 parameters; 3·4·64 and 3·8·64 multiply-adds
    assert figures({}) == "16 … 32 params · 768 … 1.54K MACs · sees 1x1"
    assert figures({"b": BlockSight("second", "one")}) == "32 params · 1.54K MACs · sees 1x1"


def test_a_use_that_is_gone_is_all_uses():
    analysis = analysed(TWO)
    gone = {"b": BlockSight("second", "two")}
    assert [h.text for h in hints(analysis, seen=gone)] == [h.text for h in hints(analysis)]
    (lens,) = [x for x in lenses(analysis, gone) if x.block]
    assert lens.text == "seen from all of 2 uses"
    assert next_use(analysis, "b", gone["b"]) == BlockSight("first", "b")
    assert next_use(analysis, "b", BlockSight("second", "one")) is None
