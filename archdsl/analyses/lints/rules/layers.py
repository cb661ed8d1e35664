"""Rules about which layer stands behind which: lost biases, doubled activations, final softmax."""

from collections.abc import Callable, Iterator, Mapping

from archdsl.analyses.lints import mistakes
from archdsl.analyses.lints.wiring import OpSite, Wiring, mixes
from archdsl.base.diagnostics import Diagnostic
from archdsl.base.source import Span
from archdsl.ir.graph import WeightKind
from archdsl.ops.base import OpFamily
from archdsl.ops.spatial import SPATIAL_NAMES

_KEEPING = (
    # the families whose results lie as their inputs do
    OpFamily.ACTIVATION,
    OpFamily.NORMALISATION,
    OpFamily.POOLING,
    OpFamily.REGULARISATION,
    OpFamily.MERGE,
)


def bias_before_norm(wiring: Wiring) -> Iterator[Diagnostic]:
    """The norm subtracts each channel's mean, and with it whatever bias was added."""
    for site in _always(wiring, _is_cancelled):
        yield mistakes.lost_bias(site, wiring.takers[site][0])


def doubled_activation(wiring: Wiring) -> Iterator[Diagnostic]:
    """An activation whose input comes straight out of another one."""
    for site in wiring.sites:
        for taker in wiring.takers[site]:
            if _is_activation(site) and _is_activation(taker):
                yield mistakes.doubled_activation(site, taker)


def final_softmax(wiring: Wiring) -> Iterator[Diagnostic]:
    """PyTorch's losses for classes take logits and have the softmax in them."""
    for site in wiring.ends:
        if site.op.normalises:
            yield mistakes.final_softmax(site)


def unflattened(wiring: Wiring) -> Iterator[Diagnostic]:
    """A linear layer right behind a feature map mixes the places of each row."""
    linears = [site for site in wiring.sites if _is_linear(site) and site.inputs[0].rank > 1]
    makers = wiring.makers() if linears else {}
    for site in linears:
        source = _convolution_behind(site, makers)
        if source is not None:
            along = SPATIAL_NAMES[site.inputs[0].rank - 1][-1]
            yield mistakes.unflattened(site, source, along)


def nothing_beside(wiring: Wiring) -> Iterator[Diagnostic]:
    """The mean of one element is the element: a norm over it forgets what it was."""
    for site in wiring.sites:
        if site.op.normalised_together(site.inputs) == 1:
            yield mistakes.nothing_beside(site)


def unused_result(wiring: Wiring) -> Iterator[Diagnostic]:
    """One of several results is worked out and thrown away."""
    yield from map(mistakes.unused_result, wiring.unused)


def _always(wiring: Wiring, holds: Callable[[Wiring, OpSite], bool]) -> Iterator[OpSite]:
    """The first site of each place in the text, if it holds for all of them and for every other
    use of their weights."""
    first: dict[Span, OpSite] = {}
    refuted: set[Span | tuple[int, str]] = set()
    for site in wiring.sites:
        first.setdefault(site.span, site)
        if not holds(wiring, site):
            refuted |= {site.span, site.module}
    for site in wiring.sites:
        if site.module in refuted:
            refuted.add(site.span)
    by_module = {site.module: site for span, site in first.items() if span not in refuted}
    yield from by_module.values()


def _is_cancelled(wiring: Wiring, site: OpSite) -> bool:
    """True where the site adds a bias and only norms over batches read its result."""
    takers = wiring.takers[site]
    if not takers or site in wiring.ends:
        return False
    biased = any(w.kind is WeightKind.BIAS for w in site.op.weights(site.inputs))
    linear = biased and site.op.linear_map(site.inputs) is not None
    return linear and all(taker.op.channel_map() is not None for taker in takers)


def _is_linear(site: OpSite) -> bool:
    return site.op.family is OpFamily.LINEAR and mixes(site)


def _convolution_behind(site: OpSite, makers: Mapping[OpSite, list[OpSite]]) -> OpSite | None:
    """The convolution whose map flows into a site, its dimensions in the places they had."""
    waiting, seen = [site], {site}
    while waiting:
        for maker in makers[waiting.pop()]:
            if maker.op.family is OpFamily.CONVOLUTION:
                return maker
            if maker not in seen and _keeps_layout(maker):
                seen.add(maker)
                waiting.append(maker)
    return None


def _keeps_layout(site: OpSite) -> bool:
    """True where each dimension of the result is the same one of every input."""
    ranks = {x.rank for x in (*site.inputs, *site.outputs)}
    return site.op.family in _KEEPING and len(ranks) == 1


def _is_activation(site: OpSite) -> bool:
    return site.op.family is OpFamily.ACTIVATION
