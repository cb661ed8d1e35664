"""`inplace=true` in a spec: heeded where nobody misses what is overwritten, and nowhere else."""

import pytest
import torch
from agreeing import assert_agrees

import archdsl

HEAD = "network Net:\n    input 4x6x6\n    c = conv(4, 3, padding=1)\n"
UNSAFE = {
    "a branch beside one that reads the same": "add(c -> relu(inplace=true), c -> conv(4, 1))",
    "a branch beside the value itself": "maximum(identity, relu(inplace=true) -> conv(4, 1))",
    "a dropout beside the value itself": "add(identity, dropout(0.5, inplace=true))",
    "a value that is read later": "relu(inplace=true)\n    add(identity, c)",
    "a view": "flatten(2)\n    relu(inplace=true)\n    add(mean(2), c -> flatten(2) -> mean(2))",
    "before a block's own work": "pre -> conv(4, 1)\n    add(identity, c)",
}
BLOCK = "block pre:\n    relu(inplace=true)\n    conv(4, 1)\n\n"


@pytest.mark.parametrize("body", UNSAFE.values(), ids=UNSAFE)
def test_an_unsafe_wish_changes_nothing(body: str) -> None:
    text = BLOCK + HEAD + f"    {body}\n"
    source = assert_agrees(text)
    assert "inplace=True" not in source
    plain = archdsl.loads(text.replace(", inplace=true", "").replace("inplace=true", ""))
    wished = archdsl.loads(text)
    assert wished.source(fixed=True) == plain.source(fixed=True) == source
    assert wished.source() == plain.source()
    assert wished.source(form="deploy") == plain.source(form="deploy")
    assert wished.audit().training_memory == plain.audit().training_memory


def test_a_safe_wish_is_heeded() -> None:
    text = HEAD + "    relu(inplace=true) -> conv(4, 1) -> dropout(0.2, inplace=true)\n"
    source = assert_agrees(text)
    assert "nn.ReLU(inplace=True)" in source
    assert "nn.Dropout(0.2, inplace=True)" in source


@pytest.mark.parametrize("body", UNSAFE.values(), ids=UNSAFE)
def test_the_deploy_form_computes_the_same(body: str) -> None:
    net = archdsl.loads(BLOCK + HEAD + f"    {body}\n")
    trained = net.build(dtype=torch.float64).eval()
    x = torch.randn(2, 4, 6, 6, dtype=torch.float64)
    form = net.build(form="deploy", weights=trained.state_dict(), dtype=torch.float64)
    torch.testing.assert_close(form(x.clone()), trained(x.clone()))
