"""What is done with modules elsewhere: each tool takes a network and fails where it does not work.

`python -m tests.downstream.module_tools NAME…` runs each over networks of the catalogue and counts.
"""

import copy
import importlib.util
import io
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, fx, nn

import archdsl
from tests.downstream.traced_networks import inputs, tensors
from tests.ops.small_networks import VARIED, small

SEED = 0
DECIBELS = 15  # between the numbers and what 8-bit integers change of them
FEW = 48  # sizes that are tried in no time


class NotAsked(Exception):
    """The tool has no question for this network; the message says why."""


def in_evaluation(net: archdsl.Network) -> nn.Module:
    torch.manual_seed(SEED)
    return net.build().eval()


def agree(net: archdsl.Network, model: nn.Module, other: Callable[..., object]) -> None:
    """Both give the same numbers for two batches."""
    for batch in (2, 3):
        given = inputs(net, batch)
        with torch.no_grad():
            own, theirs = tensors(model(*given)), tensors(other(*given))
        torch.testing.assert_close(theirs, own, rtol=1e-4, atol=1e-5)


def symbolic_trace(net: archdsl.Network) -> None:
    model = in_evaluation(net)
    agree(net, model, fx.symbolic_trace(model))


def traced_in_training(net: archdsl.Network) -> None:
    """The same random numbers are drawn."""
    model = in_evaluation(net).train()
    graph = fx.symbolic_trace(copy.deepcopy(model))
    own, theirs = drawn(model, net), drawn(graph, net)
    torch.testing.assert_close(theirs, own, rtol=1e-4, atol=1e-4)


def drawn(model: Callable[..., object], net: archdsl.Network) -> list[Tensor]:
    torch.manual_seed(SEED)
    return tensors(model(*inputs(net, 2)))


def script(net: archdsl.Network) -> None:
    model = in_evaluation(net)
    agree(net, model, torch.jit.script(model))


def script_in_training(net: archdsl.Network) -> None:
    model = in_evaluation(net).train()
    scripted = torch.jit.script(copy.deepcopy(model))
    torch.testing.assert_close(drawn(scripted, net), drawn(model, net), rtol=1e-4, atol=1e-4)


def jit_trace(net: archdsl.Network) -> None:
    model = in_evaluation(net)
    with torch.no_grad():
        agree(net, model, torch.jit.trace(model, inputs(net, 2)))


def export_batch(net: archdsl.Network) -> None:
    model = in_evaluation(net)
    shapes = tuple({0: torch.export.Dim("batch")} for _ in net.program.root.inputs)
    program = torch.export.export(model, inputs(net, 2), dynamic_shapes=shapes)
    agree(net, model, program.module())


def export_sizes(net: archdsl.Network) -> None:
    """With open height and width, where `archdsl sizes` accepts other sizes of the same module."""
    if len(net.program.root.inputs) > 1 or len(net.program.root.inputs[0].shape) != 3:
        raise NotAsked("not one image")
    channels, own, _ = net.program.root.inputs[0].shape
    together = net.sizes(up_to=3 * own if own < FEW else None).axes[0]
    around = range(together.own // 2, 2 * together.own + 64)
    accepted = [n for n in around if n in together.as_compiled]
    if len(accepted) < 3:
        raise NotAsked(f"its sizes are {together.as_compiled.text}")
    model = in_evaluation(net)
    opened = {
        0: torch.export.Dim("batch"),
        2: torch.export.Dim.DYNAMIC,
        3: torch.export.Dim.DYNAMIC,
    }
    first, *others = sorted(accepted, key=lambda n: abs(n - 2 * together.own))
    given = torch.randn(2, channels, first, first)
    program = torch.export.export(model, (given,), dynamic_shapes=(opened,)).module()
    for n in (others[0], accepted[-1]):
        x = torch.randn(3, channels, n, n)
        with torch.no_grad():
            torch.testing.assert_close(tensors(program(x)), tensors(model(x)), rtol=1e-4, atol=1e-5)


def deepcopy(net: archdsl.Network) -> None:
    model = in_evaluation(net)
    agree(net, model, copy.deepcopy(model))


def pickle(net: archdsl.Network) -> None:
    """The emitted file, imported as a user's module."""
    with tempfile.TemporaryDirectory() as folder:
        name = f"users_{net.name}"
        file = Path(folder) / f"{name}.py"
        file.write_text(net.source())
        spec = importlib.util.spec_from_file_location(name, file)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        try:
            spec.loader.exec_module(module)
            from archdsl.backends.python import network_class

            torch.manual_seed(SEED)
            model = getattr(module, network_class(net.program))().eval()
            kept = io.BytesIO()
            torch.save(model, kept)
            kept.seek(0)
            agree(net, model, torch.load(kept, weights_only=False))
        finally:
            del sys.modules[name]


def meta(net: archdsl.Network) -> None:
    model = in_evaluation(net)
    with torch.device("meta"):
        empty = type(model)()
    assert all(t.is_meta for t in (*empty.parameters(), *empty.buffers()))
    empty.to_empty(device="cpu")
    empty.load_state_dict(model.state_dict())
    agree(net, model, empty.eval())


def compiled(net: archdsl.Network) -> None:
    model = in_evaluation(net)
    other = copy.deepcopy(model)
    other.compile(fullgraph=True, backend="eager")
    torch.compiler.reset()
    agree(net, model, other)


def _kind(net: archdsl.Network, dtype: torch.dtype) -> None:
    model = in_evaluation(net).to(dtype)
    given = tuple(x.to(dtype) if x.is_floating_point() else x for x in inputs(net, 2))
    with torch.no_grad():
        assert all(t.dtype == dtype for t in tensors(model(*given)))
    results = tensors(model.train()(*given))
    sum(t.sum() for t in results).backward()
    assert all(p.grad is None or p.grad.dtype == dtype for p in model.parameters())


def half(net: archdsl.Network) -> None:
    _kind(net, torch.float16)


def bfloat16(net: archdsl.Network) -> None:
    _kind(net, torch.bfloat16)


def autocast(net: archdsl.Network) -> None:
    model = in_evaluation(net).train()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        results = tensors(model(*inputs(net, 2)))
    sum(t.float().sum() for t in results).backward()
    learned = [p for p in model.parameters() if p.grad is not None]
    assert learned and all(p.grad.dtype == torch.float32 for p in learned)


def fx_quantised(net: archdsl.Network) -> None:
    """Graph mode of `torch.ao.quantization`, which torch keeps for old code."""
    from torch.ao.quantization import get_default_qconfig_mapping
    from torch.ao.quantization.quantize_fx import convert_fx, prepare_fx

    model = in_evaluation(net)
    given = inputs(net, 2)
    prepared = prepare_fx(copy.deepcopy(model), get_default_qconfig_mapping("x86"), given)
    prepared(*given)
    quantised = convert_fx(prepared)
    own, theirs = tensors(model(*given)), tensors(quantised(*given))
    assert min(signal_to_noise(a, b) for a, b in zip(own, theirs, strict=True)) > DECIBELS
    assert any("quantized" in type(part).__module__ for part in quantised.modules())


def pt2e(net: archdsl.Network) -> None:
    """Exported with any batch, observed, and made of 8-bit integers by torchao."""
    from torchao.quantization.pt2e.quantize_pt2e import convert_pt2e, prepare_pt2e
    from torchao.quantization.pt2e.quantizer import x86_inductor_quantizer as x86

    model = in_evaluation(net)
    batch = tuple({0: torch.export.Dim("batch")} for _ in net.program.root.inputs)
    graph = torch.export.export(model, inputs(net, 2), dynamic_shapes=batch).module()
    settings = x86.get_default_x86_inductor_quantization_config()
    observed = prepare_pt2e(graph, x86.X86InductorQuantizer().set_global(settings))
    with torch.no_grad():
        for size in (4, 5, 6):
            observed(*inputs(net, size))
        quantised = convert_pt2e(observed)
        given = inputs(net, 7)
        own, theirs = tensors(model(*given)), tensors(quantised(*given))
    assert min(signal_to_noise(a, b) for a, b in zip(own, theirs, strict=True)) > DECIBELS
    called = [str(node.target) for node in quantised.graph.nodes]
    layers = [part for part in model.modules() if isinstance(part, nn.Conv2d | nn.Linear)]
    of_weights = [name for name in called if "dequantize_per_channel" in name]
    assert len(of_weights) == len(layers)
    assert not any("batch_norm" in name for name in called)  # they went into the convolutions


def signal_to_noise(own: Tensor, theirs: Tensor) -> float:
    """How much stronger the numbers are than the difference, in decibels."""
    noise = (own - theirs).square().mean()
    return float(10 * (own.square().mean() / noise.clamp(min=1e-30)).log10())


TOOLS: dict[str, Callable[[archdsl.Network], None]] = {
    "fx.symbolic_trace": symbolic_trace,
    "fx.symbolic_trace, training": traced_in_training,
    "jit.script": script,
    "jit.script, training": script_in_training,
    "jit.trace": jit_trace,
    "export, batch": export_batch,
    "export, sizes": export_sizes,
    "deepcopy": deepcopy,
    "pickle": pickle,
    "meta": meta,
    "compile": compiled,
    "half": half,
    "bfloat16": bfloat16,
    "autocast": autocast,
    "fx quantised": fx_quantised,
}


def main(names: list[str]) -> None:
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    chosen = [w for w in names if w in TOOLS]
    names = [w for w in names if w not in TOOLS]
    for name in names or VARIED:
        net = small(name)
        for tool in chosen or TOOLS:
            run = TOOLS[tool]
            before = time.process_time()
            try:
                run(net)
                told = "ok"
            except NotAsked as why:
                told = f"- {why}"
            except Exception as error:
                lines = [line.strip() for line in str(error).splitlines() if line.strip()]
                told = f"FAIL {type(error).__name__}: {' / '.join(lines)[:600]}"
            print(f"{name}\t{tool}\t{time.process_time() - before:.1f}\t{told}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
