"""Lines made a block, and a block's lines put where it is used: edits that keep the network.

An edit is offered where the network has the same parameters, multiply-adds and shapes after it.
The names of the steps change, and with them the keys of saved weights: the titles say so.
"""

import re
from collections.abc import Iterator
from textwrap import dedent, indent

from msgspec import Struct

from archdsl.base.diagnostics import edited
from archdsl.base.labels import Edit
from archdsl.base.source import Span
from archdsl.editing.analysis import Analysis, Traced
from archdsl.editing.places import around, bindings, declaration_at
from archdsl.ops.registry import ops
from archdsl.syntax import tree
from archdsl.syntax.walk import descendants

STEP = "    "
MOVABLE = (tree.Flow, tree.For, tree.If, tree.Let)
Block = tuple[tree.Statement, ...]


class Extracted(Struct, frozen=True):
    """Lines as a block: its name, and the edits."""

    name: str
    edits: tuple[Edit, ...]


# --- lines into a block ----------------------------------------------------------------------


def extract(analysis: Analysis, start: int, end: int) -> Extracted | None:
    """The lines of a selection as a block of their own; None where they are not whole lines of
    one body, or mean something else elsewhere."""
    declaration = declaration_at(analysis.file, start)
    if not isinstance(declaration, tree.BlockDecl | tree.NetworkDecl):
        return None
    start, end = _selected(analysis.source.text, start, end)
    bodies = [b for b in _bodies(declaration) if b and _holds(b, start, end)]
    body = bodies[-1] if bodies else ()  # the innermost
    lines = tuple(s for s in body if start < s.span.last and s.span.first < end)
    if not lines or not all(isinstance(line, MOVABLE) for line in lines):
        return None
    given = _given(declaration, lines)
    if given is None:
        return None
    name = _fresh(analysis, "part")
    edits = _extraction(analysis, declaration, lines, name, given)
    return Extracted(name, edits) if _keeps(analysis, declaration, edits) else None


def _bodies(declaration: tree.BlockDecl | tree.NetworkDecl) -> Iterator[Block]:
    """The bodies whose lines run one after the other."""
    yield declaration.body
    for node in descendants(declaration):
        match node:
            case tree.For():
                yield node.body
            case tree.Suite() if node.head.span.text == "path":
                yield node.body
            case tree.If():
                yield from (lines for _, lines in node.arms)
                yield node.otherwise


def _holds(body: Block, start: int, end: int) -> bool:
    return body[0].span.first <= start and end <= body[-1].span.last


def _selected(text: str, start: int, end: int) -> tuple[int, int]:
    """A selection without the blanks at its ends."""
    inside = text[start:end]
    return start + len(inside) - len(inside.lstrip()), end - len(inside) + len(inside.rstrip())


def _given(declaration: tree.Declaration, lines: Block) -> tuple[str, ...] | None:
    """The names that lines need from above them; None where a line below needs one of theirs, or
    they need the body's own input."""
    first, last = lines[0].span.first, lines[-1].span.last
    inside = {b.name for b in bindings(declaration) if first <= b.span.first < last}
    around_ = [b for b in bindings(declaration) if not first <= b.span.first < last]
    used: dict[str, None] = {}
    for node in (n for line in lines for n in descendants(line)):
        if isinstance(node, tree.Name):
            used[node.id] = None
    below = {
        n.id for n in descendants(declaration) if isinstance(n, tree.Name) and n.span.first >= last
    }
    if "input" in used or inside & below:
        return None
    outside = {b.name for b in around_ if b.span.first < first}
    return tuple(name for name in used if name in outside and name not in inside)


def _extraction(
    analysis: Analysis,
    declaration: tree.Declaration,
    lines: Block,
    name: str,
    given: tuple[str, ...],
) -> tuple[Edit, ...]:
    text, source = analysis.source.text, analysis.source
    first, last = _line_start(text, lines[0].span.first), lines[-1].span.last
    margin = text[first : lines[0].span.first]
    body = indent(dedent(text[first:last]), STEP)
    heading = f"block {name}({', '.join(given)}):" if given else f"block {name}:"
    call = f"{margin}{name}({', '.join(given)})" if given else f"{margin}{name}"
    top = _line_start(text, declaration.span.first)
    return (
        Edit(Span(source, top, top), f"{heading}\n{body}\n\n"),
        Edit(Span(source, first, last), call),
    )


def _line_start(text: str, offset: int) -> int:
    return text.rfind("\n", 0, offset) + 1


def _fresh(analysis: Analysis, word: str) -> str:
    """The word, or the word with a number, that means nothing yet."""
    taken = analysis.module.known() | set(ops())
    taken |= {b.name for d in analysis.file.declarations for b in bindings(d)}
    return next(
        name for k in range(len(taken) + 1) if (name := f"{word}_{k}" if k else word) not in taken
    )


# --- a block where it is used ----------------------------------------------------------------


def inline(analysis: Analysis, offset: int) -> tuple[Edit, ...] | None:
    """The lines of the block that a line consists of, in its place; None where they would mean
    something else there."""
    nodes = around(analysis.file, offset)
    line = next((n for n in nodes[::-1] if isinstance(n, tree.Flow)), None)
    declaration = declaration_at(analysis.file, offset)
    if line is None or line.shape is not None or len(line.names) > 1 or declaration is None:
        return None
    found = _called(analysis, line.value)
    if found is None:
        return None
    block, arguments = found
    values = _values(block, arguments)
    if values is None or not _movable(block):
        return None
    edits = (_inlined(analysis, line, block, values),)
    return edits if _keeps(analysis, declaration, edits) else None


def _called(
    analysis: Analysis, value: tree.Expr
) -> tuple[tree.BlockDecl, tuple[tree.Argument, ...]] | None:
    callee = value.callee if isinstance(value, tree.Call) else value
    found = analysis.module.find(callee.id) if isinstance(callee, tree.Name) else None
    if found is None or not isinstance(found[0], tree.BlockDecl):
        return None
    return found[0], value.arguments if isinstance(value, tree.Call) else ()


def _values(block: tree.BlockDecl, arguments: tuple[tree.Argument, ...]) -> dict[str, str] | None:
    """The text of each parameter's value; None where one is missing."""
    names = [p.name.id for p in block.parameters]
    found = {p.name.id: p.default.span.text for p in block.parameters if p.default is not None}
    for place, argument in enumerate(arguments):
        if argument.name is None and place >= len(names):
            return None
        name = names[place] if argument.name is None else argument.name.id
        simple = isinstance(argument.value, tree.Name | tree.Constant | tree.Call | tree.Shape)
        text = argument.value.span.text
        found[name] = text if simple else f"({text})"
    return found if all(name in found for name in names) else None


def _movable(block: tree.BlockDecl) -> bool:
    """True where a block's lines say the same without the block around them."""
    names = {n.id for n in descendants(block) if isinstance(n, tree.Name)}
    bound = {b.name for b in bindings(block) if b.kind != "parameter"}
    parameters = {p.name.id for p in block.parameters}
    outputs = any(isinstance(n, tree.Output) for n in descendants(block))
    return bool(block.body) and not outputs and "input" not in names and not bound & parameters


def _inlined(
    analysis: Analysis, line: tree.Flow, block: tree.BlockDecl, values: dict[str, str]
) -> Edit:
    text = analysis.source.text
    start = _line_start(text, line.span.first)
    margin = text[start : line.span.first]
    body = dedent(_body(block, values))
    if line.names:
        body = f"{line.names[0].span.text} = path:\n{indent(body, STEP)}"
    return Edit(Span(analysis.source, start, line.span.last), indent(body, margin).rstrip())


def _body(block: tree.BlockDecl, values: dict[str, str]) -> str:
    """The lines of a block with values in the place of its parameters."""
    source = block.span.source
    first = _line_start(source.text, block.body[0].span.start)
    last = block.body[-1].span.end
    labels = {
        id(n.name)
        for n in descendants(block)
        if isinstance(n, tree.Argument | tree.Attribute) and n.name is not None
    }
    edits = [
        (n.span.start, n.span.end, values[n.id])
        for s in block.body
        for n in descendants(s)
        if isinstance(n, tree.Name) and n.id in values and id(n) not in labels
    ]
    text = source.text[first:last]
    for start, end, value in sorted(edits, reverse=True):
        text = text[: start - first] + value + text[end - first :]
    return re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE)


# --- what must stay --------------------------------------------------------------------------


def _keeps(analysis: Analysis, declaration: tree.Declaration, edits: tuple[Edit, ...]) -> bool:
    """True where the network at hand has the same figures after the edits."""
    network = analysis.nearest(declaration.span.first)
    if not analysis.readable or network is None:
        return False
    after = analysis.edited(edited(analysis.source.text, edits))
    if not after.readable or network not in after.networks:
        return False
    before, now = _figures(analysis.trace(network)), _figures(after.trace(network))
    return before is not None and before == now


def _figures(traced: Traced) -> tuple[object, ...] | None:
    if traced.program is None or traced.costs is None or not traced.sound:
        return None
    total = traced.costs.total
    return total.params, total.macs, traced.program.root.outputs
