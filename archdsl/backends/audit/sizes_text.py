"""The input sizes that a network accepts, as text."""

from collections.abc import Callable, Iterator, Sequence

from archdsl.analyses.input_sizes.report import Axis, Loss, Refusal, Sizes
from archdsl.backends.report_json import as_json
from archdsl.base.quantities import plural
from archdsl.ir.shape import format_shape

SHOWN = 6  # steps that a list of refusals or losses has
FEW = 2  # … for one dimension alone
ALONE = " alone"
BOLD, PLAIN = "\x1b[1m", "\x1b[0m"


FORMATS: dict[str, Callable[[Sizes, bool], str]] = {
    "table": lambda sizes, colour: as_table(sizes, colour=colour),
    "json": lambda sizes, _: as_json(sizes),
}


def render(sizes: Sizes, format: str, *, colour: bool = False) -> str:
    """The sizes in one of `FORMATS`."""
    if format not in FORMATS:
        raise ValueError(f"no format {format!r} of sizes")
    return FORMATS[format](sizes, colour)


def as_table(sizes: Sizes, *, colour: bool = False) -> str:
    """For a terminal: what holds for dimensions together and for each alone is told once."""
    names = "" if sizes.inputs == ("x",) else f" ({', '.join(sizes.inputs)})"
    shape = format_shape(sizes.shape)
    tried = f"every size from {sizes.start:,} to {sizes.up_to:,} tried"
    if sizes.start > 1:
        tried += f"; all from 1 with --limit tried_steps={sizes.work}"
    head = f"{sizes.network}: {shape}{names}, {tried}"
    parts = ["\n".join(_axis(axis, name, colour)) for axis, name in _told(sizes.axes)]
    return "\n\n".join([head, *parts]) + "\n"


def _told(axes: Sequence[Axis]) -> Iterator[tuple[Axis, str]]:
    """Each axis with its heading; one dimension alone only if it behaves in its own way."""
    for axis in axes:
        group = next(a for a in axes if set(axis.dimensions) <= set(a.dimensions))
        members = [a for a in axes if set(a.dimensions) < set(axis.dimensions)]
        name = " and ".join(axis.dimensions)
        if members and all(_alike(axis, member) for member in members):
            yield axis, f"{name}, together or each by itself"
        elif members:
            yield axis, f"{name} together"
        elif group is axis:
            yield axis, name
        elif not _all_alike(group, axes):
            yield axis, f"{name}{ALONE}"


def _all_alike(group: Axis, axes: Sequence[Axis]) -> bool:
    members = (a for a in axes if set(a.dimensions) < set(group.dimensions))
    return all(_alike(group, member) for member in members)


def _alike(a: Axis, b: Axis) -> bool:
    return (a.accepted, a.whole, a.as_compiled) == (b.accepted, b.whole, b.as_compiled)


def _axis(axis: Axis, heading: str, colour: bool) -> Iterator[str]:
    yield f"{BOLD}{heading}{PLAIN}" if colour else heading
    smallest = (
        f"; the smallest is {axis.smallest:,}" if axis.smallest and axis.accepted.count > 1 else ""
    )
    yield f"  accepted        {axis.accepted.text}{smallest}"
    yield f"  without a loss  {axis.whole.text if axis.losses else 'all of them'}"
    if axis.as_compiled != axis.accepted:
        yield f"  as compiled     {axis.as_compiled.text}; for the others compile with --input"
    shown = FEW if heading.endswith(ALONE) else SHOWN
    yield from _list("refused", [_refusal(r) for r in axis.refusals], shown)
    yield from _list("pixels lost", [_loss(loss) for loss in axis.losses], shown)


def _list(heading: str, rows: Sequence[tuple[str, ...]], shown: int) -> Iterator[str]:
    """Sizes with what becomes of them; of many steps the first, and how many there are."""
    width = max((len(sizes) for sizes, *_ in rows[:shown]), default=0)
    if rows:
        yield f"  {heading}"
    for sizes, first, *more in rows[:shown]:
        yield f"    {sizes:<{width}}  {first}"
        yield from (f"    {'':<{width}}  {line}" for line in more)
    if len(rows) > shown:
        others = "1 other step" if len(rows) == shown + 1 else f"{len(rows) - shown} other steps"
        yield f"    and by {others}, which --format json lists"


def _refusal(refusal: Refusal) -> tuple[str, ...]:
    instance = f"{refusal.path}: " if refusal.path else ""
    sum_ = f": {refusal.arithmetic}" if refusal.arithmetic else ""
    return (
        refusal.sizes.text,
        f"{instance}{refusal.step}, line {refusal.line}",
        f"at {refusal.at:,} {refusal.message}{sum_}",
    )


def _loss(loss: Loss) -> tuple[str, ...]:
    lost = " and ".join(_lines(loss.unread, name) for name in loss.dimensions)
    return (
        loss.sizes.text,
        f"{loss.path}: {loss.step}, line {loss.line}",
        f"at {loss.at:,} {lost} unread: {loss.arithmetic}",
    )


def _lines(count: int, dimension: str) -> str:
    """`1 row`, `2 columns`."""
    line = {"height": "row", "width": "column", "depth": "slice"}.get(dimension, "element")
    return f"{count:,} {plural(count, line)}"
