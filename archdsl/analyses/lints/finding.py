"""How rules write a warning down, and what they ask of a site."""

from archdsl.analyses.lints.wiring import Site
from archdsl.base.diagnostics import Diagnostic
from archdsl.base.labels import Label, Severity
from archdsl.base.source import Span
from archdsl.ir.graph import WeightKind
from archdsl.ir.reach import Window
from archdsl.ir.reach import window as first_window
from archdsl.ops.sizes import SPATIAL_NAMES

LONGEST = 40  # of a piece of the spec inside a message


def warning(
    code: str,
    message: str,
    span: Span,
    hint: str,
    *,
    place: str,
    calls: tuple[Span, ...],
    others: tuple[Label, ...] = (),
    arithmetic: tuple[str, ...] = (),
) -> Diagnostic:
    """A warning: where, why, and the one thing to do."""
    return Diagnostic(
        code,
        message,
        Label(span),
        others=others,
        calls=tuple(map(Label, dict.fromkeys(calls))),
        path=place,
        arithmetic=arithmetic,
        hint=hint,
        severity=Severity.WARNING,
    )


def at(
    site: Site,
    code: str,
    message: str,
    hint: str,
    *,
    others: tuple[Label, ...] = (),
    arithmetic: tuple[str, ...] = (),
) -> Diagnostic:
    """A warning at a site."""
    return warning(
        code,
        message,
        site.span,
        hint,
        place=site.place,
        calls=site.calls,
        others=others,
        arithmetic=arithmetic,
    )


def brief(span: Span) -> str:
    """The text at a place, on one line and shortened."""
    text = " ".join(span.text.split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


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
