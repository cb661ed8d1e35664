"""Rules about windows: shifted maps, gaps, lost rows, checkerboards."""

from collections.abc import Iterator
from math import prod

from archdsl.analyses.lints import mistakes
from archdsl.analyses.lints.wiring import OpSite, Wiring, dimensions, extents, mixes, window_of
from archdsl.base.diagnostics import Diagnostic
from archdsl.ir.reach import Window
from archdsl.ops.base import OpFamily

SLIDING = (OpFamily.CONVOLUTION, OpFamily.POOLING)


def even_same(wiring: Wiring) -> Iterator[Diagnostic]:
    """An even window has no middle, so `same` must pad one side more than the other."""
    for site, window in _sliding(wiring):
        for name, extent, stride, (before, after) in _numbers(site, window):
            if stride == 1 and extent % 2 == 0 and before == after:
                yield mistakes.even_window(site, extent, name)


def gaps(wiring: Wiring) -> Iterator[Diagnostic]:
    """Windows that stand further apart than they are wide see not all input."""
    for site, window in _sliding(wiring):
        for name, extent, stride, _ in _numbers(site, window):
            if stride > extent == 1:
                yield mistakes.one_place_of_many(site, stride, name)
            elif stride > extent:
                yield mistakes.gaps(site, extent, stride, name)


def checkerboard(wiring: Wiring) -> Iterator[Diagnostic]:
    """Windows of a transposed convolution that overlap unevenly (Odena et al., 2016)."""
    for site in wiring.sites:
        window = window_of(site)
        if window is None or not window.transposed or not mixes(site):
            continue
        for kernel, stride in zip(window.kernel, window.stride, strict=True):
            if kernel % stride:
                yield mistakes.checkerboard(site, kernel, stride)


def rounding(wiring: Wiring) -> Iterator[Diagnostic]:
    """The last rows or columns that no window reaches any more."""
    shrinking = [(site, window) for site, window in _sliding(wiring) if max(window.stride) > 1]
    restored = {site.outputs[0].shape[1:] for site in wiring.sites if _enlarges(site)}
    whole = any(x.shape[1:] in restored for x in wiring.inputs)  # it comes back to the input's size
    upsampled = _before_upsampling(wiring) if shrinking and not whole else set()
    for site, window in shrinking:
        margins = zip(window.padding, _numbers(site, window), site.inputs[0].shape[1:], strict=True)
        for padding, (name, extent, stride, (size, places)), _ in margins:
            lost = size + padding - (places - 1) * stride - max(extent, stride)
            if lost > 0:
                missed = site in upsampled and site.inputs[0].shape[1:] not in restored
                yield _lost(site, name, size, lost, missed)


def _lost(site: OpSite, name: str, size: int, lost: int, missed: bool) -> Diagnostic:
    if missed:
        return mistakes.places_not_brought_back(site, name, size, lost)
    pools = site.op.family is OpFamily.POOLING
    return mistakes.places_never_seen(site, name, size, lost, pools=pools)


def _before_upsampling(wiring: Wiring) -> set[OpSite]:
    """The sites before one that makes a map larger."""
    makers = wiring.makers()
    waiting = [site for site in wiring.sites if _enlarges(site)]
    before: set[OpSite] = set()
    while waiting:
        for maker in makers[waiting.pop()]:
            if maker not in before:
                before.add(maker)
                waiting.append(maker)
    return before


def _enlarges(site: OpSite) -> bool:
    """True where a map becomes larger, by a transposed window or by interpolation."""
    window = window_of(site)
    if window is not None:
        return window.transposed and max(window.stride) > 1
    ranks = {x.rank for x in (*site.inputs, *site.outputs)}
    places = [prod(x.shape[1:]) for x in (*site.inputs[:1], site.outputs[0])]
    return len(ranks) == 1 and len(places) == 2 and places[0] < places[1]


def _sliding(wiring: Wiring) -> Iterator[tuple[OpSite, Window]]:
    """The convolutions and pools with their windows."""
    for site in wiring.sites:
        window = window_of(site) if site.op.family in SLIDING else None
        if window is not None and not window.transposed:
            yield site, window


def _numbers(site: OpSite, window: Window) -> Iterator[tuple[str, int, int, tuple[int, int]]]:
    """Of each dimension: its name, the window's extent and stride, the size before and after."""
    sizes = zip(site.inputs[0].shape[1:], site.outputs[0].shape[1:], strict=True)
    yield from zip(dimensions(window), extents(window), window.stride, sizes, strict=True)
