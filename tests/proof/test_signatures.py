"""The parameters that the proof knows, beside PyTorch's own and those of the helpers' files."""

import ast
import inspect

import pytest
import torch
from emitted import batch, emitted, results
from torch import nn

from archdsl.ops.registry import ops
from archdsl.ops.validation import validated
from archdsl.proof.emitted_text import _helper_texts
from archdsl.proof.program import RANDOM
from archdsl.proof.signatures import signatures, written

BUILT_IN = {  # functions in C, whose documentation begins with what they take
    *("torch.clamp", "torch.cat", "torch.stack", "torch.chunk", "torch.split", "torch.unbind"),
    *(".amax", ".amin", ".mean", ".sum", "nn.functional.scaled_dot_product_attention"),
}
LAYERS = [name for name in signatures() if name.startswith("nn.") and name not in BUILT_IN]
HELPERS = [name for name in signatures() if name in _helper_texts()]


def test_every_entry_is_looked_at() -> None:
    assert {*LAYERS, *HELPERS, *BUILT_IN} == set(signatures())


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_has_the_parameters_of_pytorch(name: str) -> None:
    layer = nn
    for part in name.split(".")[1:]:
        layer = getattr(layer, part)
    theirs = inspect.signature(layer).parameters
    for (mine, default), (other, parameter) in zip(
        signatures()[name], theirs.items(), strict=False
    ):
        if other in ("device", "dtype"):
            break
        assert mine == other
        empty = parameter.default is inspect.Parameter.empty
        assert default == (None if empty else repr(parameter.default))


@pytest.mark.parametrize("name", HELPERS)
def test_a_helper_has_the_parameters_of_its_file(name: str) -> None:
    node = ast.parse(_helper_texts()[name]).body[0]
    if isinstance(node, ast.ClassDef):
        own = [n for n in node.body if isinstance(n, ast.FunctionDef) and n.name == "__init__"]
        if not own:
            (base,) = node.bases
            assert signatures()[name] == signatures()[ast.unparse(base)]
            return
        (node,) = own
    names = [argument.arg for argument in node.args.args if argument.arg != "self"]
    defaults = [ast.unparse(default) for default in node.args.defaults]
    padded = [None] * (len(names) - len(defaults)) + defaults
    assert signatures()[name] == tuple(zip(names, padded, strict=True))


def test_the_same_call_is_the_same_text() -> None:
    one = written("nn.Conv2d", (3, 8, (3, 3)), {"stride": (1, 1), "bias": True})
    assert one == written("nn.Conv2d", (3, 8), {"kernel_size": 3})
    assert one != written("nn.Conv2d", (3, 8), {"kernel_size": (3, 1)})
    assert written("f", (1,), {}) != written("f", (True,), {}) != written("f", (1.0,), {})


def test_defaults_of_functions_change_nothing() -> None:
    x = torch.randn(4, 6)
    assert torch.equal(torch.cat([x, x]), torch.cat([x, x], dim=0))
    assert torch.equal(torch.stack([x, x]), torch.stack([x, x], dim=0))
    assert torch.equal(torch.clamp(x, min=0.0), torch.clamp(x, min=0.0, max=None))
    assert torch.equal(x.mean(1), x.mean(1, keepdim=False))
    assert torch.equal(x.sum(1), x.sum(1, keepdim=False))
    assert torch.equal(x.amax(1), x.amax(1, keepdim=False))
    assert torch.equal(x.amin(1), x.amin(1, keepdim=False))
    for function, argument in ((torch.chunk, 2), (torch.split, 2)):
        pairs = zip(function(x, argument), function(x, argument, dim=0), strict=True)
        assert all(torch.equal(a, b) for a, b in pairs)
    assert len(torch.unbind(x)) == len(torch.unbind(x, dim=0))
    attend = nn.functional.scaled_dot_product_attention
    said = {"attn_mask": None, "dropout_p": 0.0, "is_causal": False, "scale": None}
    assert torch.equal(attend(x, x, x), attend(x, x, x, enable_gqa=False, **said))


@pytest.mark.parametrize("word", ops())
def test_what_draws_random_numbers_is_known(word: str) -> None:
    """Every example with two seeds in training: where that changes the result, it is known."""
    for example in ops()[word].examples:
        op = validated(ops()[word], example.arguments)
        emission = op.emit(example.inputs)
        given = [tensor.abs() % 2 for tensor in batch(example.inputs, "cpu", 2)]
        model = emitted(op, example.inputs, device="cpu").train()
        runs = []
        for seed in (1, 2):
            torch.manual_seed(seed)
            with torch.no_grad():
                runs.append(results(model(*(tensor.clone() for tensor in given))))
        same = all(map(torch.equal, *runs))
        text = f"{emission.build} {emission.forward}"
        assert same or any(drawer in text for drawer in RANDOM)
