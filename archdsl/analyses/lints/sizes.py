"""Rules about widths and fields: channels that hardware pads, an input seen in parts only."""

from collections.abc import Iterator
from math import prod

from archdsl.analyses.lints.finding import at, brief, mixes, window
from archdsl.analyses.lints.wiring import Site, Wiring
from archdsl.base.diagnostics import Diagnostic
from archdsl.ir.graph import Program
from archdsl.ir.shape import format_shape

TILE = 8  # half-precision matrix units take channels by eights (NVIDIA, Deep Learning Performance)


def odd_channels(wiring: Wiring) -> Iterator[Diagnostic]:
    """W0203: a width between multiples of 8 costs as much as the next one, and often more."""
    for site in filter(mixes, wiring.sites):
        before, after = _width(site, site.inputs[0].shape), _width(site, site.outputs[0].shape)
        if after not in (1, before) and after % TILE and not _is_output(wiring, site):
            below, above = after // TILE * TILE, (after // TILE + 1) * TILE
            fits = f"{below} or {above}" if below else f"{above}"
            yield at(
                site,
                "W0203",
                f"{after} channels of `{brief(site.span)}` are no multiple of {TILE}",
                f"use {fits}; `make_divisible` rounds a computed width",
                arithmetic=(f"{after} % {TILE} = {after % TILE}",),
            )


def narrow_field(wiring: Wiring, program: Program) -> Iterator[Diagnostic]:
    """W0204: a network with one answer for the whole input, whose last map sees parts of it.

    Not where a layer reads the map place by place: that sees all of them together.
    """
    whole = [end for end in wiring.ends if prod(end.outputs[0].shape[1:]) == 1]
    if not whole or any(_reads_places(site) for site in wiring.sites):
        return
    from archdsl.analyses.figures.receptive_field import receptive_fields

    fields = receptive_fields(program)
    slides = any(window(site) is not None for site in wiring.sites)
    pairs = tuple(zip(fields.network, fields.input, strict=False))
    if slides and pairs and any(seen < size for seen, size in pairs):
        yield at(
            whole[0],
            "W0204",
            f"the last feature map sees {format_shape(fields.network)} of the input's "
            f"{format_shape(fields.input)}",
            "add depth, stride or dilation, or use a smaller input",
        )


def _width(site: Site, shape: tuple[int, ...]) -> int:
    """Channels of what a window slides over, else features: the dimension that is mixed."""
    return shape[0] if window(site) is not None else shape[-1]


def _is_output(wiring: Wiring, site: Site) -> bool:
    """Whether the width is the output's: no other learned layer stands behind it."""
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


def _reads_places(site: Site) -> bool:
    """Whether a map is laid out as a vector, so that what follows sees every place by itself."""
    if not site.inputs:
        return False
    before, after = site.inputs[0], site.outputs[0]
    places = prod(before.shape[1:])
    return before.rank > 1 and places > 1 and after.rank == 1 and after.numel == before.numel
