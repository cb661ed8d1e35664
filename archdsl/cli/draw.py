"""`archdsl draw`: the diagram, in the format that is asked for or that FILE's ending says.

A network with a mistake is drawn as far as it goes, and the mistake where it ends.
"""

import sys
from argparse import ArgumentTypeError, Namespace
from pathlib import Path
from typing import get_args

from archdsl.backends.diagram_formats import ENDINGS, FORMATS, NotOfFormat, draw
from archdsl.backends.figure import NoStyle, NotLaidOut
from archdsl.backends.figure.graphviz import start
from archdsl.backends.figure.style import DPI
from archdsl.backends.figure.themes import THEMES
from archdsl.base.exceptions import NotInstalled
from archdsl.base.font import NoFont
from archdsl.cli.parser import Parser
from archdsl.cli.result_files import deliver, delivered
from archdsl.cli.specs import load, settle
from archdsl.cli.terminal import Stop
from archdsl.transforms.picture import Heat
from archdsl.transforms.picture.drawing_parts import Direction
from archdsl.transforms.picture.paper import PAPERS


def declare(parser: Parser) -> None:
    parser.add_spec()
    parser.add_output()
    parser.add_watch()
    parser.add_argument(
        "--format", choices=tuple(FORMATS), help="default: by FILE's ending, or svg"
    )
    parser.add_argument(
        "--depth",
        type=_levels,
        default="auto",
        metavar="N",
        help="fold blocks below level N: 0 or more, all, or auto (default: by size)",
    )
    parser.add_argument(
        "--heat", choices=get_args(Heat), help="colour by the share of the network's"
    )
    parser.add_argument(
        "--direction",
        choices=get_args(Direction),
        default="TB",
        help="top to bottom, or left to right",
    )
    parser.add_argument("--title", metavar="TEXT", help="in the place of the name; '' for none")
    parser.add_argument("--no-legend", action="store_true", help="leave the legend out")
    parser.add_argument("--theme", choices=THEMES, help="the colours (default: color)")
    parser.add_argument(
        "--color",
        action="append",
        default=[],
        type=_painted,
        metavar="KIND=#RRGGBB",
        help="the fill of a kind of box, as the legend calls it (may be repeated)",
    )
    parser.add_argument("--font", metavar="FILE", help="a TrueType font (.ttf) for all words")
    parser.add_argument(
        "--page", choices=tuple(PAPERS), help="the page to print on (default: none)"
    )
    pixels = parser.add_mutually_exclusive_group()
    pixels.add_argument(
        "--scale",
        type=_factor,
        metavar="F",
        help="of a png: 1 is 96 pixels an inch (default: 2)",
    )
    pixels.add_argument("--dpi", type=_factor, metavar="N", help="pixels to an inch of a png")


def run(arguments: Namespace) -> int:
    """Writes the file, with `--watch` again and again."""
    return delivered(_once, arguments)


def _once(arguments: Namespace) -> int:
    format = arguments.format or _by_ending(arguments.output)
    kind = FORMATS[format]
    if not kind.text and arguments.output is None and sys.stdout.isatty():
        raise Stop(f"{format} is nothing for a terminal; give a file with -o")
    if kind.laid_out:
        start()  # while the spec is read
    loaded = load(arguments.spec, arguments)
    if loaded.known is not None:
        try:
            drawing = draw(
                loaded.known,
                format,
                depth=arguments.depth,
                direction=arguments.direction,
                heat=arguments.heat,
                title=arguments.title,
                legend=not arguments.no_legend,
                theme=arguments.theme,
                colors=dict(arguments.color) or None,
                font=arguments.font,
                page=arguments.page,
                scale=arguments.dpi / DPI if arguments.dpi is not None else arguments.scale,
                mistakes=loaded.ends,
            )
        except (NotLaidOut, NotOfFormat, NoStyle, NoFont, NotInstalled) as refused:
            raise Stop(str(refused)) from None
        deliver(drawing, arguments.output, format, arguments)
    settle(loaded, arguments)
    return 0


def _by_ending(path: str | None) -> str:
    if path is None or path == "-":
        return "svg"
    ending = Path(path).suffix.lower()
    if ending not in ENDINGS:
        what = f"no drawing ends in {ending}" if ending else f"{path} has no ending"
        raise Stop(f"{what}; use one of {', '.join(ENDINGS)}, or give the --format")
    return ENDINGS[ending]


def _levels(text: str) -> int | str | None:
    """Levels of blocks, `auto`, or None for `all`."""
    if text in ("all", "auto"):
        return None if text == "all" else text
    if not text.isdecimal():
        raise ArgumentTypeError(f"{text!r} is no whole number, all or auto")
    return int(text)


def _painted(text: str) -> tuple[str, str]:
    """A kind of box and its colour."""
    kind, sign, colour = text.partition("=")
    if not sign:
        raise ArgumentTypeError(f"{text!r} has no `=`; write convolution=#d3e5f5")
    return kind.strip(), colour.strip()


def _factor(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no number") from None
