"""A sweep as a scatter plot in SVG: two objectives, the front in colour. The same bytes each time.

The axes are those of the first two objectives, or params and MACs; one whose values span more than
a factor of 20 is logarithmic. Colours are two of Okabe and Ito's, which all readers can tell apart.
"""

from collections.abc import Iterator, Sequence
from html import escape
from itertools import pairwise
from math import ceil, floor, hypot, log10

from msgspec import Struct

from archdsl.base.escape import visible
from archdsl.base.quantities import THOUSANDS
from archdsl.driver import Misuse
from archdsl.sweeps.documents import shown, summary
from archdsl.sweeps.report import Sweep
from archdsl.sweeps.variants import Variant

WIDTH, HEIGHT = 760, 500
LEFT, RIGHT, TOP, BOTTOM = 96, 28, 48, 60
LOGARITHMIC = 20  # from this ratio of the largest value to the smallest
FRONT, OTHER, INK, GRID = "#0072b2", "#b3b9c2", "#1c2330", "#e3e7ee"
LABELS = 12  # of the front
LETTER = 6.2  # width of a letter of 11 px, roughly

Box = tuple[float, float, float, float]


def as_svg(sweep: Sweep) -> str:
    """The plot; raises `Misuse` where there is nothing that could be plotted."""
    x_name, y_name = _axes(sweep)
    variants = sweep.fitting
    if not variants:
        raise Misuse("there is nothing to plot: no variant is left")
    x = _Scale.of([_number(v, x_name) for v in variants], LEFT, WIDTH - RIGHT)
    y = _Scale.of([_number(v, y_name) for v in variants], HEIGHT - BOTTOM, TOP)
    varied = [name for name, values in sweep.axes.items() if len(values) > 1]
    dots = [
        _Dot(v, _label(v, varied), x(_number(v, x_name)), y(_number(v, y_name))) for v in variants
    ]
    others = [dot for dot in dots if not dot.variant.front]
    parts = [
        *_frame(sweep, x_name, y_name),
        *(_tick_x(x(value), text) for value, text in x.ticks()),
        *(_tick_y(y(value), text) for value, text in y.ticks()),
        *map(_circle, others),
        *_front(sorted((d for d in dots if d.variant.front), key=lambda d: (d.x, d.y)), others),
    ]
    return "\n".join([_OPENING, *parts, "</svg>", ""])


_OPENING = (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
    f'height="{HEIGHT}" font-family="Helvetica, Arial, sans-serif" font-size="12" fill="{INK}">\n'
    f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>'
)


class _Dot(Struct, frozen=True):
    variant: Variant
    label: str
    x: float
    y: float


class _Scale(Struct, frozen=True):
    """From values to places between `begin` and `end`."""

    low: float
    high: float
    begin: float
    end: float
    logarithmic: bool

    @classmethod
    def of(cls, values: Sequence[float], begin: float, end: float) -> "_Scale":
        """A scale with some air around the values."""
        low, high = min(values), max(values)
        logarithmic = low > 0 and high / low > LOGARITHMIC
        if logarithmic:
            low, high = log10(low), log10(high)
        air = (high - low) * 0.07 or abs(high) * 0.05 or 1.0
        return cls(low - air, high + air, begin, end, logarithmic)

    def __call__(self, value: float) -> float:
        at = log10(value) if self.logarithmic else value
        return self.begin + (at - self.low) / (self.high - self.low) * (self.end - self.begin)

    def ticks(self) -> list[tuple[float, str]]:
        """Round values inside the scale, about six, and how they are written."""
        if self.logarithmic:
            powers = range(floor(self.low), ceil(self.high) + 1)
            steps = (1, 2, 5) if self.high - self.low < 2.5 else (1,)
            marks = (step * 10.0**power for power in powers for step in steps)
            return [(m, _written(m, m)) for m in marks if self.low <= log10(m) <= self.high]
        step = _round_step((self.high - self.low) / 6)
        values = [k * step for k in range(ceil(self.low / step), floor(self.high / step) + 1)]
        largest = max(map(abs, values), default=step)
        return [(value, _written(value, step, largest)) for value in values]


def _round_step(rough: float) -> float:
    """The next 1, 2 or 5 times a power of ten."""
    power = 10.0 ** floor(log10(rough))
    return next(power * step for step in (1, 2, 5, 10) if power * step >= rough * 0.999)


def _axes(sweep: Sweep) -> tuple[str, str]:
    """The names of the figures or parameters along the axes."""
    names = [objective.partition(":")[0] for objective in sweep.pareto]
    names += [name for name in sweep.figures if name not in names and name != "output"]
    if len(names) < 2:
        raise Misuse("a plot has two axes: name two objectives with --pareto")
    return names[0], names[1]


def _number(variant: Variant, name: str) -> float:
    value = variant.number_of(name)
    if value is None:
        raise Misuse(f"`{name}` is no number, and has no place on an axis")
    return value


# --- parts -------------------------------------------------------------------------------------


def _frame(sweep: Sweep, x_name: str, y_name: str) -> Iterator[str]:
    """The title and the names of the axes."""
    condition = f", where {sweep.where}" if sweep.where else ""
    yield _text(LEFT, 20, f"{sweep.network}{condition}", size=15, weight=600)
    yield _text(LEFT, 38, summary(sweep), size=11)
    yield _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 16, x_name, anchor="middle", size=13)
    middle = (TOP + HEIGHT - BOTTOM) / 2
    yield _text(18, middle, y_name, anchor="middle", size=13, turned=True)


def _tick_x(x: float, text: str) -> str:
    line = f'<path d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="{GRID}"/>'
    return line + _text(x, HEIGHT - BOTTOM + 18, text, anchor="middle")


def _tick_y(y: float, text: str) -> str:
    line = f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="{GRID}"/>'
    return line + _text(LEFT - 8, y + 4, text, anchor="end")


def _front(dots: Sequence[_Dot], others: Sequence[_Dot]) -> Iterator[str]:
    """The front as a line with dots, and what some of its variants are where there is room."""
    if len(dots) > 1:
        points = " ".join(f"{dot.x:.1f},{dot.y:.1f}" for dot in dots)
        yield f'<polyline points="{points}" fill="none" stroke="{FRONT}" stroke-width="1.5"/>'
    for dot in dots:
        yield _circle(dot)
    taken: list[Box] = [(d.x - 5, d.y - 5, d.x + 5, d.y + 5) for d in (*dots, *others)]
    taken += [(x, y, x, y) for a, b in pairwise(dots) for x, y in _along(a, b)]
    for dot in _spread(dots):
        placed = _placed(dot, dot.label, taken)
        if placed is not None:
            x, y, box = placed
            taken.append(box)
            yield _text(x, y, dot.label, size=11)


def _along(a: _Dot, b: _Dot) -> Iterator[tuple[float, float]]:
    """Places on the line between two dots, close to each other."""
    steps = int(hypot(b.x - a.x, b.y - a.y) / 4) + 1
    for k in range(steps):
        yield a.x + (b.x - a.x) * k / steps, a.y + (b.y - a.y) * k / steps


def _spread(dots: Sequence[_Dot]) -> list[_Dot]:
    """Both ends and some in between: as many as there are labels."""
    if len(dots) <= LABELS:
        return list(dots)
    return [dots[k * (len(dots) - 1) // (LABELS - 1)] for k in range(LABELS)]


def _placed(dot: _Dot, label: str, taken: Sequence[Box]) -> tuple[float, float, Box] | None:
    """The place of a label beside its dot, over nothing else; None where there is none."""
    wide = len(label) * LETTER
    for x, y in (
        (dot.x + 8, dot.y + 4),
        (dot.x + 6, dot.y + 17),
        (dot.x + 6, dot.y - 8),
        (dot.x - 8 - wide, dot.y + 4),
        (dot.x - 6 - wide, dot.y - 8),
        (dot.x - 6 - wide, dot.y + 17),
    ):
        box = (x, y - 10, x + wide, y + 3)
        inside = box[0] > LEFT and box[2] < WIDTH - 4 and box[1] > TOP and box[3] < HEIGHT - BOTTOM
        if inside and not any(_overlap(box, other) for other in taken):
            return x, y, box
    return None


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _circle(dot: _Dot) -> str:
    """A variant, which says what it is when pointed at."""
    colour, radius = (FRONT, 4.5) if dot.variant.front else (OTHER, 3)
    figures = ", ".join(f"{name} {shown(value)}" for name, value in dot.variant.figures.items())
    said = escape(f"{dot.label}: {figures}")
    place = f'cx="{dot.x:.1f}" cy="{dot.y:.1f}"'
    return f'<circle {place} r="{radius}" fill="{colour}"><title>{said}</title></circle>'


def _label(variant: Variant, names: Sequence[str]) -> str:
    """The parameters that tell a variant from the others: `width=1.5, depth=2`."""
    return ", ".join(f"{name}={shown(variant.parameters[name])}" for name in names)


def _written(value: float, step: float, largest: float = 0.0) -> str:
    """`12.5M`, `0.25`, `0`: in the unit of the largest, with the digits that the step needs."""
    power = min(max(int(log10(max(largest, abs(value), 1.0)) / 3), 0), len(THOUSANDS) - 1)
    unit = 1000.0**power
    decimals = max(0, -floor(log10(step / unit) + 1e-9))
    number = f"{abs(value) / unit:.{decimals}f}"
    if float(number) == 0:
        return "0"
    return f"{'−' if value < 0 else ''}{number}{THOUSANDS[power]}"


def _text(
    x: float,
    y: float,
    text: str,
    *,
    anchor: str = "start",
    size: int = 12,
    weight: int = 400,
    turned: bool = False,
) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}"'
    look = f'text-anchor="{anchor}" font-size="{size}" font-weight="{weight}"'
    turn = f' transform="rotate(-90 {x:.1f} {y:.1f})"' if turned else ""
    return f"<text {place} {look}{turn}>{escape(visible(text))}</text>"
