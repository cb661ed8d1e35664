"""The themes of figures as variables of a style sheet: light, and dark where the system is."""

from collections.abc import Iterator

from archdsl.backends.figure.themes import Theme, theme
from archdsl.transforms.picture import Tint


def colours() -> str:
    """Variables for each kind of box and each share, as the system or the reader wants them."""
    light, dark = ("; ".join(_variables(theme(name))) for name in ("color", "dark"))
    return (
        f":root {{ color-scheme: light; {light} }}\n"
        "@media (prefers-color-scheme: dark) {\n"
        f"  :root:not([data-theme=light]) {{ color-scheme: dark; {dark} }}\n}}\n"
        f":root[data-theme=dark] {{ color-scheme: dark; {dark} }}\n"
    )


def _variables(of: Theme) -> Iterator[str]:
    yield f"--paper: {of.background}; --ink: {of.ink}"
    yield f"--arrow: {of.arrow}; --skip: {of.skip}; --frame: {of.frame}"
    yield _tint("inset", of.inset, of)
    yield _tint("header", Tint(of.header, of.header), of)
    yield from (_tint(kind.name.lower(), tint, of) for kind, tint in of.tints.items())
    yield from (_tint(f"share{index}", tint, of) for index, tint in enumerate(of.shades))


def _tint(name: str, tint: Tint, of: Theme) -> str:
    ink = of.ink_on(tint.fill)
    return f"--{name}: {tint.fill}; --{name}-line: {tint.line}; --{name}-ink: {ink}"
