"""Our own Markdown pages for a terminal: headings, aligned tables, indented code."""

import re
import textwrap
from collections.abc import Iterator
from itertools import groupby

BOLD, CODE, PLAIN = "\x1b[1m", "\x1b[36m", "\x1b[0m"
WIDTH = 100
_LINK = re.compile(r"\[([^]]+)\]\(([^)]+)\)")
_MARKED = re.compile(r"`([^`]+)`")


def for_terminal(page: str, *, colour: bool = False) -> str:
    """The page as plain or coloured text; the words stay as they are."""
    lines = [line for line in page.splitlines() if not line.startswith("<!--")]
    parts = _parts(lines)
    text = "\n".join(line for kind, group in parts for line in _PRINTERS[kind](group, colour))
    return text.strip("\n") + "\n"


def _parts(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Runs of lines of one kind: `code`, `table`, `heading` or `text`."""
    kinds, fenced = [], False
    for line in lines:
        fence = line.startswith("```")
        kinds.append("code" if fenced or fence else _kind(line))
        fenced ^= fence
    for kind, run in groupby(zip(kinds, lines, strict=True), key=lambda pair: pair[0]):
        yield kind, [line for _, line in run]


def _kind(line: str) -> str:
    return "table" if line.startswith("|") else "heading" if line.startswith("#") else "text"


def _code(lines: list[str], colour: bool) -> Iterator[str]:
    for line in lines:
        if not line.startswith("```"):
            yield f"    {CODE}{line}{PLAIN}" if colour and line else f"    {line}".rstrip()


def _heading(lines: list[str], colour: bool) -> Iterator[str]:
    for line in lines:
        words = line.lstrip("# ")
        yield f"{BOLD}{words}{PLAIN}" if colour else words


def _text(lines: list[str], colour: bool) -> Iterator[str]:
    for line in lines:
        yield _inline(_LINK.sub(r"\1 (\2)", line), colour)


def _table(lines: list[str], colour: bool) -> Iterator[str]:
    """Columns aligned, the rule under the headings left out; so are headings that say nothing."""
    rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    header, _, *body = ([_bare(cell) for cell in row] for row in rows)
    shown = [header, *body] if len(header) > 2 else body
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    indent = 2 * len(widths) + sum(widths[:-1])
    for row in shown:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        cells[-1] = _wrapped(row[-1], indent)
        if colour:
            cells[0] = f"{CODE}{cells[0]}{PLAIN}"
        yield f"  {'  '.join(cells)}".rstrip()


def _wrapped(cell: str, indent: int) -> str:
    """The last cell, over several lines where it is long."""
    lines = textwrap.wrap(cell, max(WIDTH - indent, 30)) or [""]
    return f"\n{' ' * indent}".join(lines)


def _bare(cell: str) -> str:
    return _MARKED.sub(r"\1", cell).replace("\\|", "|")


def _inline(text: str, colour: bool) -> str:
    return _MARKED.sub(rf"{CODE}\1{PLAIN}", text) if colour else text


_PRINTERS = {"code": _code, "heading": _heading, "table": _table, "text": _text}
