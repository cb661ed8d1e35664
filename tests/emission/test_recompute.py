"""Blocks that the backward pass computes again: less memory, and not another number."""

import re

import pytest
import torch
from cases import FOLDER
from gradients import given, tensors, weighted
from small_networks import small

import archdsl
from archdsl.cli import main
from archdsl.driver import Misuse
from archdsl.runtime.allocation_peak import Watch
from archdsl.runtime.measure import peak_memory
from archdsl.runtime.reference_models import reference

CASES = {
    "densenet121": ("concat",),
    "densenet_small": ("concat",),
    "resnet18": ("basic_block",),
    "efficientnet_b0": ("squeeze_excite", "mbconv"),
    "googlenet": ("inception_bn",),
    "shufflenet_v2_x0_5": (),
}


def blocks(net: archdsl.Network) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row.block for row in net.audit().blocks if row.block))


def trained(module: torch.nn.Module, inputs: list[torch.Tensor]) -> list[torch.Tensor]:
    """Results, gradients and running statistics after two steps."""
    kept = []
    for step in range(2):
        torch.manual_seed(step)
        results = tensors(module.train()(*inputs))
        module.zero_grad()
        torch.stack([weighted(result) for result in results]).sum().backward()
        kept += [result.detach() for result in results]
        kept += [p.grad.clone() for p in module.parameters() if p.grad is not None]
    return [*kept, *module.buffers()]


NO_BLOCK = re.compile(r"has no block `(\w+)`")
OFTEN = {"densenet_small", "shufflenet_v2_x0_5"}
NETWORKS = [
    pytest.param(name, marks=() if name in OFTEN else pytest.mark.slow, id=name) for name in CASES
]


@pytest.mark.parametrize("name", NETWORKS)
def test_nothing_else_changes(name: str) -> None:
    """Not even a running statistic, which a second run must not move again."""
    net = small(name)
    words = CASES[name] or blocks(net)
    torch.manual_seed(0)
    ours = net.build(recompute=words, dtype=torch.float64)
    kept = net.build(dtype=torch.float64)
    kept.load_state_dict(ours.state_dict())
    assert list(ours.state_dict()) == list(kept.state_dict())
    pairs = zip(trained(ours, given(net)), trained(kept, given(net)), strict=True)
    for again, once in pairs:
        torch.testing.assert_close(again, once, rtol=0, atol=0)


@pytest.mark.one_in(8)
@pytest.mark.parametrize("spec", sorted(FOLDER.glob("*.arch")), ids=lambda spec: spec.stem)
def test_every_block_of_every_case(spec) -> None:
    net = archdsl.load(spec)
    ours = recomputing(net)
    kept = net.build(dtype=torch.float64)
    kept.load_state_dict(ours.state_dict())
    pairs = zip(trained(ours, given(net)), trained(kept, given(net)), strict=True)
    for again, once in pairs:
        torch.testing.assert_close(again, once, rtol=0, atol=0)


def recomputing(net: archdsl.Network) -> torch.nn.Module:
    """With all its blocks computed again, less those that are no classes of the file."""
    words = blocks(net)
    while True:
        try:
            return net.build(recompute=words, dtype=torch.float64)
        except Misuse as refused:
            lacking = NO_BLOCK.search(str(refused))
            assert lacking is not None
            words = tuple(word for word in words if word != lacking[1])


def test_evaluation_and_frozen_passes_run_as_ever() -> None:
    net = small("densenet_small")
    ours, kept = net.build(recompute=["concat"]).eval(), net.build().eval()
    kept.load_state_dict(ours.state_dict())
    inputs = [x.float() for x in given(net)]
    torch.testing.assert_close(ours(*inputs), kept(*inputs), rtol=0, atol=0)
    with torch.no_grad():
        torch.testing.assert_close(ours.train()(*inputs), kept.train()(*inputs), rtol=0, atol=0)


def test_the_backward_pass_may_be_run_twice() -> None:
    net = small("densenet_small")
    model = net.build(recompute=["concat"], dtype=torch.float64).train()
    loss = weighted(model(*given(net)))
    before = [b.clone() for b in model.buffers()]
    loss.backward(retain_graph=True)
    loss.backward()
    for buffer, was in zip(model.buffers(), before, strict=True):
        assert torch.equal(buffer, was)


# --- memory -------------------------------------------------------------------------------------


def peak(module: torch.nn.Module, images: torch.Tensor) -> int:
    known = (images, *module.state_dict().values())
    return peak_memory(lambda: module.train()(images).square().mean().backward(), known)


def kept(module: torch.nn.Module, images: torch.Tensor) -> int:
    """What waits for the backward pass."""
    with Watch((images, *module.state_dict().values())) as watch:
        result = module.train()(images)
        waiting = watch.now
    assert result.requires_grad
    return waiting


@pytest.mark.slow
def test_dense_blocks_need_less_than_torchvisions_memory_efficient_form() -> None:
    net = archdsl.load("densenet121", input="3x64x64")
    theirs = reference("torchvision:densenet121").module
    efficient = type(theirs)(memory_efficient=True)
    images = torch.randn(2, 3, 64, 64)
    ours, usual = peak(net.build(recompute=["concat"]), images), peak(net.build(), images)
    assert ours < peak(efficient, images) < peak(theirs, images)
    assert ours < usual
    assert kept(net.build(recompute=["concat"]), images) < kept(efficient, images) / 2
    assert kept(net.build(recompute=["concat"]), images) < kept(net.build(), images) / 4


def test_memory_grows_with_the_layers_and_not_with_their_square() -> None:
    text = "network N:\n    input 8x32x32\n    dense_block({layers}, growth=8)\n"
    sizes = {}
    for layers in (8, 16, 32):
        net = archdsl.loads(text.format(layers=layers))
        sizes[layers] = kept(net.build(recompute=["concat"]), torch.randn(2, 8, 32, 32))
    assert sizes[32] < 2.3 * sizes[16] < 2.3 * 2.3 * sizes[8]


@pytest.mark.slow
def test_torch_compile_takes_it_in_one_graph() -> None:
    net = archdsl.loads("network N:\n    input 3x8x8\n    conv(4, 1) -> dense_block(5, growth=2)\n")
    model = net.build(recompute=["concat"]).train()
    twin = net.build().train()
    twin.load_state_dict(model.state_dict())
    fast = torch.compile(model, fullgraph=True, backend="aot_eager")
    images = torch.randn(2, 3, 8, 8)
    fast(images).sum().backward()
    twin(images).sum().backward()
    for mine, other in zip(model.buffers(), twin.buffers(), strict=True):
        torch.testing.assert_close(mine, other)
    for mine, other in zip(model.parameters(), twin.parameters(), strict=True):
        torch.testing.assert_close(mine.grad, other.grad)


# --- what is emitted, and what is refused -------------------------------------------------------


def test_a_sequence_is_run_again_too() -> None:
    text = "block two(c) = conv(c, 1) -> relu\nnetwork N:\n    input 3x8x8\n    two(4) -> two(4)\n"
    source = archdsl.loads(text).source(recompute=["two"])
    assert "return recompute(self, super().forward, input)" in source


def test_a_module_called_compute_keeps_its_name() -> None:
    block = "block b:\n    compute = conv(4, 1)\n    add(identity, input)\n"
    net = archdsl.loads(f"{block}network N:\n    input 4x8x8\n    b\n")
    model = net.build(recompute=["b"])
    assert "b.compute.weight" in model.state_dict()
    assert model(torch.randn(2, 4, 8, 8)).shape == (2, 4, 8, 8)


def test_unknown_words_are_refused() -> None:
    net = archdsl.load("resnet18")
    with pytest.raises(Misuse, match="no block `basic`; it has basic_block"):
        net.source(recompute=["basic"])
    with pytest.raises(Misuse, match="no concatenation of `resnet18` grows"):
        net.source(recompute=["concat"])
    with pytest.raises(Misuse, match="no backward pass"):
        net.source("deploy", recompute=["basic_block"])


def test_the_command(capsys) -> None:
    assert main(["compile", "densenet121", "--recompute", "concat"]) == 0
    assert capsys.readouterr().out == archdsl.load("densenet121").source(recompute=["concat"])
    assert main(["compile", "resnet18", "--recompute", "concat"]) == 2
    assert "--recompute: no concatenation" in capsys.readouterr().err
    assert main(["compile", "resnet18", "--recompute", "basic_block", "--form", "deploy"]) == 2
    assert "for training" in capsys.readouterr().err


def test_ruff_has_nothing_to_say() -> None:
    import subprocess
    import sys

    for name, words in (("densenet121", ["concat"]), ("resnet18", ["basic_block"])):
        text = archdsl.load(name).source(recompute=words)
        for command in (
            ["check", "--isolated", "--extend-select", "I"],
            ["format", "--isolated", "--diff"],
        ):
            done = subprocess.run(
                [sys.executable, "-m", "ruff", *command, "-"],
                input=text,
                text=True,
                capture_output=True,
            )
            assert done.returncode == 0, done.stdout
