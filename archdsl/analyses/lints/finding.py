"""What rules ask of a site."""

from archdsl.analyses.lints.wiring import Site
from archdsl.base.escape import cut
from archdsl.base.source import Span
from archdsl.ir.graph import WeightKind
from archdsl.ir.reach import Window
from archdsl.ir.reach import window as first_window
from archdsl.ops.sizes import SPATIAL_NAMES

LONGEST = 40  # of a piece of the spec inside a message


def brief(span: Span) -> str:
    """The text at a place, on one line and shortened."""
    return cut(" ".join(span.text.split()), LONGEST)


def window(site: Site) -> Window | None:
    """The window of a convolution or pool; None of an op that has none."""
    return first_window(site.op.reach(site.inputs))


def extents(window: Window) -> tuple[int, ...]:
    """From a window's first element to its last, by dimension."""
    return tuple(d * (k - 1) + 1 for k, d in zip(window.kernel, window.dilation, strict=True))


def dimensions(window: Window) -> tuple[str, ...]:
    """The names of a window's dimensions: `height`, `width`."""
    return SPATIAL_NAMES[len(window.kernel)]


def mixes(site: Site) -> bool:
    """Whether a site multiplies its input with a learned kernel or matrix."""
    weights = site.op.weights(site.inputs)
    learned = any(w.kind is WeightKind.WEIGHT and len(w.shape) > 1 for w in weights)
    return learned and site.op.macs(site.inputs, site.outputs) > 0
