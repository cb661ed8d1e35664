"""Fields where something else than a window moves places; each is held by gradients besides."""

import pytest
from dependence import disagreements, one_thread

import archdsl
from archdsl.analyses.figures.receptive_field import receptive_fields

FOCUS = """concat:
        slice(0, step=2, dim=2) -> slice(0, step=2, dim=3)
        slice(1, step=2, dim=2) -> slice(0, step=2, dim=3)
        slice(0, step=2, dim=2) -> slice(1, step=2, dim=3)
        slice(1, step=2, dim=2) -> slice(1, step=2, dim=3)
    conv(16, 3, padding=1)"""
PATCHES = """reshape(3, 6, 6, 6, 6) -> permute(2, 4, 1, 3, 5) -> reshape(36, 108)
    linear(8) -> transpose(1, 2) -> reshape(8, 6, 6)"""
MIXER = """conv(16, 8, stride=8) -> flatten(2) -> transpose(1, 2)
    add(identity, transpose(1, 2) -> linear(16) -> transpose(1, 2))"""
MOVED = [
    ("3x24x24", FOCUS, (6, 6), (2, 2)),
    ("3x32x32", MIXER, (32, 32), (8, 8)),
    ("3x36x36", PATCHES, (6, 6), (6, 6)),
    ("3x36x36", f"{PATCHES} -> conv(8, 3)", (18, 18), (6, 6)),
    ("3x6x24", "a, b = chunk(2, dim=width)\n    add(a, b) -> conv(1, 3)", (3, 15), (1, 1)),
    ("3x24", "add(slice(0, -2, dim=2), slice(1, -1, dim=2), slice(2, dim=2))", (3,), (1,)),
    ("1x24x24", "upsample(size=7, mode=bilinear)", (2, 2), (24 / 7, 24 / 7)),
    ("1x24x24", "upsample(1.5, mode=bilinear) -> conv(1, 3)", (4, 4), (2 / 3, 2 / 3)),
    ("3x12x9", "transpose(height, width) -> conv(1, (3, 1))", (1, 3), (1, 1)),
    ("3x12", "transpose(1, 2) -> conv(12, 1) -> transpose(1, 2)", (12,), (1,)),
    ("1x90", "conv_transpose(2, 1, stride=3) -> avg_pool(2, stride=1)", (1,), (1 / 3,)),
    ("3x24x24", "adaptive_avg_pool(12)", (2, 2), (2, 2)),
]


@pytest.mark.one_in(3)
@pytest.mark.parametrize(("shape", "lines", "field", "jump"), MOVED)
def test_a_field_where_places_move(shape, lines, field, jump):
    net = archdsl.loads(f"network N:\n    input {shape}\n    {lines}\n")
    (result_field,) = receptive_fields(net.program).outputs
    assert (result_field.sizes, result_field.exact) == (field, True)
    assert tuple(float(place.jump) for place in result_field.places) == pytest.approx(jump)
    with one_thread():
        assert disagreements(net, strict=False) == []


def test_what_the_data_choose_is_a_bound():
    lines = "input x: 4x9\n    input n: 3 int\n    index_select(x, n, dim=2)"
    net = archdsl.loads(f"network N:\n    {lines}\n")
    audit = net.audit()
    assert (audit.receptive_field, audit.receptive_field_exact) == ((9,), False)


@pytest.mark.parametrize(("name", "stride"), [("resnet50", 32), ("swin_t", 32), ("vit_b_16", 16)])
def test_the_stride_of_published_networks(name, stride):
    """As their papers give it: of the last stage, and of patches."""
    assert set(archdsl.load(name).audit().stride) == {stride}
