"""Fixed tensors and what is looked up in them: the numbers, and what is refused."""

from typing import Any

import pytest
import torch
from emitted import emitted, text
from torch import Tensor, nn

import archdsl
from archdsl.ir.shape import DType, Shape, TensorType
from archdsl.ops.base import Misfit, Op
from archdsl.ops.registry import ops
from archdsl.ops.validation import validated

SAMPLES = 3
IMAGE, TABLE, INDEX = (
    TensorType((8, 5, 7)),
    TensorType((10, 4)),
    TensorType((6,), DType.INT),
)


def step(word: str, **arguments: Any) -> Op:
    return validated(ops()[word], arguments)


def fixed(op: Op) -> Tensor:
    """What every sample of a batch sees, all of them the same."""
    seen: Tensor = emitted(op, (IMAGE,))(torch.zeros(SAMPLES, *IMAGE.shape))
    assert seen.shape[0] == SAMPLES
    assert all(torch.equal(sample, seen[0]) for sample in seen)
    return seen[0]


def test_relative_positions_by_hand() -> None:
    """In a window of 2x2 places there are 3x3 offsets, 0 to 8; no offset is the middle one, 4."""
    expected = [[4, 3, 1, 0], [5, 4, 2, 1], [7, 6, 4, 3], [8, 7, 5, 4]]
    assert fixed(step("relative_positions", size=(2, 2))).tolist() == expected
    flat = fixed(step("relative_positions", size=(2, 2), flat=True))
    assert flat.tolist() == [number for row in expected for number in row]


@pytest.mark.parametrize("size", [(7,), (3, 5), (2, 3, 4)])
def test_relative_positions_number_the_offsets(size: Shape) -> None:
    """Two pairs of places have one number if and only if they have one offset; row by row."""
    places = torch.cartesian_prod(*map(torch.arange, size)).reshape(-1, len(size))
    offsets = (places[:, None] - places).flatten(0, 1)
    _, numbers = torch.unique(offsets, dim=0, return_inverse=True)  # in the order of the rows
    assert torch.equal(fixed(step("relative_positions", size=size)).flatten(), numbers)


def test_a_grid_holds_the_coordinates() -> None:
    axes = ((0.0, 0.5, 1.0), (-1, 1))
    expected = [[[y, x] for x in axes[1]] for y in axes[0]]
    assert fixed(step("grid", axes=axes)).tolist() == expected
    runs = fixed(step("grid", axes=((0,) * 53 + (1,) * 3, (2,) * 4)))
    assert runs[:, 0, 0].tolist() == [0.0] * 53 + [1.0] * 3
    assert runs[0, :, 1].tolist() == [2.0] * 4


@pytest.mark.parametrize(
    ("start", "step", "count", "ranged"),
    [
        (0, 1, 80, True),
        (0.5, 1, 80, True),
        (-12, 2, 13, True),
        (3, -0.25, 40, True),
        (2**24, 1, 6, False),  # float32 has even numbers only from there
        (0, 0.1, 20, False),
        (1e38, 1e38, 6, False),
        (0, 1, 4, False),  # as easily read one by one
    ],
)
def test_even_steps_are_a_range_of_the_very_numbers(start, step, count, ranged) -> None:
    axis = tuple(start + k * step for k in range(count))
    op = validated(ops()["grid"], {"axes": axis})
    assert torch.equal(fixed(op)[:, 0], torch.tensor(list(map(float, axis))))
    assert ("torch.arange" in repr(op.emit((IMAGE,)))) == ranged


def test_what_is_saved_and_how() -> None:
    assert list(emitted(step("grid", axes=((1, 2),)), (IMAGE,)).state_dict()) == ["layer"]
    assert not emitted(step("grid", axes=((1, 2),), saved=False), (IMAGE,)).state_dict()
    leading = emitted(step("grid", axes=((1, 2),), batch_dim=True), (IMAGE,))
    assert leading.state_dict()["layer"].shape == (1, 2, 1)


@pytest.mark.parametrize(
    ("shape", "dim"), [((10, 4), 1), ((4, 10), -1), ((3, 10, 4), 2), ((10,), 1)]
)
def test_each_sample_by_its_own_numbers(shape: Shape, dim: int) -> None:
    op = step("index_select", dim=dim)
    module = emitted(op, (TensorType(shape), INDEX))
    x, index = torch.randn(SAMPLES, *shape), torch.randint(10, (SAMPLES, 6))
    along = dim - 1 if dim > 0 else dim  # without the batch
    expected = [torch.index_select(a, along, i) for a, i in zip(x, index, strict=True)]
    assert torch.equal(module(x, index), torch.stack(expected))


@pytest.mark.parametrize(
    ("word", "inputs", "arguments", "code", "words"),
    [
        ("relative_positions", (), {"size": (7, 7)}, "E0314", "tells the size of the batch"),
        ("relative_positions", (IMAGE,), {"size": ()}, "E0304", "gives no dimension"),
        ("grid", (), {"axes": ((1,),)}, "E0314", "tells the size of the batch"),
        ("grid", (IMAGE,), {"axes": ()}, "E0304", "no coordinates"),
        ("grid", (IMAGE,), {"axes": ((1, 2), ())}, "E0304", "no coordinates"),
        ("index_select", (TABLE, IMAGE), {}, "E0315", "counts in whole numbers, but it is 8x5x7"),
        ("index_select", (TABLE, INDEX), {"dim": 3}, "E0308", "no dimension 3"),
        (
            "index_select",
            (TABLE, TensorType((2, 3), DType.INT)),
            {},
            "E0302",
            "needs a row of whole numbers, but it is 2x3 int",
        ),
        ("clamp", (IMAGE,), {}, "E0305", "without a bound"),
        ("clamp", (IMAGE,), {"min": 2, "max": 1}, "E0305", "`min=2` leaves no room"),
        ("normalize", (IMAGE,), {"dim": 4}, "E0308", "no dimension 4"),
        ("linear", (TABLE,), {"features": 9, "bias": (True, False)}, "E0306", "2 parts do not"),
        ("linear", (TABLE,), {"features": 9, "bias": ()}, "E0304", "names no part"),
    ],
)
def test_a_mistake_is_named(
    word: str, inputs: tuple[TensorType, ...], arguments: dict[str, Any], code: str, words: str
) -> None:
    with pytest.raises(Misfit) as caught:
        step(word, **arguments).infer(inputs)
    assert caught.value.code == code
    assert words in caught.value.message


def test_a_part_without_bias_adds_none() -> None:
    op = step("linear", features=6, bias=(True, False, True))
    layer = emitted(op, (TensorType((4,)),)).layer
    assert isinstance(layer, nn.Linear)
    assert list(layer.state_dict()) == ["weight", "bias"]
    x, biased = torch.randn(5, 4), layer.bias.detach().clone()
    biased[2:4] = 0
    assert torch.equal(layer(x), nn.functional.linear(x, layer.weight, biased))
    layer(x).sum().backward()
    assert layer.bias.grad is not None
    assert layer.bias.grad.tolist() == [5, 5, 0, 0, 5, 5]


@pytest.mark.parametrize(
    ("word", "arguments", "function"),
    [
        ("exp", {}, torch.exp),
        ("clamp", {"min": -0.5}, lambda x: torch.where(x < -0.5, -0.5, x)),
        ("clamp", {"max": 0.5}, lambda x: torch.where(x > 0.5, 0.5, x)),
        ("clamp", {"min": 0, "max": 1}, nn.Hardtanh(0.0, 1.0)),
        ("normalize", {"dim": "width"}, lambda x: nn.functional.normalize(x, dim=3)),
        ("normalize", {"eps": 10.0}, lambda x: nn.functional.normalize(x, eps=10.0)),
    ],
)
def test_a_function_is_pytorchs(word: str, arguments: dict[str, Any], function: Any) -> None:
    x = torch.randn(SAMPLES, *IMAGE.shape)
    assert torch.equal(emitted(step(word, **arguments), (IMAGE,))(x), function(x))


def test_a_parameter_begins_as_a_number() -> None:
    layer = emitted(step("parameter", shape=(2, 3), init=2.5), (IMAGE,)).layer
    assert isinstance(layer, nn.Parameter)
    assert layer.tolist() == [[2.5] * 3] * 2


COMPUTED_NAMES = """
network Tables:
    input 8x5
    conv(4, 3)
    for i in range(2):
        table{i} = grid((0, i + 1), saved=i == 0)
    b{"x"} = parameter(2)
    linear = linear(3)
"""


def test_parameters_stand_before_buffers_in_the_state(tmp_path: Any) -> None:
    path = tmp_path / "tables.arch"
    path.write_text(COMPUTED_NAMES)
    module = archdsl.load(path).build()
    keys = ["bx", "table0", "conv.weight", "conv.bias", "linear.weight", "linear.bias"]
    assert list(module.state_dict()) == keys
    assert dict(module.named_buffers())["table1"].tolist() == [[0.0], [2.0]]


def built(word: str, **arguments: Any) -> str:
    return text(step(word, **arguments).emit((IMAGE,)).build)


@pytest.mark.parametrize(
    ("axis", "numbers"),
    [
        ((0, 0), "([0.0] * 2)"),
        ((0, 0, 1), "[0.0, 0.0, 1.0]"),
        ((0, 0, 1, 1), "(([0.0] * 2) + ([1.0] * 2))"),
        ((0, 0, 0, 1), "(([0.0] * 3) + [1.0])"),
        ((1, 0, 1), "[1.0, 0.0, 1.0]"),
        ((1, 1, 1, 0, 0, 1), "(([1.0] * 3) + ([0.0] * 2) + [1.0])"),
    ],
)
def test_equal_neighbours_are_counted_where_that_is_shorter(axis: Shape, numbers: str) -> None:
    assert f"(torch.tensor({numbers}), indexing" in built("grid", axes=axis)


@pytest.mark.parametrize(("init", "by"), [(0, "zeros"), (1, "ones"), (0.5, "full"), (2, "full")])
def test_factors_that_torch_has_a_word_for(init: float, by: str) -> None:
    assert built("scale", init=init).startswith(f"nn.Parameter(torch.{by}(")


def test_factors_change_nothing_at_first() -> None:
    assert built("scale").startswith("nn.Parameter(torch.ones(")


def test_a_default_is_not_written() -> None:
    assert "persistent" not in built("grid", axes=(1, 2)) + built("relative_positions", size=(2,))
    assert "persistent=False" in built("grid", axes=(1, 2), saved=False)
