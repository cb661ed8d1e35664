"""A `path` with a name can give several results, as a block can."""

import pytest
import torch

from archdsl import driver, network

HEAD = """\
network Net:
    input 3x8x8
    a = conv(4, 1)
    b = max_pool(2) -> conv(6, 1)
"""
PARTED = """\
    inner = path:
        {0} = a -> conv(5, 1)
        {1} = b -> conv(5, 1)
        output {0}, {1}
    left, right = inner
"""


def net(lines: str) -> network.Network:
    return network.loads(HEAD + lines)


def test_keys_and_shapes() -> None:
    found = net(PARTED + "    output left, right\n")
    assert found.output == ((5, 8, 8), (5, 4, 4))
    keys = [key for key in found.build().state_dict() if key.endswith("weight")]
    assert keys == ["a.weight", "b.1.weight", "inner.0.weight", "inner.1.weight"]


def test_values() -> None:
    module = net(PARTED + "    add(left, right -> upsample(2))\n").build()
    x = torch.randn(2, 3, 8, 8)
    a = module.a(x)
    left, right = module.inner.get_submodule("0"), module.inner.get_submodule("1")
    wanted = left(a) + torch.nn.functional.interpolate(right(module.b(a)), scale_factor=2)
    assert torch.equal(module(x), wanted)


@pytest.mark.parametrize(
    "lines", ["    add:\n        output a\n        b\n", "    path:\n        output a\n    relu\n"]
)
def test_not_where_no_name_opens_a_module(lines: str) -> None:
    found = driver.loads(HEAD + lines)
    assert [d.code for d in found.diagnostics if d.code != "E0808"] == ["E0803"]
