"""Which steps were added, removed, changed or moved, on specs small enough to see it."""

import pytest

import archdsl

CHAIN = """
network N:
    input 3x16x16
    body = path:
        conv(8, 3, padding=1)
        relu
        conv(16, 3, padding=1)
        relu
    global_avg_pool
    flatten
    head = linear(10)
"""


def net(text=CHAIN, *edits):
    for before, after in edits:
        assert before in text
        text = text.replace(before, after)
    return archdsl.loads(text)


def changes(*edits, text=CHAIN):
    """Each change as its kind, its path before and its path after."""
    difference = net(text).diff(net(text, *edits))
    return [(step.change, step.path, step.new_path) for step in difference.steps]


def values(*edits, text=CHAIN):
    difference = net(text).diff(net(text, *edits))
    return {
        step.new_path: [(v.name, v.old, v.new) for v in step.values]
        for step in difference.steps
        if step.values
    }


def test_the_same_network_is_equal():
    difference = net().diff(net())
    assert difference.equal
    assert (difference.steps, difference.blocks, difference.network) == ((), (), ())
    assert difference.keys.same == 6
    assert "equal" in str(difference)


def test_a_layer_put_into_a_chain_is_one_addition():
    assert changes(
        ("        relu\n        conv(16", "        bn\n        relu\n        conv(16")
    ) == [
        ("added", None, "body.1"),
        ("moved", "body.1", "body.2"),
        ("moved", "body.2", "body.3"),
        ("moved", "body.3", "body.4"),
    ]


def test_a_layer_taken_out_of_a_chain_is_one_removal():
    assert changes(
        ("        conv(8, 3, padding=1)\n        relu\n", "        conv(8, 3, padding=1)\n")
    ) == [
        ("removed", "body.1", None),
        ("moved", "body.2", "body.1"),
        ("moved", "body.3", "body.2"),
    ]


def test_a_layer_like_the_next_one_in_front_of_it_moves_the_others():
    text = "network N:\n    input 8x9x9\n    body = conv(8, 1) -> conv(4, 1) -> conv(2, 1)\n"
    assert changes(("conv(8, 1) ->", "conv(6, 1) -> conv(8, 1) ->"), text=text) == [
        ("added", None, "body.0"),
        ("changed", "body.0", "body.1"),
        ("moved", "body.1", "body.2"),
        ("moved", "body.2", "body.3"),
    ]


def test_an_argument_and_what_follows_from_it():
    assert values(("conv(8, 3, padding=1)", "conv(12, 3, padding=1)")) == {
        "body.0": [("channels", "8", "12")],
        "body.2": [("weight", "16x8x3x3", "16x12x3x3")],
    }


def test_an_activation_in_the_place_of_another():
    edit = ("        relu\n    global", "        silu\n    global")
    assert changes(edit) == [("changed", "body.3", "body.3")]
    (step,) = net().diff(net(CHAIN, edit)).steps
    assert (step.old, step.new) == ("relu", "silu")


def test_a_renamed_layer_has_moved():
    assert changes(("head =", "fc =")) == [("moved", "head", "fc")]


def test_a_renamed_chain_has_moved_as_a_whole():
    difference = net().diff(net(CHAIN, ("body =", "trunk =")))
    assert [(s.change, s.path, s.new_path) for s in difference.steps] == [
        ("moved", "body", "trunk")
    ]
    assert [(k.key, k.new_key) for k in difference.keys.moved] == [
        (f"body.{i}.{name}", f"trunk.{i}.{name}") for i in (0, 2) for name in ("weight", "bias")
    ]


WIRED = """
network N:
    input 4x8x8
    a = conv(4, 1)
    b = conv(4, 1)
    c = conv(4, 1)
    add(b, c)
"""


def test_other_connections():
    assert values(("add(b, c)", "add(a, c)"), text=WIRED) == {"add": [("input", "b", "a")]}


def test_one_more_branch():
    assert values(("add(b, c)", "add(a, b, c)"), text=WIRED) == {"add": [("inputs", "2", "3")]}


def test_a_step_put_in_between_is_no_other_connection():
    edit = ("    b = conv(4, 1)\n", "    relu\n    b = conv(4, 1)\n")
    assert changes(edit, text=WIRED) == [("added", None, "relu")]


def test_steps_that_changed_places():
    """Both are where they were in the `state_dict`, and read something else."""
    text = "network N:\n    input 4x8x8\n    a = conv(4, 3)\n    b = bn\n"
    other = "network N:\n    input 4x8x8\n    b = bn\n    a = conv(4, 3)\n"
    difference = archdsl.loads(text).diff(archdsl.loads(other))
    assert not difference.equal
    assert {step.new_path for step in difference.steps} == {"a", "b"}
    assert difference.keys.loads


def test_a_parameter_of_a_block_is_told_at_the_block():
    text = "block b(c):\n    conv(c, 1)\n    relu\nnetwork N:\n    input 3x8x8\n    b(4) -> b(4)\n"
    difference = archdsl.loads(text).diff(
        archdsl.loads(text.replace("b(4) -> b(4)", "b(4) -> b(6)"))
    )
    assert [(s.new_path, [(v.name, v.old, v.new) for v in s.values]) for s in difference.steps] == [
        ("b_2", [("c", "4", "6")]),
        ("b_2.conv", [("channels", "4", "6")]),
    ]


def test_a_block_that_only_has_a_parameter_more_is_no_difference():
    text = "block b(c):\n    conv(c, 1)\nnetwork N:\n    input 3x8x8\n    b(4)\n"
    assert archdsl.loads(text).diff(archdsl.loads(text.replace("b(c):", "b(c, k=1):"))).equal


def test_an_argument_that_changes_nothing_is_no_difference():
    text = "block b(c, k):\n    conv(c * k, 1)\nnetwork N:\n    input 3x8x8\n    b(4, 3)\n"
    assert archdsl.loads(text).diff(archdsl.loads(text.replace("b(4, 3)", "b(6, 2)"))).equal


def test_a_tiny_fraction_is_told():
    difference = changes(("head = linear(10)", "dropout(0.3)\n    head = linear(10)"))
    assert difference == [("added", None, "dropout")]
    old, new = (f"network N:\n    input 3\n    dropout({p})\n" for p in ("0.1", "0.10000001"))
    (step,) = archdsl.loads(old).diff(archdsl.loads(new)).steps
    assert [(v.old, v.new) for v in step.values] == [("0.1", "0.10000001")]


@pytest.mark.parametrize(
    ("edit", "name"),
    [
        (("input 3x16x16", "input 3x20x20"), "input"),
        (
            ("head = linear(10)", "head = linear(10)\n    init conv: kaiming_normal"),
            "init conv.weight",
        ),
    ],
)
def test_what_no_step_has(edit, name):
    difference = net().diff(net(CHAIN, edit))
    assert not difference.equal
    assert [value.name for value in difference.network] == [name]


def test_the_figures_of_blocks_add_up():
    difference = net().diff(net(CHAIN, ("conv(8, 3, padding=1)", "conv(12, 3, padding=1)")))
    rows = {
        row.new_path: (row.new_params - row.params, row.new_macs - row.macs)
        for row in difference.blocks
    }
    weights = 4 * 3 * 9 + 16 * 4 * 9  # four more filters, and four more channels for the next
    assert rows == {"body": (weights + 4, 256 * weights)}
    assert difference.new.params - difference.old.params == weights + 4


def test_a_smaller_input_changes_the_work_and_no_step():
    difference = net().diff(net(CHAIN, ("3x16x16", "3x8x8")))
    assert difference.steps == ()
    assert [(row.path, row.macs // row.new_macs) for row in difference.blocks] == [("body", 4)]
