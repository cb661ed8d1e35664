"""Blocks that are handed several tensors at once, in a tuple."""

from small_specs import codes, keys, load, names, output, program

from archdsl.ir.graph import Scope

JOIN = """
    block join(maps: tuple, channels=4):
        concat:
            for m in maps:
                m -> conv(channels, 1)
            identity
"""
MAPS = "a = conv(5, 3, padding=1)\nb = conv(6, 3, padding=1)\n"


def test_each_tensor_becomes_an_input_of_the_block() -> None:
    made = program(MAPS + "join((a, b))", above=JOIN)
    scope = made.root.steps[-1].target
    assert isinstance(scope, Scope)
    assert scope.input_names == ("x", "maps_0", "maps_1")
    assert [type_.shape[0] for type_ in scope.inputs] == [6, 5, 6]
    assert output(made) == "14x32x32"  # 4 + 4 + 6


def test_a_comprehension_of_steps_may_be_handed_over() -> None:
    lines = "for i in range(3):\n    c{i} = conv(5, 3, padding=1)\njoin([c{i} for i in range(3)])"
    assert output(program(lines, above=JOIN)) == "17x32x32"  # 3 * 4 + 5


def test_tuples_may_hold_tensors_beside_values_and_in_tuples() -> None:
    above = "block pick(pairs):\n    for m, k in pairs:\n        add(m, identity) -> conv(k, 1)"
    lines = "a = conv(8, 1)\npick(((a, 8), (a, 2)))"
    assert output(program(lines, above=above)) == "2x32x32"


def test_equal_tuples_of_equal_types_are_one_scope() -> None:
    lines = MAPS + "c = conv(6, 1)\njoin((a, b)) -> conv(6, 1)\njoin((a, c))"
    steps = program(lines, above=JOIN).root.steps
    first, second = (step.target for step in steps if step.name.startswith("join"))
    assert first is second


def test_other_numbers_of_tensors_are_other_scopes() -> None:
    lines = MAPS + "join((a,)) -> conv(6, 1)\njoin((a, b))"
    steps = program(lines, above=JOIN).root.steps
    counts = [len(s.target.inputs) for s in steps if isinstance(s.target, Scope)]
    assert counts == [2, 3]


def test_the_inputs_names_keep_clear_of_parameters() -> None:
    above = "block both(maps, maps_0: tensor):\n    add(maps[0], maps_0)"
    made = program("a = conv(3, 1)\nb = conv(3, 1)\nboth((a,), b)", above=above)
    scope = made.root.steps[-1].target
    assert isinstance(scope, Scope)
    assert scope.input_names == ("x", "maps_0_", "maps_0")


def test_sizes_of_handed_tensors_can_be_asked_for() -> None:
    above = "block sizes(maps):\n    conv(sum([m.channels for m in maps]), 1)"
    assert output(program(MAPS + "sizes((a, b))", above=above)) == "11x32x32"


def test_a_misfit_inside_is_told_once() -> None:
    above = "block join(maps):\n    add(maps[0], maps[1])"
    assert codes(load(MAPS + "join((a, b))", above=above)) == ["E0301"]


def test_a_chain_in_a_tuple_stays_out_of_reach() -> None:
    above = "block join(maps):\n    concat(maps[0], maps[1])"
    assert codes(load(MAPS + "join((a -> bn, b))", above=above)) == ["E0411"]


def test_weights_are_those_of_the_steps() -> None:
    made = program(MAPS + "join((a, b))", above=JOIN)
    assert "join.conv_2.weight" in keys(made)
    assert names(made.root) == ["a", "b", "join"]
