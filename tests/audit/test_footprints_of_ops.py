"""What every example of every op leaves in memory, as torch's autograd shows it."""

import pytest
import torch
from emitted import batch, emitted, results
from held import held_by_inference
from torch.autograd.graph import saved_tensors_hooks

from archdsl.ir.footprint import Home
from archdsl.ops.base import example
from archdsl.ops.registry import ops
from archdsl.ops.validation import validated

SAMPLES = 2
FLOAT = 4
# On a CPU torch draws numbers where a GPU draws a mask of bytes, keeps what a GPU works out again,
# and has flash attention for one layout only.
ELSEWHERE = {"dropout", "log_sigmoid"}
BY_PRODUCTS = {("attention", 1), ("scaled_dot_product", 1)}
EXAMPLES = [
    pytest.param(op, example, id=f"{word}-{number}")
    for word, op in ops().items()
    for number, example in enumerate(op.examples)
    if word not in ELSEWHERE and (word, number) not in BY_PRODUCTS
] + [
    pytest.param(ops()[word], example(shape, **arguments), id=f"{word}-{shape}-{arguments}")
    for word, shape, arguments in (
        ("adaptive_avg_pool", (8, 6, 6), {"output_size": 1}),
        ("adaptive_avg_pool", (8, 6, 6), {"output_size": 2}),
        ("adaptive_avg_pool", (1, 6, 6), {"output_size": (1, 2)}),
        ("adaptive_avg_pool", (8, 4, 6, 6), {"output_size": 1}),
        ("dropout", (8, 6, 6), {"p": 0.0}),
        ("dropout", (8, 6, 6), {"p": 1.0}),
        ("dropout", (8, 6, 6), {"p": 1.0, "inplace": True}),
        ("spatial_dropout", (8, 6, 6), {"p": 1.0}),
        ("spatial_dropout", (8, 6, 6), {"p": 0.3, "inplace": True}),
        ("alpha_dropout", (8, 6, 6), {"p": 0.3, "inplace": True}),
        ("alpha_dropout", (8, 6, 6), {"p": 1.0, "inplace": True}),
    )
]
EXAMPLES += [  # fewer queries than keys
    pytest.param(
        ops()["scaled_dot_product"],
        example((2, 6, 8), (2, 7, 8), (2, 7, 8)),
        id="scaled_dot_product-of-fewer",
    )
]


def passes(kind, example):
    """Whether gradients pass; that of an input which `add` broadcasts is a sum of its own, and
    inputs of `average` share one that takes the place of the result's."""
    op = validated(kind, example.arguments)
    broadcast = op.word == "add" and len({x.shape for x in example.inputs}) > 1
    footprint = op.footprint(example.inputs, op.infer(example.inputs), True)
    return footprint.passes and not broadcast and not footprint.back


@pytest.mark.parametrize(("kind", "example"), EXAMPLES)
def test_what_autograd_keeps(kind, example):
    op = validated(kind, example.arguments)
    outputs = op.infer(example.inputs)
    said = op.footprint(example.inputs, outputs, training=True)
    inputs, outs, kept = trained(emitted(op, example.inputs), batch(example.inputs, size=SAMPLES))
    assert home(inputs, outs, kept.weights) is said.home
    read = {name for name in ("inputs", "outputs") if getattr(said, name)}
    if said.home is Home.INPUT and "outputs" in read:
        read = {"inputs"}  # the same memory
    assert kept.read == read
    more = SAMPLES * (FLOAT * said.elements + said.marks) + FLOAT * said.statistics
    assert kept.more == more


def test_dropout_keeps_a_mask_of_the_inputs_size():
    (x,) = (example.inputs[0] for example in ops()["dropout"].examples[:1])
    said = ops()["dropout"](p=0.5).footprint((x,), (x,), training=True)
    _, _, kept = trained(torch.nn.Dropout(0.5), batch((x,), size=SAMPLES))
    assert kept.more == SAMPLES * said.marks * FLOAT  # a CPU's mask has 4 bytes an element


@pytest.mark.one_in(3)
@pytest.mark.parametrize(("kind", "example"), EXAMPLES)
def test_where_the_results_of_an_inference_lie(kind, example):
    op = validated(kind, example.arguments)
    said = op.footprint(example.inputs, op.infer(example.inputs), training=False)
    module = emitted(op, example.inputs).eval()
    inputs = batch(example.inputs, size=SAMPLES)
    with torch.no_grad():
        outs = results(module(*inputs))
    own = storages([*module.parameters(), *module.buffers()])
    assert home(inputs, outs, own) is said.home


@pytest.mark.one_in(3)
@pytest.mark.parametrize(("kind", "example"), EXAMPLES)
def test_an_inference_holds_what_torch_does(kind, example):
    """Beside the inputs; up to a tenth of the input and the result."""
    op = validated(kind, example.arguments)
    outputs = op.infer(example.inputs)
    said = op.footprint(example.inputs, outputs, training=False)
    fresh = sum(y.numel for y in outputs) if said.home is Home.OWN else 0
    module, inputs = emitted(op, example.inputs), batch(example.inputs, size=SAMPLES)
    given = sum(x.untyped_storage().nbytes() for x in inputs)
    more = SAMPLES * (FLOAT * (fresh + said.room) + said.marks)
    within = SAMPLES * FLOAT * sum(x.numel for x in (*example.inputs, *outputs)) / 10
    assert held_by_inference(module, inputs) - given == pytest.approx(more, abs=within)


@pytest.mark.parametrize(("kind", "example"), [p for p in EXAMPLES if passes(*p.values)])
def test_gradients_that_pass_take_no_memory(kind, example):
    op = validated(kind, example.arguments)
    leaves, outs, _ = trained(emitted(op, example.inputs), batch(example.inputs, size=SAMPLES))
    given = tuple(torch.ones_like(y) for y in outs)
    gradients = torch.autograd.grad(outs, [x for x in leaves if x.requires_grad], given)
    assert storages(gradients) <= storages(given)


class Kept:
    """What autograd kept: which of the module's own tensors, and how many further bytes."""

    def __init__(self, saved, inputs, outs, weights):
        self.weights = weights
        named = {"inputs": storages(inputs), "outputs": storages(outs)}
        own = {t.untyped_storage().data_ptr(): t.untyped_storage().nbytes() for t in saved}
        self.read = {name for name, theirs in named.items() if theirs & set(own)}
        if named["inputs"] & named["outputs"]:
            self.read -= {"outputs"}
        known = named["inputs"] | named["outputs"] | weights
        self.more = sum(size for pointer, size in own.items() if pointer not in known)


def trained(module, inputs):
    """One forward pass in training mode; inputs count as results of earlier steps."""
    leaves = [x.requires_grad_() if x.dtype.is_floating_point else x for x in inputs]
    clones = [x.clone() for x in leaves]
    saved = []
    with saved_tensors_hooks(lambda t: (saved.append(t.detach()), t)[1], lambda t: t):
        outs = results(module.train()(*clones))
    weights = storages([*module.parameters(), *module.buffers()])
    return clones, outs, Kept(saved, clones, outs, weights)


def storages(tensors):
    return {t.untyped_storage().data_ptr() for t in tensors}


def home(inputs, outs, weights):
    if storages(outs) & storages(inputs):
        return Home.INPUT
    return Home.WEIGHT if storages(outs) & weights else Home.OWN
