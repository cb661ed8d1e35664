"""Diagnostics on their way to the reader: as text, as JSON lines, or as GitHub's annotations."""

import sys
from collections.abc import Iterable
from typing import TextIO

from archdsl.base.diagnostics import Diagnostic
from archdsl.base.escape import json_text
from archdsl.base.labels import Severity
from archdsl.base.render import render, to_github, to_json
from archdsl.cli.terminal import colour


def show(diagnostics: Iterable[Diagnostic], format: str, stream: TextIO) -> None:
    """Prints each diagnostic in the format: `text`, `json` or `github`."""
    for diagnostic in diagnostics:
        print(_line(diagnostic, format, stream), file=stream)


def _line(diagnostic: Diagnostic, format: str, stream: TextIO) -> str:
    match format:
        case "json":
            return json_text(to_json(diagnostic))
        case "github":
            return to_github(diagnostic)
    return render(diagnostic, colour=colour(stream)) + "\n"


def errors(diagnostics: Iterable[Diagnostic]) -> int:
    return sum(d.severity is Severity.ERROR for d in diagnostics)


def complain(diagnostics: tuple[Diagnostic, ...], as_json: bool) -> None:
    """Prints diagnostics beside a result: on standard error."""
    show(diagnostics, "json" if as_json else "text", sys.stderr)
