"""Names of steps stand for their outputs: as starts, branches, arguments and sources of sizes."""

from small_specs import codes, load, names, output, paths, program, shapes, words

from archdsl.ir.graph import Ref


def test_a_line_that_starts_with_a_tap_flows_on_from_there() -> None:
    root = program(
        "a = conv(8, 3)\nb = relu\na -> conv(4, 3) -> concat(identity, b -> conv(4, 3))"
    ).root
    assert shapes(root) == ["8x30x30", "8x30x30", "4x28x28", "4x28x28", "8x28x28"]
    assert root.steps[2].inputs == (Ref(0),)
    assert root.steps[3].inputs == (Ref(1),)


def test_a_tap_alone_on_a_line_moves_the_flow() -> None:
    root = program(
        """
        a = conv(8, 3)
        b = conv(8, 1)
        a
        max_pool(2)
        concat(identity, b -> max_pool(2))
        """
    ).root
    assert root.steps[2].inputs == (Ref(0),)


def test_another_name_for_a_tap_is_no_step() -> None:
    root = program("a = conv(3, 1)\nskip = a\nrelu\nadd(identity, skip)").root
    assert names(root) == ["a", "relu", "add"]
    assert root.steps[2].inputs == (Ref(1), Ref(0))


def test_input_is_what_flows_into_the_body() -> None:
    root = program("conv(3, 1)\nadd(identity, input)").root
    assert root.steps[1].inputs == (Ref(0), Ref(-1))


def test_several_results_get_a_name_each() -> None:
    root = program("a, b = chunk(2)\nb -> relu\nadd(identity, a)", input="4x8x8").root
    assert shapes(root) == ["2x8x8+2x8x8", "2x8x8", "2x8x8"]
    assert root.steps[1].inputs == (Ref(0, 1),)
    assert root.steps[2].inputs == (Ref(1), Ref(0, 0))


def test_one_name_for_several_results_passes_them_all_on() -> None:
    root = program("parts = chunk(2)\nrelu_of = parts -> concat\nconv(3, 1)", input="4x8x8").root
    assert shapes(root) == ["2x8x8+2x8x8", "4x8x8", "3x8x8"]


def test_a_merge_takes_the_results_before_it_as_branches() -> None:
    root = program("chunk(2) -> maximum", input="4x8x8").root
    assert root.steps[1].inputs == (Ref(0, 0), Ref(0, 1))


def test_a_tap_used_inside_a_named_chain_becomes_an_input_of_it() -> None:
    root = program(
        """
        skip = conv(8, 3)
        relu
        body = path:
            conv(8, 1)
            add(identity, skip)
            concat(identity, skip)
        """
    ).root
    inner = root.steps[2].target
    assert root.steps[2].inputs == (Ref(1), Ref(0))
    assert inner.input_names == ("x", "skip")
    assert inner.steps[1].inputs == (Ref(0), Ref(-1, 1))
    assert output(program("conv(8, 1)")) == "8x32x32"


def test_a_tap_used_two_chains_deep_passes_through_both() -> None:
    root = program(
        """
        skip = conv(3, 1)
        outer = path:
            relu
            inner = path:
                conv(3, 1)
                add(identity, skip)
        """
    ).root
    outer = root.steps[1].target
    inner = outer.steps[1].target
    assert outer.input_names == inner.input_names == ("x", "skip")
    assert root.steps[1].inputs == (Ref(0), Ref(0))
    assert outer.steps[1].inputs == (Ref(0), Ref(-1, 1))


def test_input_inside_a_path_is_that_of_the_block() -> None:
    above = """
    block residual(c):
        conv(c, 1)
        body = path:
            conv(c, 1)
            add(identity, input)
    """
    root = program("residual(3)", above=above).root
    block = root.steps[0].target
    assert block.steps[1].inputs == (Ref(0), Ref(-1))


def test_a_tap_as_a_block_s_argument_is_a_further_input() -> None:
    above = """
    block up(channels, skip: tensor):
        conv_transpose(channels, 2, stride=2)
        concat(identity, skip)
        conv(channels, 3, padding=1)
    """
    root = program("enc = conv(16, 3, padding=1)\nmax_pool(2)\nup(16, skip=enc)", above=above).root
    block = root.steps[2].target
    assert root.steps[2].inputs == (Ref(1), Ref(0))
    assert block.input_names == ("x", "skip")
    assert shapes(block) == ["16x32x32", "32x32x32", "16x32x32"]


def test_a_tensor_parameter_can_be_left_out_where_none_is_its_default() -> None:
    above = """
    block join(skip: tensor = none):
        if skip != none:
            add(identity, skip)
        relu
    """
    assert words(program("a = conv(3, 1)\njoin -> join(a)", above=above).root) == [
        "conv",
        "join",
        "join",
    ]
    root = program("a = conv(3, 1)\njoin -> join(a)", above=above).root
    assert [words(step.target) for step in root.steps[1:]] == [["relu"], ["add", "relu"]]


def test_sizes_of_taps_and_of_the_input() -> None:
    root = program(
        """
        stem = conv(input.channels * 4, 3, stride=2)
        conv(stem.channels, 1) -> reshape(stem.channels, stem.height * stem.width)
        linear(stem.rank)
        """,
        input="5x33x17",
    ).root
    assert shapes(root) == ["20x16x8", "20x16x8", "20x128", "20x3"]


def test_the_sizes_have_the_names_of_their_layout() -> None:
    facts = {
        "7": {"shape": (7,), "rank": 1, "channels": 7, "features": 7},
        "4x9": {"shape": (4, 9), "rank": 2, "channels": 4, "features": 9, "tokens": 4, "length": 9},
        "3x5x6": {
            "shape": (3, 5, 6), "rank": 3, "channels": 3, "features": 6, "height": 5, "width": 6,
        },
        "2x3x4x5": {
            "shape": (2, 3, 4, 5), "rank": 4, "channels": 2, "features": 5, "depth": 3,
            "height": 4, "width": 5,
        },
    }  # fmt: skip
    for shape, wanted in facts.items():
        written = f"({shape},)" if "x" not in shape else shape
        values = dict(program("relu", input=written).root.values)
        sizes = {k.removeprefix("input."): v for k, v in values.items() if k.startswith("input.")}
        assert sizes == wanted


def test_what_for_and_if_and_merges_bind_is_known_afterwards() -> None:
    made = program(
        """
        for i in (1, 2):
            a{i} = conv(4, 1)
        if true:
            b = relu
        add:
            c = conv(4, 1)
            identity
        concat(a1, a2, b, c, identity)
        conv(i, 1)
        """
    )
    assert output(made) == "2x32x32"
    assert paths(made)[:4] == ["a1", "a2", "b", "c"]


def test_the_number_of_names_must_be_that_of_the_results() -> None:
    assert codes(load("a, b = chunk(4)\nrelu", input="4x8x8")) == ["E0311"]


def test_a_tap_is_known_as_an_op_is_not_hidden_behind_parentheses() -> None:
    root = program("bn = bn\nconv(4, 1)\nbn()\nconcat(identity, input -> bn())").root
    assert words(root) == ["bn", "conv", "bn", "bn", "concat"]


def test_a_step_named_like_a_number_does_not_hide_it_from_calls() -> None:
    above = "block drop(dropout):\n    dropout(dropout)\n"
    assert words(program("drop(0.5)", above=above).root.steps[0].target) == ["dropout"]


def test_a_tap_by_another_way_to_a_block() -> None:
    above = "block join(skip: tensor):\n    add(identity, skip)\n"
    made = program(
        """
        enc = conv(3, 1)
        let other = enc
        join(other) -> join(enc if true else other) -> join([enc, other][1])
        """,
        above=above,
    )
    assert [step.inputs for step in made.root.steps] == [
        (Ref(-1),),
        (Ref(0), Ref(0)),
        (Ref(1), Ref(0)),
        (Ref(2), Ref(0)),
    ]
