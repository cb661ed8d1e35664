"""The commands above a network. They give documents to show beside the text."""

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from archdsl import driver
from archdsl.analyses.difference.report import difference
from archdsl.analyses.figures.report import audit
from archdsl.backends.audit.difference import render as render_difference
from archdsl.backends.audit.formats import render as render_audit
from archdsl.backends.diagram_formats import ENDINGS, draw
from archdsl.backends.figure import NotLaidOut
from archdsl.backends.python import emit
from archdsl.base.diagnostics import Diagnostic
from archdsl.driver.before import committed
from archdsl.editing.analysis import Analysis
from archdsl.editing.offers import TITLES
from archdsl.ir.graph import Program


class Document(Struct, frozen=True):
    """A text to show; `ending` is that of a file of its kind."""

    title: str
    ending: str
    text: str


class CannotShow(Exception):
    """Raised where a command has nothing to show; the message says why."""


def drawn(analysis: Analysis, network: str) -> Document:
    """The diagram to explore."""
    try:
        page = draw(_loaded(analysis, network)[0], "html").decode()
    except NotLaidOut as why:
        raise CannotShow(str(why)) from None
    return Document(f"diagram of {network}", "html", page)


def exported(analysis: Analysis, network: str, path: Path) -> bytes:
    """The diagram in the format that a file's name ends in; of a network with a mistake as far as
    it goes. Without a name it is the only network of the text."""
    format = ENDINGS.get(path.suffix.lower())
    if format is None:
        raise CannotShow(f"{path.name} ends in none of {', '.join(ENDINGS)}")
    try:
        loaded = _whole(analysis, network or None)
        if loaded.known is None:
            raise CannotShow(_why(loaded.name, loaded.diagnostics))
        return draw(loaded.known, format, mistakes=loaded.ends)
    except (NotLaidOut, driver.Misuse) as why:
        raise CannotShow(str(why)) from None


def audited(analysis: Analysis, network: str) -> Document:
    """The table of figures."""
    return Document(
        f"audit of {network}", "txt", render_audit(audit(_program(analysis, network)), "table")
    )


def compiled(analysis: Analysis, network: str) -> Document:
    """The PyTorch source."""
    program, loaded = _loaded(analysis, network)
    return Document(f"PyTorch of {network}", "py", emit(program, siblings=loaded.siblings()))


def _loaded(analysis: Analysis, network: str) -> tuple[Program, driver.Loaded]:
    """The network of the text as a whole, of which its pieces are not told apart."""
    loaded = _whole(analysis, network)
    if loaded.program is None or loaded.failed:
        raise CannotShow(_why(network, loaded.diagnostics))
    return loaded.program, loaded


def _whole(analysis: Analysis, network: str | None) -> driver.Loaded:
    return driver.run(replace(analysis.spec, network=network), {}, None, read=analysis.read)


def compared(analysis: Analysis, network: str) -> Document:
    """The changes of a network since the last commit."""
    path = analysis.spec.path
    before = "it is no file" if path is None else committed(path, network)
    if isinstance(before, str):
        raise CannotShow(f"there is nothing to compare with: {before}")
    changes = difference(before, _program(analysis, network))
    return Document(f"{network} since HEAD", "txt", render_difference(changes, "table"))


def _program(analysis: Analysis, network: str) -> Program:
    if network not in analysis.networks:
        raise CannotShow(f"there is no network `{network}` that can stand alone")
    traced = analysis.trace(network)
    if traced.program is None or not traced.sound or not traced.program.root.results:
        raise CannotShow(_why(network, analysis.so_far))
    return traced.program


def _why(network: str, mistakes: tuple[Diagnostic, ...]) -> str:
    return f"`{network}` has a mistake" + (f": {mistakes[0].message}" if mistakes else "")


COMMANDS: dict[str, Callable[[Analysis, str], Document]] = dict(
    zip(TITLES, (drawn, audited, compiled, compared), strict=True)
)
