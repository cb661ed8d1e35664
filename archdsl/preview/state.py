"""The contents of the page for a file: its network, the diagram to explore, audit, source, and
mistakes."""

from collections.abc import Callable
from html import escape
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from archdsl import driver
from archdsl.analyses.difference.report import difference
from archdsl.analyses.figures.report import audit
from archdsl.backends.audit.difference import render as render_difference
from archdsl.backends.audit.documents import html_table
from archdsl.backends.diagram_formats import draw
from archdsl.backends.figure import NotLaidOut
from archdsl.backends.python import emit
from archdsl.base.diagnostics import Diagnostic
from archdsl.base.labels import Severity
from archdsl.base.quantities import scaled
from archdsl.base.render import render
from archdsl.base.source import Source
from archdsl.base.stack import deep_recursion
from archdsl.driver import Loaded
from archdsl.ir.graph import Program
from archdsl.review import reviewed
from archdsl.semantics.reporter import Reporter


class ShownDiagnostic(Struct, frozen=True):
    """A diagnostic as the page shows it."""

    severity: str
    code: str
    text: str


class Changes(Struct, frozen=True):
    """The paths of steps that are not the same: in the network before, and now."""

    before: tuple[str, ...] = ()
    now: tuple[str, ...] = ()
    words: str = ""


class Shown(Struct, frozen=True):
    """One version of a file. The pictures of a version with mistakes are as far as it goes, or
    empty: the page keeps the last good ones and shows them grey."""

    network: str
    networks: tuple[str, ...]
    sound: bool
    headline: str
    findings: tuple[ShownDiagnostic, ...]
    drawing: str = ""
    file: str = ""  # the name of the text's own file, as the diagram has it
    before: str = ""  # the diagram of what it is compared with
    changes: Changes = Changes()
    sound_network: Loaded | None = None  # what its texts are made of


class Texts(Struct, frozen=True):
    """The audit and the source, which take longer than the diagram and are seen later."""

    table: str = ""
    source: str = ""


def texts(state: Shown) -> Texts:
    """The texts of a version; empty where it has a mistake."""
    loaded = state.sound_network
    if loaded is None or loaded.program is None:
        return Texts()
    table = html_table(audit(loaded.program), depth=1)
    return Texts(table, emit(loaded.program, siblings=loaded.siblings()))


Against = Callable[[str], Program | str]
"""Gives the network of a name to compare with, or why there is none."""


def shown(
    path: Path,
    network: str = "",
    text: str | None = None,
    against: Against | None = None,
    read: driver.Read = driver.read_text,
) -> Shown:
    """The state of a file now, or with another text; `network` is the one to take of several,
    `read` gives the texts of imports."""
    given = driver.read_text(path) if text is None else text
    if not isinstance(given, str):
        return _nothing(network, f"cannot read {path}: {given.reason}")
    spec = _spec(path, given)
    networks = _networks(spec, read)
    chosen = network if network in networks else next(iter(networks), None)
    try:
        loaded = reviewed(driver.run(replace(spec, network=chosen), {}, None, read=read))
    except driver.Misuse as misuse:
        return _nothing(network, str(misuse))
    diagnostics = tuple(map(_finding, loaded.diagnostics))
    listed = networks if len(networks) > 1 else ()
    if loaded.program is None or loaded.failed:
        drawing = _unfinished(loaded)
        return Shown(loaded.name, listed, False, loaded.name, diagnostics, drawing, file=str(path))
    program = loaded.program
    state = Shown(
        program.name,
        listed,
        True,
        _headline(program),
        diagnostics,
        _drawing(program),
        str(path),
        sound_network=loaded,
    )
    return state if against is None else _compared(state, program, against(program.name))


def _nothing(network: str, why: str) -> Shown:
    return Shown(network, (), False, "", (ShownDiagnostic("error", "", why),))


def _networks(spec: driver.Spec, read: driver.Read) -> tuple[str, ...]:
    """The networks of a text that can stand alone."""
    reporter = Reporter()
    with deep_recursion():
        module = driver.files(spec, reporter, driver.Imports(spec, read)).load(spec.source)
    if reporter.unreadable:
        return ()
    return tuple(name for name in driver.networks(module) if driver.complete(module, name))


def _compared(state: Shown, program: Program, before: Program | str) -> Shown:
    """The state with what it is compared with, and the steps that differ."""
    if isinstance(before, str):
        note = ShownDiagnostic("note", "", f"there is nothing to compare with: {before}")
        return replace(state, findings=(*state.findings, note))
    changed = difference(before, program)
    changes = Changes(
        tuple(step.path for step in changed.steps if step.path is not None),
        tuple(step.new_path for step in changed.steps if step.new_path is not None),
        render_difference(changed, "table"),
    )
    return replace(state, before=_drawing(before), changes=changes)


def files(path: Path) -> tuple[Path, ...]:
    """The files whose changes matter: the file itself and what it imports."""
    text = driver.read_text(path)
    return driver.files_behind(_spec(path, text)) if isinstance(text, str) else (path,)


def _spec(path: Path, text: str) -> driver.Spec:
    return driver.Spec(Source(str(path), text), path.parent, None, path.stem, path)


def _finding(diagnostic: Diagnostic) -> ShownDiagnostic:
    return ShownDiagnostic(diagnostic.severity.value, diagnostic.code, render(diagnostic))


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
