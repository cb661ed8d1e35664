"""What reading a source gives."""

from msgspec import Struct

from archdsl.base.diagnostics import Diagnostic
from archdsl.base.labels import Severity
from archdsl.base.source import Span
from archdsl.syntax import tree


class Parsed(Struct, frozen=True):
    """What could be read of a source, what is wrong with the rest, and where its comments are."""

    file: tree.File
    diagnostics: tuple[Diagnostic, ...]
    comments: tuple[Span, ...] = ()

    @property
    def ok(self) -> bool:
        return not any(d.severity is Severity.ERROR for d in self.diagnostics)
