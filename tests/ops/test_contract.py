"""The contract of every op: each example runs in PyTorch with the shapes, weights and MACs said."""

import inspect
import re
from importlib.resources import files

import pytest
import torch
from differential import UNCOUNTED
from emitted import batch, emitted, helper, results
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

import archdsl
from archdsl.analyses.reach.moves import shape_behind
from archdsl.ir.graph import WeightKind
from archdsl.ir.shape import DType, TensorType
from archdsl.ops.argument import Refused
from archdsl.ops.base import Example, Op
from archdsl.ops.registry import ops
from archdsl.ops.validation import validated

SAMPLES = 2
EXAMPLES = [
    pytest.param(op, example, id=f"{word}-{number}")
    for word, op in ops().items()
    for number, example in enumerate(op.examples)
]
OPS = [pytest.param(op, id=word) for word, op in ops().items()]


@pytest.mark.parametrize(("kind", "example"), EXAMPLES)
def test_an_example_agrees_with_pytorch(kind: type[Op], example: Example) -> None:
    op = validated(kind, example.arguments)
    outputs = op.infer(example.inputs)
    model = emitted(op, example.inputs, device="meta").eval()
    with FlopCounterMode(display=False, custom_mapping=UNCOUNTED) as counter:
        tensors = results(model(*batch(example.inputs, "meta", SAMPLES)))

    assert [tuple(t.shape) for t in tensors] == [(SAMPLES, *o.shape) for o in outputs]
    assert [t.is_floating_point() for t in tensors] == [o.dtype is DType.FLOAT for o in outputs]
    assert counter.get_total_flops() == 2 * SAMPLES * op.macs(example.inputs, outputs)
    _check_weights(op, example, model)


def _check_weights(op: Op, example: Example, model: nn.Module) -> None:
    said = op.weights(example.inputs)
    expected = {f"layer.{w.name}" if w.name else "layer": w.shape for w in said}
    assert [(k, tuple(v.shape)) for k, v in model.state_dict().items()] == list(expected.items())
    learned = sum(w.numel for w in said if w.kind is not WeightKind.BUFFER)
    assert sum(p.numel() for p in model.parameters()) == learned


@pytest.mark.parametrize(("kind", "example"), EXAMPLES)
def test_an_example_has_a_reach_and_a_cost(kind: type[Op], example: Example) -> None:
    op = validated(kind, example.arguments)
    assert op.elementwise(example.inputs, op.infer(example.inputs)) >= 0
    for k, result in enumerate(op.infer(example.inputs)):
        looks = op.reach(example.inputs, k)
        for x, look in zip(example.inputs, looks, strict=True):
            shape = x.shape
            for move in look or ():
                shape = shape_behind(move, shape, result.shape)
            assert look is None or shape == result.shape


@pytest.mark.parametrize("kind", OPS)
def test_an_op_takes_as_many_tensors_as_its_examples(kind: type[Op]) -> None:
    fewest, most = kind.inputs
    assert 0 <= fewest <= most
    assert all(fewest <= len(example.inputs) <= most for example in kind.examples)


@pytest.mark.parametrize("kind", OPS)
def test_the_reference_can_be_printed(kind: type[Op]) -> None:
    assert kind.examples
    assert inspect.getdoc(kind).split("\n\n")[0].endswith(".")
    assert all(field.description for field in kind.arguments.values())


@pytest.mark.parametrize(
    "kind",
    [p for p in OPS if re.fullmatch(r"torch\.nn\.\w+", p.values[0].torch)],
)
def test_arguments_have_pytorchs_defaults(kind: type[Op]) -> None:
    theirs = inspect.signature(getattr(nn, kind.torch.removeprefix("torch.nn."))).parameters
    for name, field in kind.arguments.items():
        if name in theirs and theirs[name].default is not inspect.Parameter.empty:
            assert field.default == theirs[name].default, name


def evaluated(kind: type[Op], example: Example) -> tuple[list[Tensor], list[Tensor]]:
    """Random inputs, and the op's results in evaluation mode."""
    torch.manual_seed(0)
    inputs = batch(example.inputs, size=2)
    module = emitted(validated(kind, example.arguments), example.inputs).eval()
    return list(inputs), list(results(module(*inputs)))


def test_what_passes_at_inference_is_what_hands_on_its_input() -> None:
    def passes(kind: type[Op]) -> bool:
        pairs = [evaluated(kind, example) for example in kind.examples]
        return all(torch.equal(given[0], outputs[0]) for given, outputs in pairs)

    said = {word for word, kind in ops().items() if kind.passes_at_inference}
    assert said == {word for word, kind in ops().items() if passes(kind)}


def test_what_normalises_gives_probabilities_or_their_logarithms() -> None:
    def adds_up(result: Tensor) -> bool:
        sums = [values.sum(d) for d in range(1, result.dim()) for values in (result, result.exp())]
        return any(torch.allclose(s, torch.ones_like(s)) for s in sums)

    def normalises(kind: type[Op]) -> bool:
        outputs = [evaluated(kind, example)[1][0] for example in kind.examples]
        return all(result.is_floating_point() and adds_up(result) for result in outputs)

    said = {word for word, kind in ops().items() if kind.normalises}
    assert said == {word for word, kind in ops().items() if normalises(kind)}


def test_what_looks_at_no_input_needs_none() -> None:
    def looks_at_none(kind: type[Op]) -> bool:
        return all(
            not any(look is not None for look in validated(kind, e.arguments).reach(e.inputs))
            for e in kind.examples
        )

    said = {word for word, kind in ops().items() if kind.inputs[0] == 0}
    assert said == {word for word, kind in ops().items() if looks_at_none(kind)}


def test_the_flow_as_a_branch_is_no_step() -> None:
    net = archdsl.loads("network N:\n    input 4x4x4\n    identity\n    add(relu, identity)\n")
    assert [step.target.word for step in net.program.root.steps] == ["identity", "relu", "add"]


def test_every_helper_is_emitted_by_an_example() -> None:
    used = {
        name
        for kind in ops().values()
        for example in kind.examples
        for name in validated(kind, example.arguments).emit(example.inputs).helpers
    }
    kept = {p.name.removesuffix(".txt") for p in (files("archdsl.ops") / "helpers").iterdir()}
    assert used == kept
    assert all(helper(name).startswith((f"class {name}(", f"def {name}(")) for name in used)


def test_flops_are_counted_at_all() -> None:
    with FlopCounterMode(display=False) as counter:
        nn.Conv2d(3, 64, 7, 2, 3, device="meta")(torch.zeros(1, 3, 224, 224, device="meta"))
    assert counter.get_total_flops() == 2 * 118_013_952  # ResNet's first layer, as published


# --- what no op is told ------------------------------------------------------------------------

WHOLE = [
    pytest.param(kind, word, id=f"{kind.word}-{word}")
    for kind in ops().values()
    for word, said in kind.arguments.items()
    if "int" in str(said.annotation) and not re.search("float|bool", str(said.annotation))
]


@pytest.mark.one_in(3)
@pytest.mark.parametrize("given", [2.0, True, (2.0,), (True,)])
@pytest.mark.parametrize(("kind", "word"), WHOLE)
def test_a_whole_number_is_no_other_number(kind: type[Op], word: str, given: object) -> None:
    arguments = {**kind.examples[0].arguments, word: given}
    with pytest.raises(Refused) as refused:
        validated(kind, arguments)
    assert {fault["loc"][0] for fault in refused.value.faults} == {word}


def test_no_op_is_told_how_many_channels_come_in() -> None:
    """PyTorch's layers are: the parameters of all that are emitted have these names."""
    theirs = {"in_channels", "in_features", "num_features", "num_channels", "normalized_shape"}
    theirs |= {"embed_dim", "in1_features", "in2_features"}
    assert len(WHOLE) > 50
    assert not [
        (w, theirs & {*op.arguments}) for w, op in ops().items() if theirs & {*op.arguments}
    ]


@pytest.mark.parametrize("word", [word for word, kind in ops().items() if kind.twin])
def test_the_module_of_a_twin_takes_the_same_arguments(word: str) -> None:
    """Each in a class that is given the other: `act(inplace=True)`, or `act()`."""
    kind, twin = ops()[word], ops()[ops()[word].twin]
    inputs = (TensorType((4, 6, 6)),)
    calls = [validated(each, {}).emit(inputs).build for each in (kind, twin)]
    assert [(call.args, call.kwargs) for call in calls] == [((), ())] * 2
    over = [validated(each, {}).overwriting() for each in (kind, twin)]
    assert len({one is None for one in over}) == 1
    if over[0] is not None:
        builds = [one.emit(inputs).build for one in over]
        assert builds[0].kwargs == builds[1].kwargs == (("inplace", True),)
