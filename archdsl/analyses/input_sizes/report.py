"""The input sizes that a network accepts with its weights, and the places where each loses pixels.

Every size of a range is tried: the network is elaborated for it, which is given as an argument. A
size is accepted if there is no mistake and the `state_dict` stays the same, shapes included. If a
network has too many different steps for that, only sizes around its own are tried.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import Struct
from pydantic import BaseModel, ConfigDict, Field

from archdsl.analyses.input_sizes.patterns import SizeSet, size_set
from archdsl.analyses.input_sizes.size_specific import SizeSpecific
from archdsl.analyses.input_sizes.unread import Unread, UnreadPixels
from archdsl.analyses.input_sizes.varied import Varied, varied
from archdsl.base.diagnostics import Diagnostic
from archdsl.base.source import Span
from archdsl.ir.graph import Program, different_steps
from archdsl.ir.shape import Shape
from archdsl.semantics.values import excerpt

Trial = Callable[[Mapping[str, Shape]], Program | Diagnostic]

LEAST, MOST = 256, 4096  # the default range ends at least and at most here
BEYOND = 64  # and so far beyond the network's own size


class TooManySizes(Exception):
    """To try the sizes asked for is more work than allowed; the message says how much."""


class Refusal(BaseModel):
    """The reason for sizes that are not accepted: a mistake, or weights of another shape."""

    model_config = ConfigDict(frozen=True)

    sizes: SizeSet
    path: str = Field(description="the step whose weights change, or the block instance at fault")
    step: str = Field(description="as the spec writes it")
    line: int
    at: int = Field(description="the refused size nearest to the network's own, as an example")
    message: str = Field(description="what is wrong at this size")
    arithmetic: str


class Loss(BaseModel):
    """A step whose last window ends before the input does, at some of the accepted sizes."""

    model_config = ConfigDict(frozen=True)

    sizes: SizeSet
    path: str
    step: str = Field(description="op and window")
    line: int
    dimensions: tuple[str, ...]
    at: int = Field(description="the size nearest to the network's own at which it loses some")
    unread: int = Field(description="rows of the step's input that no window reaches, at this size")
    arithmetic: str


class Axis(BaseModel):
    """One dimension of the input, or several that vary together, with the others as they are."""

    model_config = ConfigDict(frozen=True)

    dimensions: tuple[str, ...]
    own: int = Field(description="the size that the network has")
    accepted: SizeSet
    smallest: int | None = Field(description="accepted size; null if not all from 1 were tried")
    whole: SizeSet = Field(description="accepted sizes at which no step loses pixels")
    as_compiled: SizeSet = Field(
        description="accepted sizes for which the module is the same; for the others, which have "
        "sizes written in, it must be compiled with `--input`"
    )
    refusals: tuple[Refusal, ...] = Field(description="those of the largest sizes first")
    losses: tuple[Loss, ...] = Field(description="in running order")

    def __repr__(self) -> str:
        return f"Axis({' and '.join(self.dimensions)}: {self.accepted.text})"


class Sizes(BaseModel):
    """The input sizes that a network accepts, every one from `start` to `up_to` tried."""

    model_config = ConfigDict(frozen=True)

    network: str
    inputs: tuple[str, ...] = Field(description="those that vary, together")
    shape: Shape = Field(description="of the (first) input")
    start: int = Field(description="1, unless trying all takes more than the limit `tried_steps`")
    up_to: int
    work: int = Field(description="what this limit must allow for all sizes from 1")
    axes: tuple[Axis, ...] = Field(description="dimensions together first, then each alone")


def sizes(
    program: Program,
    trial: Trial,
    most: int,
    *,
    vary: str | None = None,
    up_to: int | None = None,
) -> Sizes:
    """All sizes of the network's input from 1 to `up_to`.

    `trial` elaborates the network for the shapes of inputs by name. `vary` names the one input
    that varies; without it all that have the sizes of the first do. By default the range ends at
    256, or beyond the network's own size; it is narrower where more than `most` steps would have
    to be elaborated. Raises `NothingToVary`, and `TooManySizes` where `up_to` asks for more.
    """
    search = _Search(program, trial)
    axes = varied(program, search.probe, vary)
    largest = max(axis.own for axis in axes)
    steps = sum(1 for _ in different_steps(program.root))  # of equal blocks once
    work = max(steps, 1) * len(axes)
    end = up_to or max(LEAST, min(largest + BEYOND, MOST))
    if up_to and up_to * work > most:
        raise TooManySizes(_too_many(program.name, up_to, work, most))
    tried = _affordable(end, largest, most // work)
    names = dict.fromkeys(name for axis in axes for name in axis.names)
    return Sizes(
        network=program.name,
        inputs=tuple(names),
        shape=axes[0].inputs[0].type.shape,
        start=tried[0],
        up_to=tried[-1],
        work=end * work,
        axes=tuple(search.axis(axis, tried) for axis in axes),
    )


def _affordable(end: int, own: int, count: int) -> range:
    """All sizes up to an end; if they are more than `count`, that many around the network's own."""
    if count >= end:
        return range(1, end + 1)
    count = max(count, 1)
    last = min(max(own + count // 2, count), end)
    return range(last - count + 1, last + 1)


def _too_many(name: str, up_to: int, work: int, most: int) -> str:
    return (
        f"to try {up_to:,} sizes of `{name}` is {up_to * work:,} steps of work, and the limit "
        f"`tried_steps` allows {most:,}: give a smaller --up-to, none for the sizes around the "
        f"network's own, or --limit tried_steps={up_to * work}"
    )


# --- trying -----------------------------------------------------------------------------------


class _Cause(Struct, frozen=True):
    """The cause of a refused size; causes with the same `place` are one."""

    place: object
    path: str
    span: Span
    message: str
    arithmetic: str = ""


class _Search:
    """The trials of one network; what was seen of a block is remembered from size to size."""

    def __init__(self, program: Program, trial: Trial) -> None:
        self.program = program
        self.trial = trial
        self.size_specific = SizeSpecific(program.root)
        self.unread = UnreadPixels()

    def probe(self, axis: Varied) -> bool:
        """True where the network takes some other size along the dimensions."""
        return any(isinstance(self._verdict(shapes), Program) for shapes in axis.nearby())

    def axis(self, axis: Varied, tried: range) -> Axis:
        """Every size of these dimensions, all of them the same."""
        own = axis.own
        verdicts = {size: self._verdict(axis.resized(size)) for size in tried}
        programs = {size: v for size, v in verdicts.items() if isinstance(v, Program)}
        causes = {size: v for size, v in verdicts.items() if isinstance(v, _Cause)}
        looked_at = axis.dimensions if axis.inputs[0].type.rank > 2 else None
        lost = {size: self.unread.of(p.root, looked_at) for size, p in programs.items()}
        accepted = _set(programs, tried)
        return Axis(
            dimensions=axis.dimensions,
            own=own,
            accepted=accepted,
            smallest=accepted.smallest if tried[0] == 1 else None,
            whole=_set((size for size in programs if not lost[size]), tried),
            as_compiled=_set((s for s, p in programs.items() if self._fits(p)), tried),
            refusals=tuple(_refusals(causes, own, tried)),
            losses=tuple(_losses(lost, own, tried)),
        )

    def _fits(self, program: Program) -> bool:
        return self.size_specific.fits(program.root)

    def _verdict(self, shapes: Mapping[str, Shape]) -> Program | _Cause:
        tried = self.trial(shapes)
        if isinstance(tried, Diagnostic):
            return _mistake(tried)
        other = self.size_specific.other_shape(tried.root)
        if other is None:
            return tried
        return _Cause(other.path, other.path, other.step.span, other.message)


def _set(members: Iterable[int], tried: range) -> SizeSet:
    return size_set(members, tried[-1], tried[0])


def _refusals(causes: dict[int, _Cause], own: int, tried: range) -> Iterator[Refusal]:
    groups: dict[object, list[int]] = {}
    for size, cause in causes.items():
        groups.setdefault(cause.place, []).append(size)
    for members in sorted(groups.values(), key=max, reverse=True):
        at = _nearest(members, own)
        cause = causes[at]
        yield Refusal(
            sizes=_set(members, tried),
            path=cause.path,
            step=excerpt(cause.span),
            line=cause.span.line,
            at=at,
            message=cause.message,
            arithmetic=cause.arithmetic,
        )


def _losses(lost: dict[int, tuple[Unread, ...]], own: int, tried: range) -> Iterator[Loss]:
    by_step: dict[str, dict[int, Unread]] = {}
    for size, steps in lost.items():
        for step in steps:
            by_step.setdefault(step.path, {})[size] = step
    for path, losses in by_step.items():
        at = _nearest(losses, own)
        yield Loss(
            sizes=_set(losses, tried),
            path=path,
            step=losses[at].step,
            line=losses[at].line,
            dimensions=losses[at].dimensions,
            at=at,
            unread=losses[at].count,
            arithmetic=losses[at].arithmetic,
        )


def _mistake(diagnostic: Diagnostic) -> _Cause:
    span = diagnostic.primary.span
    return _Cause(
        (span.source, span.start, diagnostic.code, diagnostic.path),
        _instance(diagnostic),
        span,
        diagnostic.message,
        "; ".join(diagnostic.arithmetic),
    )


def _instance(diagnostic: Diagnostic) -> str:
    """`layer2.0 (bottleneck)`; empty for one of the network's own steps."""
    return diagnostic.path.partition(" / ")[2]


def _nearest(members: Iterable[int], own: int) -> int:
    return min(members, key=lambda size: (abs(size - own), size))
