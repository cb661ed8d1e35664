"""The contents of the page for a file: its network, the diagram to explore, audit, source, and
mistakes."""

from html import escape
from pathlib import Path

from msgspec import Struct

from archdsl import driver
from archdsl.analyses.figures.report import audit
from archdsl.backends.audit.documents import html_table
from archdsl.backends.drawing import draw
from archdsl.backends.figure import NotLaidOut
from archdsl.backends.python import emit
from archdsl.base.diagnostics import Diagnostic
from archdsl.base.labels import Severity
from archdsl.base.quantities import scaled
from archdsl.base.render import render
from archdsl.driver import Loaded
from archdsl.ir.graph import Program
from archdsl.review import reviewed


class Finding(Struct, frozen=True):
    """A diagnostic as the page shows it."""

    severity: str
    code: str
    text: str


class Shown(Struct, frozen=True):
    """One version of a file. The pictures of a version with mistakes are as far as it goes, or
    empty: the page keeps the last good ones and shows them grey."""

    network: str
    networks: tuple[str, ...]
    sound: bool
    headline: str
    findings: tuple[Finding, ...]
    drawing: str = ""
    table: str = ""
    source: str = ""


def shown(path: Path, network: str = "") -> Shown:
    """The state of a file now; `network` is the one to take of several."""
    spec = f"{path}:{network}" if network else str(path)
    try:
        networks = tuple(part.rpartition(":")[2] for part in driver.parts(str(path)) if ":" in part)
        if network and network not in networks:
            return shown(path)
        if not network and len(networks) > 1:
            return shown(path, networks[0])
        loaded = reviewed(driver.load(spec))
    except driver.Misuse as misuse:
        return Shown(network, (), False, "", (Finding("error", "", str(misuse)),))
    found = tuple(map(_finding, loaded.diagnostics))
    if loaded.program is None or loaded.failed:
        return Shown(loaded.name, networks, False, loaded.name, found, _unfinished(loaded))
    program = loaded.program
    return Shown(
        program.name,
        networks,
        True,
        _headline(program),
        found,
        _drawing(program),
        html_table(audit(program), depth=1),
        emit(program, siblings=loaded.siblings()),
    )


def files(path: Path) -> tuple[Path, ...]:
    """The files whose changes matter: the file itself and what it imports."""
    try:
        loaded = driver.load((driver.parts(str(path)) or (str(path),))[0])
    except driver.Misuse:
        return (path,)
    return tuple(dict.fromkeys((path, *(place for place, _ in loaded.files))))


def _finding(diagnostic: Diagnostic) -> Finding:
    return Finding(diagnostic.severity.value, diagnostic.code, render(diagnostic))


def _headline(program: Program) -> str:
    from archdsl.analyses.figures.costs import costs

    total = costs(program).total
    return f"{program.name} · {total.params:,} params · {scaled(total.macs) or '0'} MACs"


def _unfinished(loaded: Loaded) -> str:
    """A network with mistakes as far as it goes."""
    errors = tuple(d for d in loaded.diagnostics if d.severity is Severity.ERROR)
    return "" if loaded.known is None else _drawing(loaded.known, errors)


def _drawing(program: Program, mistakes: tuple[Diagnostic, ...] = ()) -> str:
    try:
        return draw(program, "html", mistakes=mistakes).decode()
    except NotLaidOut as why:
        return f"<p>{escape(str(why))}</p>"
