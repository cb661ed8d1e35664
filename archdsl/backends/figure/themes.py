"""The colours of a figure: a theme's name and the colours a user wants → a colour for each part."""

from collections.abc import Mapping
from typing import Literal, get_args

from msgspec import Struct
from msgspec.structs import replace as _with

from archdsl.transforms.picture.drawing_parts import SHADES, TINTS, Kind, Node, Role, Tint

ThemeName = Literal["color", "paper", "mono", "dark"]
THEMES: tuple[ThemeName, ...] = get_args(ThemeName)
WHITE, BLACK, NIGHT = "#ffffff", "#000000", "#0f172a"
READABLE = 4.5  # the least contrast of words, by WCAG 2
GREYS = {  # in print without colours: the heavier the work, the darker
    Kind.ATTENTION: "#bdbdbd",
    Kind.LINEAR: "#cccccc",
    Kind.CONVOLUTION: "#dedede",
    Kind.BLOCK: "#ebebeb",
    Kind.POOLING: "#f4f4f4",
    Kind.REDUCTION: "#f4f4f4",
}


class Theme(Struct, frozen=True):
    """A colour for each part of a figure; `background` is empty where paper shines through."""

    background: str
    ink: str
    arrow: str
    frame: str
    inset: Tint
    header: str
    tints: Mapping[Kind, Tint]
    shades: tuple[Tint, ...]

    def tint(self, node: Node) -> Tint:
        if node.shade is not None:
            return self.shades[node.shade]
        if node.role is Role.HEADER:
            return Tint(self.header, self.header)
        return self.tints[node.kind]

    def ink_on(self, fill: str) -> str:
        """The colour of words on a fill: the theme's, or what can be read where that cannot."""
        if contrast(self.ink, fill) >= READABLE:
            return self.ink
        return max((BLACK, WHITE), key=lambda ink: contrast(ink, fill))

    @property
    def skip(self) -> str:
        """The colour of arcs past other steps, and of where they end."""
        return self.tints[Kind.MERGE].line


COLOR = Theme(
    background=WHITE,
    ink="#1e293b",
    arrow="#64748b",
    frame="#94a3b8",
    inset=Tint("#fafafa", "#cbd5e1"),
    header="#dde3ec",
    tints=TINTS,
    shades=tuple(shade.tint for shade in SHADES),
)


def theme(name: ThemeName, colours: Mapping[Kind, str] | None = None) -> Theme:
    """A theme by its name, with other fills for some kinds of box."""
    base = _named(name)
    fills = {kind: _filled(fill, base) for kind, fill in (colours or {}).items()}
    return _with(base, tints={**base.tints, **fills}) if fills else base


def _named(name: ThemeName) -> Theme:
    match name:
        case "color":
            return COLOR
        case "paper":
            return _paper()
        case "mono":
            return _mono()
        case "dark":
            return _dark()


def _paper() -> Theme:
    """White boxes with coloured borders, to be printed."""
    tints = {kind: Tint(WHITE, tint.line) for kind, tint in TINTS.items()}
    inset = Tint(WHITE, COLOR.frame)
    return _with(COLOR, ink=BLACK, arrow="#333333", inset=inset, header="#eeeeee", tints=tints)


def _mono() -> Theme:
    """Greys alone."""
    tints = {kind: Tint(GREYS.get(kind, WHITE), "#333333") for kind in Kind}
    return _with(
        COLOR,
        ink=BLACK,
        arrow="#555555",
        frame="#999999",
        inset=Tint(WHITE, "#999999"),
        header="#e4e4e4",
        tints=tints,
        shades=tuple(Tint(_grey(shade.tint.fill), "#333333") for shade in SHADES),
    )


def _dark() -> Theme:
    """Light on dark, for slides."""
    tints = {kind: _night(tint.line) for kind, tint in TINTS.items()}
    return _with(
        COLOR,
        background=NIGHT,
        ink="#f1f5f9",
        arrow="#94a3b8",
        frame="#475569",
        inset=Tint("#162033", "#334155"),
        header="#27344a",
        tints=tints,
        shades=tuple(_night(shade.tint.fill) for shade in SHADES),
    )


def _night(colour: str) -> Tint:
    return Tint(mixed(colour, NIGHT, 0.4), mixed(colour, WHITE, 0.55))


def _filled(fill: str, within: Theme) -> Tint:
    """A user's fill with a border of the same hue that is told from it."""
    return Tint(fill, mixed(fill, within.ink, 0.45))


def mixed(a: str, b: str, part: float) -> str:
    """A mixture: a part of one colour, the rest of another."""
    pairs = zip(_parts(a), _parts(b), strict=True)
    return "#" + "".join(f"{round(x * part + y * (1 - part)):02x}" for x, y in pairs)


def contrast(a: str, b: str) -> float:
    """The contrast of two colours, from 1 to 21, as WCAG 2 defines it."""
    dark, light = sorted(map(_luminance, (a, b)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = (part / 255 for part in _parts(colour))
    linear = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _grey(colour: str) -> str:
    red, green, blue = _parts(colour)
    level = round(0.299 * red + 0.587 * green + 0.114 * blue)
    return f"#{level:02x}{level:02x}{level:02x}"


def _parts(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))
