"""The lines above and below an audit's table: the network, its own figures, how they count."""

from collections.abc import Iterator

from archdsl.analyses.figures.report import Audit
from archdsl.backends.audit import row_words
from archdsl.base.quantities import memory, scaled
from archdsl.ir.counts import Convention

RULES: dict[Convention, str] = {
    "torchvision": "MACs: multiply-adds of convolutions, linear layers and matrix products, "
    "as torchvision counts",
    "fvcore": "MACs as fvcore and timm count: norms, means and resizing too; of attention the "
    "projections",
    "thop": "MACs as thop counts: norms, means, softmax and resizing too; nothing of attention",
    "torchinfo": "MACs as torchinfo counts: weights and biases, at every place of a convolution, "
    "else once",
}


def title(audit: Audit) -> str:
    return f"{audit.network}: {row_words.shapes(audit.input)} -> {row_words.shapes(audit.output)}"


def footer(audit: Audit) -> Iterator[str]:
    """The network's figures that no column has, and how those of the columns count."""
    if not audit.complete:
        yield "a mistake ends the network here: the figures are those of the steps above"
    yield _params(audit)
    if audit.aux_params:
        yield f"{audit.aux_params:,} of the params are in heads that only training runs"
    yield _work(audit)
    yield _held(audit)
    if audit.cannot_train:
        yield _no_training(audit.cannot_train)
    samples = "1 sample" if audit.batch == 1 else f"{audit.batch:,} samples"
    yield f"memory: all results, {samples} in {audit.dtype} · FLOPs/B: for each byte moved"
    yield "field, jump, centre: of what an element sees, in input elements"
    yield RULES[audit.count]


def _params(audit: Audit) -> str:
    return (
        f"params: {audit.weight_params:,} weights, {audit.bias_params:,} biases, "
        f"{audit.norm_params:,} of norms"
    )


def _work(audit: Audit) -> str:
    depth = f" · depth {audit.depth}" if audit.complete else ""
    flops, others = scaled(audit.flops) or "0", scaled(audit.elementwise) or "0"
    return f"work: {flops} FLOPs, {others} element-wise operations{depth}"


def _no_training(norms: tuple[str, ...]) -> str:
    more = f" and {len(norms) - 1} more" if len(norms) > 1 else ""
    return (
        f"a batch of 1 cannot be trained: the batch norm {norms[0]}{more} would be given one value "
        "a channel; --batch 2 tells what a training step holds"
    )


def _held(audit: Audit) -> str:
    """The memory that the network needs. Besides weights it depends on the machine: on the room of
    its kernels, and on how long variables hold tensors that no step needs."""
    parts = (
        ("weights", audit.weights_memory),
        ("an inference ≈", audit.peak_memory),
        *(() if audit.cannot_train else (("a training step ≈", audit.training_memory),)),
    )
    return "held at once: " + ", ".join(f"{what} {memory(size) or '0'}" for what, size in parts)
