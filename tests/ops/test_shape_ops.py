"""Linear, shape, tensor and attention steps: names of dimensions, mistakes, windows, beginnings."""

import pytest
import torch
from emitted import emitted, text
from torch import Tensor, nn

from archdsl.ir.shape import DType, Shape, TensorType
from archdsl.ops.base import Misfit, Op
from archdsl.ops.dims import resolve
from archdsl.ops.registry import ops
from archdsl.ops.validation import validated

VECTOR, TOKENS, IMAGE, VIDEO = (10,), (7, 6), (8, 6, 5), (2, 3, 4, 5)


def step(word: str, **arguments: object) -> Op:
    return validated(ops()[word], arguments)


def shape_after(op: Op, shape: Shape) -> Shape:
    return op.infer((TensorType(shape),))[0].shape


@pytest.mark.parametrize(
    ("rank", "names"),
    [
        (1, {"features": 1, "channels": 1}),
        (2, {"channels": 1, "length": 2, "tokens": 1, "features": 2}),
        (3, {"channels": 1, "height": 2, "width": 3}),
        (4, {"channels": 1, "depth": 2, "height": 3, "width": 4}),
    ],
)
def test_a_name_is_the_number_that_pytorch_counts(rank: int, names: dict[str, int]) -> None:
    assert {name: resolve(name, rank) for name in names} == names
    assert [resolve(-k, rank) for k in range(rank, 0, -1)] == list(range(1, rank + 1))


MISTAKES = [
    ("mean", IMAGE, {"dim": 0}, "E0308", "dimension 0 is the batch, which stays as it is"),
    ("mean", IMAGE, {"dim": -4}, "E0308", "dimension -4 is the batch, which stays as it is"),
    ("mean", IMAGE, {"dim": 4}, "E0308", "there is no dimension 4 where a sample has 3 dimensions"),
    ("sum", VECTOR, {"dim": "width"}, "E0308", "no dimension `width` where a sample has 1 dim"),
    ("max", IMAGE, {"dim": (2, "height")}, "E0308", "dimension height stands twice"),
    ("mean", IMAGE, {"dim": ()}, "E0304", "no dimension is given"),
    ("flatten", IMAGE, {"start_dim": 3, "end_dim": 2}, "E0308", "end at dimension 2, before its"),
    ("unflatten", VECTOR, {"dim": 1, "sizes": (3, 4)}, "E0320", "10 elements do not fit into 3x4"),
    ("reshape", VECTOR, {"shape": (-1, 3)}, "E0320", "10 elements do not fit into ?x3"),
    ("reshape", VECTOR, {"shape": (-1, -1)}, "E0320", "only one size can be -1"),
    ("reshape", VECTOR, {"shape": ()}, "E0304", "`shape` gives no size"),
    ("permute", IMAGE, {"dims": (1, 2)}, "E0304", "names 2 of the 3 dimensions of a sample"),
    ("permute", IMAGE, {"dims": (2, 0, 1)}, "E0308", "dimension 0 is the batch"),
    ("squeeze", IMAGE, {"dim": 1}, "E0320", "dimension 1 of 8x6x5 has 8"),
    ("expand", IMAGE, {"shape": (8, 6)}, "E0304", "`shape` has 2 sizes, but the flow is 8x6x5"),
    ("expand", IMAGE, {"shape": (16, 6, 5)}, "E0320", "cannot make 16 of 8"),
    ("roll", IMAGE, {"shifts": (1, 2), "dims": 1}, "E0304", "2 shifts for 1 dimension"),
    ("channel_shuffle", IMAGE, {"groups": 3}, "E0306", "3 groups do not divide 8 channels"),
    ("channel_shuffle", VECTOR, {"groups": 2}, "E0302", "needs channels and a place"),
    ("split", IMAGE, {"sizes": (3, 4)}, "E0320", "the parts do not make up dimension 1 of 8x6x5"),
    ("chunk", IMAGE, {"chunks": 5}, "E0320", "8 elements make 4 chunks of 2, not 5"),
    ("split", (10**20, 2), {"sizes": 1}, "E0330", "results, and 1000 is the most"),
    ("unbind", (2, 10**20), {"dim": 2}, "E0330", "results, and 1000 is the most"),
    ("chunk", (10**20,), {"chunks": 10**18}, "E0330", "results, and 1000 is the most"),
    ("slice", IMAGE, {"start": 8}, "E0322", "nothing of dimension 1, which has 8 elements"),
    ("select", TOKENS, {"index": 7}, "E0323", "index 7 is outside of dimension 1, which has 7"),
    ("crop", IMAGE, {"size": (6, 6)}, "E0322", "6 elements cannot be cropped from width 5"),
    ("crop", VECTOR, {"size": 2}, "E0302", "`crop` needs a CxL, CxHxW or CxDxHxW"),
    ("pad", IMAGE, {"padding": (1, 1)}, "E0304", "2 numbers, but the input has 4 sides"),
    ("pad", IMAGE, {"padding": -3}, "E0322", "the negative margins leave nothing of height 6"),
    ("pad", IMAGE, {"padding": 5, "mode": "reflect"}, "E0307", "at most 4 on width 5, not 5"),
    ("pad", IMAGE, {"padding": 1, "mode": "reflect", "value": 1.0}, "E0305", "no use for a value"),
    ("upsample", IMAGE, {}, "E0305", "needs either a `scale_factor` or a `size`"),
    ("upsample", IMAGE, {"size": 9, "scale_factor": 2}, "E0305", "or a `size`, not both"),
    ("upsample", IMAGE, {"size": 9, "align_corners": True}, "E0305", "no corners to align"),
    ("upsample", IMAGE, {"size": 9, "mode": "linear"}, "E0302", "(mode=linear)` needs a CxL input"),
    ("upsample", IMAGE, {"scale_factor": 0.1}, "E0322", "the scale leaves nothing of height 6"),
    ("pixel_shuffle", IMAGE, {"upscale_factor": 3}, "E0306", "square of 3 does not divide 8"),
    ("pixel_unshuffle", IMAGE, {"downscale_factor": 2}, "E0306", "2 does not divide width 5"),
    ("linear", (), {"features": 3}, "E0302", "needs a dimension of features"),
    ("attention", TOKENS, {"heads": 4}, "E0306", "4 heads do not divide 6 features"),
    ("attention", IMAGE, {"heads": 4}, "E0302", "needs LxF tokens, but the flow is 8x6x5"),
    ("parameter", IMAGE, {"shape": (3, 4), "std": 0.1}, "E0305", "`init=zeros` has no spread"),
    ("parameter", IMAGE, {"shape": ()}, "E0304", "`shape` gives no size"),
]


@pytest.mark.parametrize(("word", "shape", "arguments", "code", "message"), MISTAKES)
def test_a_mistake_is_named(
    word: str, shape: Shape, arguments: dict[str, object], code: str, message: str
) -> None:
    with pytest.raises(Misfit) as caught:
        shape_after(step(word, **arguments), shape)
    assert caught.value.code == code
    assert message in caught.value.message
    assert caught.value.argument is None or caught.value.argument in ops()[word].arguments


def test_a_squeeze_of_one_dimension_and_of_several() -> None:
    for dim, written in (("width", "3"), (("height", "width"), "(2, 3, )")):
        op, inputs = step("squeeze", dim=dim), (TensorType((4, 1, 1)),)
        assert text(op.emit(inputs).forward) == f"x0.squeeze({written})"


def test_a_row_is_looked_up_as_it_is() -> None:
    inputs = TensorType((10,)), TensorType((3,), DType.INT)
    assert text(step("index_select").emit(inputs).forward) == "torch.gather(x0, 1, x1)"


def test_one_slice_is_no_tuple() -> None:
    op, inputs = step("unbind", dim=2), (TensorType((4, 1, 3)),)
    assert text(op.emit(inputs).forward) == "x0.squeeze(2)"
    assert emitted(op, inputs)(torch.zeros(2, 4, 1, 3)).shape == (2, 4, 3)


def test_the_most_parts() -> None:
    """1,000 of one size and a smaller one were 1,000."""
    assert len(step("split", sizes=2).infer((TensorType((1999,)),))) == 1000
    assert len(step("unbind").infer((TensorType((1000,)),))) == 1000
    for op, size in ((step("split", sizes=2), 2001), (step("unbind"), 1001)):
        with pytest.raises(Misfit, match="this makes 1001 results, and 1000 is the most"):
            op.infer((TensorType((size,)),))


def test_an_embedding_and_its_index() -> None:
    ids = (TensorType((4,), DType.INT),)
    with pytest.raises(Misfit, match="index 9 is outside of 9 vectors"):
        step("embedding", count=9, features=3, padding_idx=9).infer(ids)
    assert step("embedding", count=9, features=3).infer(ids) == (TensorType((4, 3)),)


def test_shape_steps_keep_whole_numbers_whole() -> None:
    ids = (TensorType((6, 4), DType.INT),)
    for op in (
        step("flatten"),
        step("reshape", shape=(4, 6)),
        step("chunk", chunks=2),
        step("select", index=0),
        step("transpose", dim0=1, dim1=2),
    ):
        assert all(result.dtype is DType.INT for result in op.infer(ids))


def test_a_size_beyond_all_floats_is_no_crash() -> None:
    huge = 10**400
    assert shape_after(step("slice", start=1), (huge,)) == (huge - 1,)
    assert shape_after(step("upsample", scale_factor=1.5), (2, huge)) == (2, huge * 3 // 2)


@pytest.mark.parametrize(
    ("word", "arguments", "forward"),
    [
        ("mean", {"dim": ("height", "width")}, "x0.mean((2, 3, ))"),
        ("max", {"dim": -3, "keepdim": True}, "x0.amax(1, keepdim=True)"),
        ("permute", {"dims": ("height", "width", "channels")}, "x0.permute(0, 2, 3, 1)"),
        ("slice", {"stop": 4}, "x0[::, :4:]"),
        ("select", {"index": 0, "dim": "height"}, "x0[::, ::, 0]"),
        ("chunk", {"chunks": 2}, "torch.chunk(x0, 2, dim=1)"),
        ("chunk", {"chunks": 1}, "x0"),
        ("split", {"sizes": (3, 5)}, "torch.split(x0, [3, 5], dim=1)"),
        ("reshape", {"shape": (-1, 30)}, "x0.reshape(x0.shape[0], -1, 30)"),
        ("crop", {"size": (3, 5)}, "x0[::, ::, 1:4:, ::]"),
        ("roll", {"shifts": (2,), "dims": ("width",)}, "torch.roll(x0, 2, 3)"),
        ("mean", {"dim": ("width",)}, "x0.mean(3)"),
        ("normalize", {}, "nn.functional.normalize(x0)"),
        ("roll", {"shifts": (2, 2), "dims": (2, 3)}, "torch.roll(x0, (2, 2, ), (2, 3, ))"),
        ("unbind", {}, "torch.unbind(x0, dim=1)"),
        ("crop", {"size": (3,)}, "x0[::, ::, 1:4:, 1:4:]"),
        ("normalize", {"dim": "width"}, "nn.functional.normalize(x0, dim=3)"),
    ],
)
def test_a_step_is_written_as_people_write_it(
    word: str, arguments: dict[str, object], forward: str
) -> None:
    assert text(step(word, **arguments).emit((TensorType(IMAGE),)).forward) == forward


@pytest.mark.parametrize(
    ("word", "shape", "arguments", "build"),
    [
        (
            "conv_transpose",
            IMAGE,
            {"channels": 4, "kernel_size": 3},
            "nn.ConvTranspose2d(8, 4, 3)",
        ),
        ("adaptive_avg_pool", TOKENS, {"output_size": None}, "nn.AdaptiveAvgPool1d(6)"),
        ("adaptive_avg_pool", TOKENS, {"output_size": (None,)}, "nn.AdaptiveAvgPool1d(6)"),
        ("adaptive_avg_pool", IMAGE, {"output_size": 3}, "nn.AdaptiveAvgPool2d(3)"),
        (
            "adaptive_avg_pool",
            IMAGE,
            {"output_size": (None, 3)},
            "nn.AdaptiveAvgPool2d((None, 3, ))",
        ),
        ("adaptive_max_pool", IMAGE, {"output_size": (3, 3)}, "nn.AdaptiveMaxPool2d(3)"),
        ("hardtanh", IMAGE, {"min_val": -2.0}, "nn.Hardtanh(-2.0)"),
        ("hardtanh", IMAGE, {"max_val": 2.0}, "nn.Hardtanh(-1.0, 2.0)"),
        ("upsample", IMAGE, {"scale_factor": (2.0, 2.0)}, "nn.Upsample(scale_factor=2)"),
        (
            "upsample",
            IMAGE,
            {"scale_factor": (2.0, 1.5)},
            "nn.Upsample(scale_factor=(2, 1.5, ))",
        ),
        ("layer_norm", VECTOR, {"over": "channels"}, "nn.LayerNorm(10)"),
        ("layer_norm", TOKENS, {"over": "channels"}, "ChannelLayerNorm(7)"),
        ("layer_norm", (5, 5), {"over": "all"}, "nn.LayerNorm((5, 5, ))"),
    ],
)
def test_a_layer_is_built_as_people_write_it(
    word: str, shape: Shape, arguments: dict[str, object], build: str
) -> None:
    op, inputs = step(word, **arguments), (TensorType(shape),)
    assert text(op.emit(inputs).build) == build
    result = emitted(op, inputs)(torch.zeros(2, *shape))
    assert tuple(result.shape[1:]) == shape_after(op, shape)


@pytest.mark.parametrize(
    ("mode", "shape", "elements"),
    [
        ("nearest", IMAGE, 0),
        ("nearest-exact", IMAGE, 0),
        ("linear", TOKENS, 2),
        ("bilinear", IMAGE, 2 * 2),
        ("bicubic", IMAGE, 4 * 4),
        ("trilinear", VIDEO, 2 * 2 * 2),
    ],
)
def test_an_interpolation_costs_an_operation_per_element_that_it_weighs(
    mode: str, shape: Shape, elements: int
) -> None:
    op, inputs = step("upsample", scale_factor=2, mode=mode), (TensorType(shape),)
    (result,) = op.infer(inputs)
    assert op.elementwise(inputs, (result,)) == elements * result.numel


@pytest.mark.parametrize(
    ("size", "scale", "result"),
    [
        (10 * 2**49, 0.7, 7 * 2**49),  # 0.7 in binary is a little less than 0.7
        (2**53 + 1, 2.0, 2**54 + 2),  # the float nearest to 2⁵³ + 1 is 2⁵³
    ],
)
def test_a_scaled_size(size: int, scale: float, result: int) -> None:
    assert shape_after(step("upsample", scale_factor=scale), (1, size)) == (1, result)


# --- learned tensors -------------------------------------------------------------------------


def built(op: Op, shape: Shape) -> nn.Module:
    torch.manual_seed(0)
    return emitted(op, (TensorType(shape),))


def test_a_parameter_is_the_same_for_every_sample() -> None:
    for batch_dim in (False, True):
        op = step("parameter", shape=(4, 6), init="normal", batch_dim=batch_dim)
        model = built(op, TOKENS)
        result = model(torch.zeros(3, *TOKENS))
        assert result.shape == (3, 4, 6)
        stored = model.layer[0] if batch_dim else model.layer
        assert all(torch.equal(sample, stored) for sample in result)
        assert model.layer.shape == ((1, 4, 6) if batch_dim else (4, 6))
        assert [p.shape for p in model.parameters()] == [model.layer.shape]


@pytest.mark.parametrize(
    ("arguments", "mean", "std"),
    [
        ({"init": "zeros"}, 0, 0),
        ({"init": "ones"}, 1, 0),
        ({"init": "normal"}, 0, 1),
        ({"init": "normal", "std": 0.02}, 0, 0.02),
        ({"init": "trunc_normal", "std": 0.02}, 0, 0.02),
    ],
)
def test_a_parameter_begins_as_said(arguments: dict[str, object], mean: float, std: float) -> None:
    tensor = built(step("parameter", shape=(100, 100), **arguments), VECTOR).layer.detach()
    assert float(tensor.mean()) == pytest.approx(mean, abs=0.03)
    assert float(tensor.std()) == pytest.approx(std, rel=0.05)


@pytest.mark.parametrize(
    ("shape", "dim", "stored", "view"),
    [
        (IMAGE, None, (8, 1, 1), (1, 8, 1, 1)),
        (VIDEO, None, (2, 1, 1, 1), (1, 2, 1, 1, 1)),
        (TOKENS, None, (6,), (1, 1, 6)),
        (TOKENS, "channels", (7, 1), (1, 7, 1)),
        (VECTOR, None, (10,), (1, 10)),
        (IMAGE, -1, (5,), (1, 1, 1, 5)),
    ],
)
def test_a_scale_has_a_factor_per_channel(
    shape: Shape, dim: object, stored: Shape, view: Shape
) -> None:
    model = built(step("scale", init=0.5, dim=dim), shape)
    assert model.layer.shape == stored
    assert bool((model.layer == 0.5).all())
    factors = torch.arange(1.0, 1 + model.layer.numel())
    model.layer.data.copy_(factors.view(stored))
    x = torch.randn(3, *shape)
    assert torch.equal(model(x), x * factors.view(view))


def test_attention_from_parts_is_the_layer() -> None:
    """The `qkv` of timm's vision transformer, step by step, against nn.MultiheadAttention."""
    length, features, heads = 5, 12, 3
    layer = nn.MultiheadAttention(features, heads, batch_first=True)
    x = torch.randn(2, length, features)

    def run(op: Op, *tensors: Tensor) -> tuple[Tensor, ...]:
        inputs = tuple(TensorType(tuple(t.shape[1:])) for t in tensors)
        result = emitted(op, inputs)(*tensors)
        return result if isinstance(result, tuple) else (result,)

    (flow,) = (nn.functional.linear(x, layer.in_proj_weight, layer.in_proj_bias),)
    (flow,) = run(step("reshape", shape=(length, 3, heads, features // heads)), flow)
    (flow,) = run(step("permute", dims=(0, 2, 3, 1, 4)), flow)
    (flow,) = run(step("scaled_dot_product"), *run(step("unbind"), flow))
    (flow,) = run(step("transpose", dim0=1, dim1=2), flow)
    (flow,) = run(step("flatten", start_dim=2), flow)
    assert torch.allclose(layer.out_proj(flow), layer(x, x, x)[0], atol=1e-6)
