"""Trails tell how the source led to a step: rounds of loops, arms of choices, copies, elements."""

from small_specs import program

from archdsl.ir.graph import Scope, Step
from archdsl.syntax import tree

Trail = list[tuple[str, int, dict[str, object]]]


def trail(step: Step) -> Trail:
    return [(type(m.node).__name__, m.index, dict(m.values)) for m in step.trail]


def trails(scope: Scope) -> list[Trail]:
    return [trail(step) for step in scope.steps]


def test_the_last_mark_is_the_element_of_the_chain() -> None:
    root = program("conv(8, 1) -> relu").root
    assert trails(root) == [[("Call", 0, {})], [("Name", 0, {})]]
    assert [s.trail[-1].node.span.text for s in root.steps] == ["conv(8, 1)", "relu"]


def test_rounds_of_loops_with_their_values() -> None:
    root = program("for i, n in enumerate((4, 8)):\n    conv(n, 1)").root
    assert trails(root) == [
        [("For", 0, {"i": 0, "n": 4}), ("Call", 0, {})],
        [("For", 1, {"i": 1, "n": 8}), ("Call", 0, {})],
    ]
    assert root.steps[0].trail[-1].node is root.steps[1].trail[-1].node


def test_arms_of_choices() -> None:
    root = program(
        """
        for i in range(3):
            if i == 0:
                conv(4, 1)
            elif i == 1:
                conv(8, 1)
            else:
                conv(16, 1)
        """
    ).root
    assert [t[1] for t in trails(root)] == [("If", 0, {}), ("If", 1, {}), ("If", 2, {})]


def test_choices_of_values() -> None:
    root = program("for i in range(2):\n    relu if i == 0 else gelu").root
    assert [t[1] for t in trails(root)] == [("IfElse", 0, {}), ("IfElse", 1, {})]


def test_copies() -> None:
    root = program("(conv(3, 1) -> relu) * 2").root
    assert trails(root) == [
        [("Binary", 0, {}), ("Call", 0, {})],
        [("Binary", 0, {}), ("Name", 0, {})],
        [("Binary", 1, {}), ("Call", 0, {})],
        [("Binary", 1, {}), ("Name", 0, {})],
    ]


def test_elements_of_comprehensions() -> None:
    root = program("concat(conv(4, k, padding=k // 2) for k in (1, 3))").root
    assert [t[-2:] for t in trails(root)[:2]] == [
        [("Comprehension", 0, {"k": 1}), ("Call", 0, {})],
        [("Comprehension", 1, {"k": 3}), ("Call", 0, {})],
    ]


def test_names_that_stand_for_chains() -> None:
    root = program("let f = conv(3, 1) -> relu\nf -> f").root
    assert [[m.node.span.text for m in s.trail] for s in root.steps] == [
        ["f", "conv(3, 1)"],
        ["f", "relu"],
        ["f", "conv(3, 1)"],
        ["f", "relu"],
    ]
    assert root.steps[0].trail[0].node is not root.steps[2].trail[0].node


def test_merges_and_paths() -> None:
    root = program("add:\n    identity\n    path:\n        conv(3, 1)").root
    assert trails(root) == [
        [("Suite", 0, {}), ("Suite", 0, {}), ("Call", 0, {})],
        [("Suite", 0, {})],
    ]


def test_inside_a_block_trails_begin_anew() -> None:
    above = "block b(n):\n    conv(n, 1)\n"
    root = program("for n in (4, 8):\n    b(n)", above=above).root
    assert trails(root)[1] == [("For", 1, {"n": 8}), ("Call", 0, {})]
    assert trails(root.steps[1].target) == [[("Call", 0, {})]]


def test_definitions_are_at_hand() -> None:
    above = "block b(n):\n    conv(n, 1)\n"
    root = program("b(4)", above=above).root
    assert isinstance(root.definition, tree.NetworkDecl)
    block = root.steps[0].target
    assert isinstance(block.definition, tree.BlockDecl)
    assert block.definition.name.id == "b"


def test_values_hold_lets_parameters_and_the_input_s_facts() -> None:
    above = "block b(n):\n    let m = 2 * n\n    conv(m, 1)\n"
    block = program("b(4)", above=above).root.steps[0].target
    assert dict(block.values) == {
        "n": 4, "m": 8, "input.shape": (3, 32, 32), "input.rank": 3, "input.channels": 3,
        "input.features": 32, "input.height": 32, "input.width": 32,
    }  # fmt: skip
