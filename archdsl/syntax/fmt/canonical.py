"""From the lines and comments of a source to its canonical text.

Says how deep each line stands, which blank lines stay, and where stated shapes are aligned.
"""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from archdsl.base.source import Source
from archdsl.syntax.fmt.brackets import read_line
from archdsl.syntax.fmt.canonical_quotes import plain_docstring
from archdsl.syntax.fmt.document import STEP, WIDTH, render
from archdsl.syntax.fmt.ownership import Owned, own
from archdsl.syntax.fmt.statements import lay_out_line
from archdsl.syntax.logical_lines import Layout

_TOGETHER = ("_FROM", "_FN", "_NETWORK")  # of one kind: may stand without a blank line between


class WrittenLine(Struct, frozen=True):
    """A line, or a comment that stands alone, as it will be written.

    `head` is the kind of its first token; `gap` says that a blank line stands before it; `shape`
    is what it states, where that is kept apart to be aligned; `remark` the comment behind it.
    """

    level: int
    head: str
    lines: tuple[str, ...]
    gap: bool
    shape: str = ""
    remark: str = ""

    @property
    def is_comment(self) -> bool:
        return self.head == "COMMENT"

    @property
    def width(self) -> int:
        return len(self.lines[-1])


def write(source: Source, layout: Layout) -> str:
    """The canonical text of a source that has no mistakes."""
    entries = [_entry(source, owned) for owned in own(source, layout)]
    entries = [replace(e, gap=_gap(entries, place)) for place, e in enumerate(entries)]
    return "".join(_text(entry) for run in _runs(entries) for entry in _aligned(run))


def _text(entry: WrittenLine) -> str:
    *before, last = entry.lines
    lines = [*before, f"{last}  {entry.remark}" if entry.remark else last]
    return "\n" * entry.gap + "".join(f"{line}\n" for line in lines)


def _entry(source: Source, owned: Owned) -> WrittenLine:
    indent, remark = STEP * owned.level, owned.behind
    if owned.line is None:
        return WrittenLine(owned.level, "COMMENT", (" " * indent + remark,), owned.gap)
    head = owned.line.head
    if head.type == "DOCSTRING":
        lines = plain_docstring(head, indent)
        return WrittenLine(owned.level, head.type, tuple(lines), owned.gap, "", remark)
    made = lay_out_line(read_line(source, owned.line.tokens, list(owned.inside)))
    code, shape = render(made.code, indent), ""
    if made.shape is not None:
        whole = render((made.code, "  :: ", made.shape), indent)
        if len(whole) == 1:
            shape = whole[0][len(code[0]) + 2 :]
        else:
            code = whole
    return WrittenLine(owned.level, head.type, tuple(code), owned.gap, shape, remark)


# --- blank lines -----------------------------------------------------------------------------


def _gap(entries: list[WrittenLine], place: int) -> bool:
    """True where a blank line comes before an entry: as written, and between declarations."""
    if place == 0:
        return False
    above, entry = entries[place - 1], entries[place]
    if above.level < entry.level:
        return False
    if entry.gap or entry.level > 0:
        return entry.gap
    if above.level > 0:
        return True
    led = _led(entries, place)
    together = led.head == above.head and led.head in _TOGETHER
    return not (above.is_comment or led.is_comment or together)


def _led(entries: list[WrittenLine], place: int) -> WrittenLine:
    """The declaration that a run of comments leads to; its last comment if it leads to none."""
    while entries[place].is_comment and place + 1 < len(entries):
        below = entries[place + 1]
        if below.gap or below.level > 0:
            break
        place += 1
    return entries[place]


# --- shapes ----------------------------------------------------------------------------------


def _runs(entries: list[WrittenLine]) -> Iterator[list[WrittenLine]]:
    """Entries of one level with neither a blank line nor another level between them."""
    run: list[WrittenLine] = []
    for entry in entries:
        if run and (entry.gap or entry.level != run[-1].level):
            yield run
            run = []
        run.append(entry)
    if run:
        yield run


def _aligned(run: list[WrittenLine]) -> Iterator[WrittenLine]:
    """The entries of a run with their shapes below one another."""
    column = _column([entry for entry in run if entry.shape])
    for entry in run:
        if entry.shape:
            line = entry.lines[-1].ljust(column - 2) + f"  {entry.shape}"
            entry = replace(entry, lines=(line,), shape="")
        yield entry


def _column(shaped: list[WrittenLine]) -> int:
    """Two blanks behind the widest line after which all narrower ones can have their shapes."""
    for widest in sorted({entry.width for entry in shaped}, reverse=True):
        longest = max(len(entry.shape) for entry in shaped if entry.width <= widest)
        if widest + 2 + longest <= WIDTH:
            return widest + 2
    return 0
