"""The result of reading a source."""

from msgspec import Struct

from archdsl.base.diagnostics import Diagnostic
from archdsl.base.labels import Severity
from archdsl.base.source import Span
from archdsl.syntax import tree


class Parsed(Struct, frozen=True):
    """The tree of the lines that could be read, the mistakes in the rest, and the comments."""

    file: tree.File
    diagnostics: tuple[Diagnostic, ...]
    comments: tuple[Span, ...] = ()

    @property
    def ok(self) -> bool:
        return not any(d.severity is Severity.ERROR for d in self.diagnostics)
