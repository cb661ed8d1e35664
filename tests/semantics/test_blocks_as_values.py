"""Blocks are values; their parameters; variants; networks as blocks; equal ones are one."""

import pytest
from small_specs import (
    codes,
    load,
    made,
    names,
    network,
    output,
    params,
    paths,
    program,
    shapes,
    words,
)

from archdsl import driver
from archdsl.ir.graph import Scope, walk

CBR = "block cbr(c, k=1, act: block = relu):\n    conv(c, k) -> bn -> act\n"


# --- recipes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "inside"),
    [
        ("gelu", ["conv", "bn", "gelu"]),
        ("leaky_relu(0.1)", ["conv", "bn", "leaky_relu"]),
        ("gelu -> dropout(0.1)", ["conv", "bn", "gelu", "dropout"]),
        ("relu if 1 > 2 else silu", ["conv", "bn", "silu"]),
        ("identity", ["conv", "bn", "identity"]),
    ],
)
def test_ops_chains_and_choices_as_arguments(act: str, inside: list[str]) -> None:
    root = program(f"cbr(8, act={act})", above=CBR).root
    assert words(root.steps[0].target) == inside


def test_a_block_is_given_its_arguments_where_it_is_used() -> None:
    above = CBR + "\nblock stage(body: block, c):\n    body(c) -> body(c, k=3)\n"
    stage = program("stage(cbr, 8)", above=above).root.steps[0].target
    assert [shapes(step.target)[0] for step in stage.steps] == ["8x32x32", "8x30x30"]


def test_a_let_is_a_recipe_that_every_use_makes_afresh() -> None:
    made_program = program("let f = conv(3, 1) -> bn\nf -> f\nf")
    assert words(made_program.root) == ["conv", "bn"] * 3
    assert params(made_program) == 3 * (12 + 6)


def test_a_function_gives_a_chain() -> None:
    above = "fn act(i) = hardswish if i >= 2 else relu\nfn cb(c, i) = conv(c, 1) -> act(i)"
    root = program("cb(8, 1) -> cb(8, 2)\nact(3)", above=above).root
    assert words(root) == ["conv", "relu", "conv", "hardswish", "hardswish"]


def test_blocks_in_tuples_and_loops() -> None:
    root = program("for f in (relu, bn, conv(4, 1) -> tanh):\n    f").root
    assert words(root) == ["relu", "bn", "conv", "tanh"]
    root = program("let acts = (relu, gelu)\nacts[1] -> acts[0]").root
    assert words(root) == ["gelu", "relu"]


def test_branches_by_comprehension() -> None:
    root = program("concat(conv(4, k, padding=k // 2) for k in (1, 3, 5) if k > 1)").root
    assert shapes(root) == ["4x32x32", "4x32x32", "8x32x32"]


def test_blocks_compare_by_what_they_are() -> None:
    above = """
    block kind(body: block = none):
        if body == none:
            relu
        elif body == bottleneck:
            gelu
        elif body in (conv, linear):
            tanh
        else:
            sigmoid
    """
    root = program(
        "kind -> kind(bottleneck) -> kind(linear) -> kind(basic_block)", above=above
    ).root
    assert [words(step.target)[0] for step in root.steps] == ["relu", "gelu", "tanh", "sigmoid"]


def test_recursion_that_ends() -> None:
    above = """
    block fractal(n, c):
        if n == 1:
            conv(c, 1)
        else:
            average:
                conv(c, 1)
                path:
                    fractal(n - 1, c)
                    fractal(n - 1, c)
    """
    # f(1) = 1 convolution, f(n) = 1 + 2·f(n-1): 1, 3, 7, 15
    steps = [step for _, _, step in walk(program("fractal(4, 3)", above=above).root)]
    assert sum(getattr(step.target, "word", "") == "conv" for step in steps) == 15


# --- parameters ------------------------------------------------------------------------------


def test_a_default_may_mention_the_parameters_before_it() -> None:
    above = """
    block b(c, hidden=2 * c, k=hidden // c + 1):
        conv(hidden, k, padding=same) -> conv(c, 1)
    """
    assert shapes(program("b(8)", above=above).root.steps[0].target) == ["16x32x32", "8x32x32"]


def test_arguments_by_position_by_name_and_by_default() -> None:
    for call in ("cbr(8, 3, tanh)", "cbr(8, 3, act=tanh)", "cbr(act=tanh, k=3, c=8)"):
        block = program(call, above=CBR).root.steps[0].target
        assert words(block) == ["conv", "bn", "tanh"]
        assert shapes(block)[0] == "8x30x30"


def test_scopes_say_what_their_parameters_are() -> None:
    block = program("cbr(8)", above=CBR).root.steps[0].target
    assert block.arguments == (("c", 8), ("k", 1))
    assert block.block == "cbr"


def test_a_docstring_is_the_block_s() -> None:
    above = 'block stem(c):\n    """Two lines,\n\n    the second apart.\n    """\n    conv(c, 1)\n'
    block = program("stem(8)", above=above).root.steps[0].target
    assert block.doc == "Two lines,\n\nthe second apart."


def test_input_decides() -> None:
    above = """
    block shortcut(c, stride=1):
        add:
            conv(c, 3, stride=stride, padding=1)
            if stride != 1 or input.channels != c:
                conv(c, 1, stride=stride)
            else:
                identity
    """
    root = program("shortcut(3) -> shortcut(8) -> shortcut(8, stride=2)", above=above).root
    assert [len(step.target.steps) for step in root.steps] == [2, 3, 3]


def test_a_plain_parameter_does_not_hide_the_op_it_is_called_like() -> None:
    above = "block b(conv, relu=0.2):\n    conv(conv, 1) -> dropout(relu)\n"
    assert words(program("b(8)", above=above).root.steps[0].target) == ["conv", "dropout"]


# --- memory ----------------------------------------------------------------------------------


def scopes(root: Scope) -> set[int]:
    return {id(step.target) for _, _, step in walk(root) if isinstance(step.target, Scope)}


def test_equal_blocks_on_equal_inputs_are_the_same_scope() -> None:
    root = program("cbr(3) -> cbr(3) -> cbr(3, k=1) -> cbr(c=3)", above=CBR).root
    assert len(scopes(root)) == 1


def test_other_arguments_or_inputs_make_other_scopes() -> None:
    root = program("cbr(8) -> cbr(8) -> cbr(8, act=gelu) -> cbr(8, k=3) -> cbr(8)", above=CBR).root
    assert len(scopes(root)) == 5


def test_one_and_true_and_one_point_zero_are_different_arguments() -> None:
    above = "block b(x):\n    dropout(0.5) if x == true else relu\n"
    assert len(scopes(program("b(1) -> b(true) -> b(1.0)", above=above).root)) == 3


def test_a_block_given_on_two_lines_is_still_one() -> None:
    root = program("conv(8, 1)\ncbr(8, act=gelu)\ncbr(8, act=gelu)", above=CBR).root
    assert len(scopes(root)) == 1


def test_a_network_of_a_thousand_layers_has_few_scopes() -> None:
    above = """
    block unit(c):
        add(identity, conv(c, 3, padding=1) -> bn -> relu -> conv(c, 3, padding=1) -> bn)
    """
    root = program("stem = conv(16, 3, padding=1)\nbody = unit(16) * 500", above=above).root
    # one for the body, one for all units
    assert len(scopes(root)) == 2
    # 3·16·9 + 16, and 500 times 2·(16·16·9 + 16 + 32)
    assert sum(1 for _ in walk(root)) == 2 + 500 * 7


# --- variants and networks as blocks -----------------------------------------------------------

VARIANTS = """
network Base(widths: tuple, act: block = relu, classes=10):
    \"\"\"The base.\"\"\"
    input 3x8x8
    for width in widths:
        conv(width, 1) -> act
    flatten -> linear(classes)

network small = Base((4, 8)):
    \"\"\"The small one.\"\"\"
    expect params == 5_186 if classes == 10

network small_gelu = small(act=gelu)

network small_wide = small(widths=(16,), classes=5)
"""


def variant(name: str, **parameters: object) -> driver.Loaded:
    return driver.loads(VARIANTS, network=name, parameters=parameters)


def test_a_variant_sets_parameters() -> None:
    # 3·4 + 4, 4·8 + 8, 8·64·10 + 10
    small = made(variant("small"))
    assert params(small) == 16 + 40 + 5130
    assert (small.name, small.doc) == ("small", "The small one.")


def test_a_variant_of_a_variant() -> None:
    gelu = made(variant("small_gelu"))
    assert "gelu" in words(gelu.root) and "relu" not in words(gelu.root)
    assert gelu.doc == "The base."
    wide = made(variant("small_wide"))
    # 3·16 + 16, 16·64·5 + 5
    assert params(wide) == 64 + 5125


def test_a_variant_s_parameters_can_be_set_from_outside() -> None:
    assert params(made(variant("small", classes=1))) == 16 + 40 + 513
    assert "silu" in words(made(variant("small_gelu", act="silu")).root)


def test_a_broken_promise_of_the_base_variant_is_one_of_its_variants() -> None:
    text = VARIANTS.replace("5_186", "5_187")
    assert codes(driver.loads(text, network="small_gelu")) == ["E0701"]
    assert codes(driver.loads(text, network="Base", parameters={"widths": "(4, 8)"})) == []


def test_a_network_is_a_block_on_what_flows_in() -> None:
    above = """
    network Backbone(c=8):
        input 3x224x224
        conv1 = conv(c, 3, stride=2)
        init conv: zeros
        expect params == 0
    """
    made_program = program("body = Backbone(16) -> flatten\nlinear(10)", above=above)
    assert output(made_program) == "10"
    assert paths(made_program)[:3] == ["body", "body.0", "body.0.conv1"]
    assert [(i.op, i.path) for i in made_program.inits] == [("conv", "body.0.*")]


def test_a_network_with_several_outputs_as_a_block() -> None:
    above = """
    network Backbone:
        input 3x224x224
        low = conv(8, 3, padding=1)
        high = max_pool(2) -> conv(16, 3, padding=1)
        output low, high
    """
    root = program("a, b = Backbone\nb -> upsample(2) -> concat(identity, a)", above=above).root
    assert shapes(root) == ["8x32x32+16x16x16", "16x32x32", "24x32x32"]


def test_a_variant_as_a_block() -> None:
    text = VARIANTS + "\nnetwork Net:\n    input 3x16x16\n    small_gelu(classes=2) -> relu\n"
    net = made(driver.loads(text, network="Net"))
    assert (names(net.root), output(net)) == (["Base", "relu"], "2")


def test_a_block_of_the_file_stands_before_one_of_the_library() -> None:
    above = "block bottleneck(c):\n    relu -> conv(c, 1)\n"
    assert words(program("bottleneck(8)", above=above).root.steps[0].target) == ["relu", "conv"]


def test_what_a_network_lacks_is_said_with_its_parameters() -> None:
    loaded = driver.loads(network("conv(width, 1)").replace("Net:", "Net(width, depth=1):"))
    told = [(d.code, d.hint) for d in loaded.diagnostics]
    assert told[0] == ("E0212", "give `-p width=…`, or in the file a default: `width=…`")


def test_an_unused_block_is_looked_through() -> None:
    above = "block spare(c):\n    if c > 3:\n        cnov(c)\n"
    assert codes(load("relu", above=above)) == ["E0201"]


# --- paths and merges with lines as values ----------------------------------------------------

WRAP = "block wrap(inner: block, k=7):\n    conv(k, 1)\n    inner\n"


@pytest.mark.parametrize(
    ("step", "channels"),
    [
        ("wrap(path(conv(k, 1)))", [7, 4]),
        ("wrap(path(conv(k, 1)), k=3)", [3, 4]),
        ("wrap(path(stem=conv(k + 1, 1), relu))", [7, 5, 5]),
        ("wrap(add(a=conv(k, 1), b=conv(k, 1)))", [7, 4, 4, 4]),
        ("wrap(tower(k) -> relu)", [7, 4, 8, 8]),
        ("tower(k)", [4, 8]),
    ],
)
def test_the_names_in_a_path_mean_what_they_mean_where_it_stands(
    step: str, channels: list[int]
) -> None:
    above = f"fn tower(n) = path(conv(n, 1), conv(2 * n, 1))\n\n{WRAP}\n"
    above += f"block user(k):\n    {step}\n"
    made_program = program("user(4)", above=above)
    leaves = [step for _, _, step in walk(made_program.root) if not isinstance(step.target, Scope)]
    assert [step.outputs[0].shape[0] for step in leaves] == channels


def test_a_path_for_each_round() -> None:
    lines = "for i in range(3):\n    let w = 2 * i + 1\n    wrap(path(conv(w, 1)))"
    root = program(lines, above=WRAP).root
    assert [shapes(step.target)[-1] for step in root.steps] == ["1x32x32", "3x32x32", "5x32x32"]
