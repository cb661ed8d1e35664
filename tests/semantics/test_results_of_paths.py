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
    network = net(PARTED + "    output left, right\n")
    assert network.output == ((5, 8, 8), (5, 4, 4))
    keys = [key for key in network.build().state_dict() if key.endswith("weight")]
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
    loaded = driver.loads(HEAD + lines)
    assert [d.code for d in loaded.diagnostics if d.code != "E0808"] == ["E0803"]


def test_one_by_one() -> None:
    lines = PARTED.replace("    left, right = inner\n", "")
    network = net(lines + "    add(inner[0], inner[-1] -> upsample(2))\n")
    assert network.output == (5, 8, 8)
    assert net(lines + "    inner[1] -> conv(inner[0].height, 1)\n").output == (8, 4, 4)


def test_a_tuple_of_outputs() -> None:
    lines = """\
    inner = path:
        for i, tap in enumerate((a, b)):
            {i} = tap -> conv(5, 1)
        let ends = [{i} for i in range(2)]
        output ends
    output inner[1], inner[0]
"""
    assert net(lines).output == ((5, 4, 4), (5, 8, 8))


def test_results_go_into_further_paths() -> None:
    lines = """\
    stage = path:
        {0} = path:
            {0} = a -> conv(4, 1)
            {1} = b -> conv(4, 1)
            output {0}, {1}
        let maps = [{0}[i] for i in range(2)]
        {1} = path:
            {0} = maps[0] -> conv(4, 1)
            {1} = maps[1] -> conv(4, 1)
            output {0}, {1}
        output {1}
    add(stage[0], stage[1] -> upsample(2))
"""
    module = net(lines).build()
    assert module(torch.zeros(1, 3, 8, 8)).shape == (1, 4, 8, 8)
    assert "stage.1.1.weight" in module.state_dict()


@pytest.mark.parametrize(("which", "code"), [("inner[2]", "E0403"), ("a[0]", "E0402")])
def test_no_such_result(which: str, code: str) -> None:
    loaded = driver.loads(HEAD + PARTED + f"    {which} -> relu\n")
    assert [d.code for d in loaded.diagnostics] == [code]
