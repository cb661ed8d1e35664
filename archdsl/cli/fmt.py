"""`archdsl fmt`: files in their canonical layout, each rewritten whole or left alone."""

import os
import sys
from argparse import Namespace
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

from archdsl import driver
from archdsl.base.diagnostics import Diagnostic
from archdsl.base.escape import visible
from archdsl.base.files import Unwritable, write_whole
from archdsl.base.labels import Severity
from archdsl.base.quantities import counted
from archdsl.base.source import Source
from archdsl.cli.diagnose import complain
from archdsl.cli.folders import specs_in
from archdsl.cli.parser import Parser
from archdsl.cli.shapes import with_shapes
from archdsl.cli.terminal import Stop, name_stdin, say
from archdsl.semantics.names.linked_files import Unreadable
from archdsl.syntax.fmt import Unfaithful, fmt
from archdsl.syntax.parse import parse


class FileState(Enum):
    SAME = "is formatted already"
    CHANGED = "was formatted, or would be"
    FAULTY = "cannot be formatted"


class HasErrors(Exception):
    """A file with errors."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        self.diagnostics = diagnostics


def declare(parser: Parser) -> None:
    parser.add_argument(
        "files", nargs="+", metavar="FILE", help="FILE.arch, a folder, or - for standard input"
    )
    parser.add_argument(
        "--check", action="store_true", help="change nothing; list the files that would change"
    )
    parser.add_argument(
        "--shapes", action="store_true", help="write the shapes behind the lines of networks"
    )
    parser.add_stdin_filename()
    parser.add_diagnostics()


def run(arguments: Namespace) -> int:
    """Formats every file; misuse and faults of one leave the others to be done."""
    name_stdin(arguments.files, arguments)
    outcomes: list[FileState] = []
    status = 0
    for path in list(_paths(arguments.files)):
        try:
            outcomes.append(_one(path, arguments))
        except Stop as stop:
            say(f"archdsl: {stop}")
            status = max(status, stop.status)
        except HasErrors as refused:
            complain(refused.diagnostics, arguments.json)
            outcomes.append(FileState.FAULTY)
    return max(status, _report(outcomes, arguments.check))


def _report(outcomes: list[FileState], check: bool) -> int:
    """Says why the status is not 0, where it is not."""
    changed, faulty = outcomes.count(FileState.CHANGED), outcomes.count(FileState.FAULTY)
    if check and changed:
        verb = "is" if changed == 1 else "are"
        say(f"archdsl: {counted(changed, 'file')} {verb} not formatted; `archdsl fmt` does it")
    if faulty:
        verbs = "has errors and is" if faulty == 1 else "have errors and are"
        say(f"archdsl: {counted(faulty, 'file')} {verbs} left alone")
    return int(bool(faulty or (check and changed)))


# --- files -----------------------------------------------------------------------------------


def _paths(given: list[str]) -> Iterator[Path | None]:
    """Every file once, those of folders in order; None is standard input."""
    seen: set[str] = set()
    for name in given:
        if name == "-":
            yield None
            continue
        path = Path(name)
        files = specs_in(path) if os.path.isdir(name) else [path]
        if not files:
            raise Stop(f"there is no .arch file in {path}")
        for file in files:
            place = os.path.realpath(file)
            if place not in seen:
                seen.add(place)
                yield file


def _one(path: Path | None, arguments: Namespace) -> FileState:
    spec, before = _from_stdin(arguments.stdin_filename) if path is None else _from_file(path)
    after = _formatted(spec, arguments.shapes)
    outcome = FileState.SAME if after.encode() == before else FileState.CHANGED
    if path is None and not arguments.check:
        sys.stdout.write(after)
    elif outcome is FileState.CHANGED:
        if path is not None and not arguments.check:
            _write(path, after)
        print(visible(spec.source.name))
    return outcome


def _from_stdin(name: str | None) -> tuple[driver.Spec, bytes]:
    try:
        before = driver.stdin_bytes()
    except driver.Misuse as misuse:
        raise Stop(str(misuse)) from None
    text = driver.decoded(before)
    if isinstance(text, Unreadable):
        raise Stop(f"cannot read standard input: {text.reason}")
    return driver.find("-", stdin=text, name=name), before


def _from_file(path: Path) -> tuple[driver.Spec, bytes]:
    text = driver.read_text(path)
    if isinstance(text, Unreadable):
        raise Stop(f"cannot read {path}: {text.reason}")
    spec = driver.Spec(Source(str(path), text), path.parent, None, path.stem)
    return spec, path.read_bytes()


def _write(path: Path, text: str) -> None:
    try:
        write_whole(path, text.encode())
    except Unwritable as error:
        raise Stop(str(error)) from None


# --- texts -----------------------------------------------------------------------------------


def _formatted(spec: driver.Spec, shapes: bool) -> str:
    source = spec.source
    if shapes:
        source, errors = with_shapes(spec)
        _refuse(errors)
    parsed = parse(source)
    _refuse(parsed.diagnostics)
    try:
        return fmt(parsed)
    except Unfaithful as fault:
        raise Stop(f"{fault}, which is a fault of archdsl; it is left as it was", 1) from None


def _refuse(diagnostics: tuple[Diagnostic, ...]) -> None:
    errors = tuple(d for d in diagnostics if d.severity is Severity.ERROR)
    if errors:
        raise HasErrors(errors)
