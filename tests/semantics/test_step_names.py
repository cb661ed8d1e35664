"""Names of steps are state_dict keys: given, automatic, those of sequences, computed."""

import pytest
from small_specs import codes, keys, load, names, paths, program


def test_a_step_without_a_name_is_called_by_its_op_and_numbered_in_order() -> None:
    root = program("conv(8, 1) -> relu -> conv(8, 1)\nconv(8, 1) -> relu").root
    assert names(root) == ["conv", "relu", "conv_2", "conv_3", "relu_2"]


def test_an_automatic_name_keeps_clear_of_given_ones_before_and_after_it() -> None:
    root = program("conv(8, 1)\nconv_2 = conv(8, 1)\nconv(8, 1)\nconv = conv(8, 1)").root
    assert names(root) == ["conv_3", "conv_2", "conv_4", "conv"]


def test_a_block_gives_its_own_name() -> None:
    above = "block stem(c):\n    conv(c, 1)\n"
    assert paths(program("stem(8) -> stem(4)", above=above)) == [
        "stem",
        "stem.conv",
        "stem_2",
        "stem_2.conv",
    ]


def test_a_block_called_like_an_attribute_of_modules_gets_an_underscore() -> None:
    above = "block train(c):\n    conv(c, 1)\n"
    assert names(program("train(8) -> train(8)", above=above).root) == ["train_", "train__2"]


def test_a_named_single_step_has_the_name_itself() -> None:
    assert keys(program("stem = conv(8, 1)")) == ["stem.weight", "stem.bias"]


def test_in_a_named_chain_every_step_counts() -> None:
    # as in torch: nn.Sequential(conv, relu, bn)
    made = program("stem = conv(8, 1, bias=false) -> relu -> bn")
    assert paths(made) == ["stem", "stem.0", "stem.1", "stem.2"]
    assert keys(made)[0] == "stem.0.weight"
    assert keys(made)[1] == "stem.2.weight"


def test_named_steps_of_a_named_path_keep_their_names_and_still_count() -> None:
    made = program(
        """
        features = path:
            conv(8, 1) -> relu
            norm = bn
            max_pool(2)
        """
    )
    assert paths(made)[1:] == ["features.0", "features.1", "features.norm", "features.3"]


def test_a_path_without_a_name_opens_no_scope() -> None:
    made = program(
        """
        path:
            conv1 = conv(8, 1)
            relu
        relu
        """
    )
    assert names(made.root) == ["conv1", "relu", "relu_2"]


def test_a_merge_is_a_step_but_no_module_and_its_branches_belong_to_the_body() -> None:
    made = program(
        """
        add:
            path:
                conv1 = conv(3, 1)
                bn1 = bn
            shortcut = conv(3, 1) -> bn
        """
    )
    assert names(made.root) == ["conv1", "bn1", "shortcut", "add"]
    assert "shortcut.0.weight" in keys(made)


def test_a_named_merge_names_its_result() -> None:
    made = program("total = add:\n    identity\n    conv(3, 1)\nrelu -> add(identity, total)")
    assert names(made.root) == ["conv", "total", "relu", "add"]


def test_a_tap_before_a_named_step_is_not_part_of_it() -> None:
    made = program("a = conv(8, 1)\nb = a -> relu\nc = b -> conv(4, 1) -> bn")
    assert paths(made) == ["a", "b", "c", "c.0", "c.1"]


@pytest.mark.parametrize(
    ("count", "inside"), [(0, []), (1, ["stage.0"]), (2, ["stage.0", "stage.1"])]
)
def test_a_named_repeat_is_a_sequence_of_so_many(count: int, inside: list[str]) -> None:
    assert paths(program(f"relu\nstage = conv(3, 1) * {count}"))[2:] == inside


def test_an_unnamed_repeat_is_so_many_steps() -> None:
    assert names(program("conv(3, 1) * 3").root) == ["conv", "conv_2", "conv_3"]
    assert names(program("relu\nconv(3, 1) * 0").root) == ["relu"]


def test_a_repeat_inside_a_named_chain_is_numbered_on() -> None:
    # torchvision: layer1 = Sequential(first, rest, rest)
    made = program("layer1 = conv(8, 1) -> conv(8, 1) * 2")
    assert paths(made)[1:] == ["layer1.0", "layer1.1", "layer1.2"]


def test_computed_names() -> None:
    made = program(
        """
        for i, kind in enumerate(("a", "b")):
            stage{i + 1}_{kind} = conv(8, 1)
        {"tail"} = relu
        stage1_a -> add(identity, tail, stage{2}_b)
        """
    )
    assert names(made.root) == ["stage1_a", "stage2_b", "tail", "add"]


def test_a_block_that_is_a_chain_is_a_sequence() -> None:
    above = "block cbr(c) = conv(c, 1, bias=false) -> bn -> relu"
    made = program("stem = cbr(8)", above=above)
    assert paths(made) == ["stem", "stem.0", "stem.1", "stem.2"]


def test_names_inside_a_block_do_not_meet_those_outside() -> None:
    above = "block stem(c):\n    conv1 = conv(c, 1)\n"
    made = program("conv1 = conv(8, 1)\nstem(8)", above=above)
    assert paths(made) == ["conv1", "stem", "stem.conv1"]


def test_a_block_inside_a_named_chain_is_numbered() -> None:
    above = "block stem(c):\n    conv1 = conv(c, 1)\n"
    made = program("body = stem(8) * 2", above=above)
    assert paths(made) == ["body", "body.0", "body.0.conv1", "body.1", "body.1.conv1"]


def test_formatting_does_not_change_names() -> None:
    together = program("conv(8, 1) -> relu -> conv(4, 1) -> relu")
    apart = program("conv(8, 1)\nrelu\n# a comment\npath:\n    conv(4, 1)\n    relu")
    assert paths(together) == paths(apart)


def test_keys_come_in_the_order_of_torch() -> None:
    # a module's parameters before its buffers, modules in the order they are made
    made = program("stem = conv(8, 1) -> bn")
    assert keys(made) == [
        "stem.0.weight",
        "stem.0.bias",
        "stem.1.weight",
        "stem.1.bias",
        "stem.1.running_mean",
        "stem.1.running_var",
        "stem.1.num_batches_tracked",
    ]


def test_a_learned_tensor_comes_before_the_modules() -> None:
    made = program("conv(8, 1)\nadd(identity, parameter(8, 1, 1))")
    assert keys(made) == ["parameter", "conv.weight", "conv.bias"]


def test_a_name_is_given_once_in_a_body_whichever_arm_runs() -> None:
    lines = "if {}:\n    conv1 = conv(8, 1)\nelse:\n    conv1 = conv(8, 3)\nrelu"
    for truth in ("true", "false"):
        assert names(program(lines.format(truth)).root) == ["conv1", "relu"]
    assert codes(load("conv1 = conv(8, 1)\nif true:\n    conv1 = relu")) == ["E0802"]
