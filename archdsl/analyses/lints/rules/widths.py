"""Rules about widths and fields: channels that hardware pads, an input seen in parts only."""

from collections.abc import Iterator
from math import prod

from archdsl.analyses.lints import mistakes
from archdsl.analyses.lints.wiring import OpSite, Wiring, mixes, window_of
from archdsl.base.diagnostics import Diagnostic

TILE = 8  # half-precision matrix units take channels by eights (NVIDIA, Deep Learning Performance)


def odd_channels(wiring: Wiring) -> Iterator[Diagnostic]:
    """A width between multiples of 8 costs as much as the next one, and often more."""
    for site in filter(mixes, wiring.sites):
        before, after = _width(site, site.inputs[0].shape), _width(site, site.outputs[0].shape)
        if after not in (1, before) and after % TILE and not _is_output(wiring, site):
            yield mistakes.odd_channels(site, after, TILE)


def narrow_field(wiring: Wiring) -> Iterator[Diagnostic]:
    """A network with one answer for the whole input, whose last map sees parts of it.

    Not where a layer reads the map place by place: that sees all of them together.
    """
    whole = [end for end in wiring.ends if prod(end.outputs[0].shape[1:]) == 1]
    if not whole or any(_reads_places(site) for site in wiring.sites):
        return
    from archdsl.analyses.figures.receptive_field import receptive_fields

    fields = receptive_fields(wiring.program)
    slides = any(window_of(site) is not None for site in wiring.sites)
    pairs = tuple(zip(fields.network, fields.input, strict=False))
    if slides and pairs and any(seen < size for seen, size in pairs):
        yield mistakes.narrow_field(whole[0], fields.network, fields.input)


def _width(site: OpSite, shape: tuple[int, ...]) -> int:
    """Channels of what a window slides over, else features: the dimension that is mixed."""
    return shape[0] if window_of(site) is not None else shape[-1]


def _is_output(wiring: Wiring, site: OpSite) -> bool:
    """True where the width is the output's: no other learned layer comes after it."""
    waiting, seen = [site], {site}
    while waiting:
        here = waiting.pop()
        if here in wiring.ends:
            return True
        for taker in wiring.takers[here]:
            if taker not in seen and not mixes(taker):
                seen.add(taker)
                waiting.append(taker)
    return False


def _reads_places(site: OpSite) -> bool:
    """True where a map is laid out as a vector, so that the next layer tells its places apart."""
    if not site.inputs:
        return False
    before, after = site.inputs[0], site.outputs[0]
    places = prod(before.shape[1:])
    return before.rank > 1 and places > 1 and after.rank == 1 and after.numel == before.numel
