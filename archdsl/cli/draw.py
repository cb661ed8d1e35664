"""`archdsl draw`: the diagram, in the format that is asked for or that FILE's ending says.

A network with a mistake is drawn as far as it goes, and the mistake where it ends.
"""

import sys
from argparse import Namespace
from pathlib import Path

from archdsl.backends.drawing import NotOfFormat, draw
from archdsl.backends.figure import FORMATS as PRINTED
from archdsl.backends.figure import NoStyle, NotLaidOut
from archdsl.backends.figure.graphviz import start
from archdsl.backends.figure.style import DPI
from archdsl.base.diagnostics import Diagnostic
from archdsl.base.font import NoFont
from archdsl.base.labels import Severity
from archdsl.cli.arguments import DRAWINGS
from archdsl.cli.files import deliver
from archdsl.cli.specs import load, settle
from archdsl.cli.terminal import Stop
from archdsl.driver import Loaded

ENDINGS = {**{f".{format}": format for format in DRAWINGS}, ".gv": "dot", ".mmd": "mermaid"}


def run(arguments: Namespace) -> int:
    format = arguments.format or _by_ending(arguments.output)
    if format in ("png", "pdf") and arguments.output is None and sys.stdout.isatty():
        raise Stop(f"{format} is nothing for a terminal; give a file with -o")
    if format in (*PRINTED, "html"):
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
                mistakes=_mistakes(loaded),
            )
        except (NotLaidOut, NotOfFormat, NoStyle, NoFont) as refused:
            raise Stop(str(refused)) from None
        deliver(drawing, arguments.output, format, arguments)
    settle(loaded, arguments)
    return 0


def _mistakes(loaded: Loaded) -> tuple[Diagnostic, ...]:
    """The errors that left the program unfinished; a broken promise leaves it whole."""
    if loaded.program is not None:
        return ()
    return tuple(d for d in loaded.diagnostics if d.severity is Severity.ERROR)


def _by_ending(path: str | None) -> str:
    if path is None or path == "-":
        return "svg"
    ending = Path(path).suffix.lower()
    if ending not in ENDINGS:
        what = f"no drawing ends in {ending}" if ending else f"{path} has no ending"
        raise Stop(f"{what}; use one of {', '.join(ENDINGS)}, or give the --format")
    return ENDINGS[ending]
