"""The lines of a block put where it is used."""

from collections.abc import Iterator, Mapping
from textwrap import dedent, indent

from msgspec import Struct

from archdsl.base.labels import Edit
from archdsl.base.source import Span
from archdsl.editing.analysis import Analysis
from archdsl.editing.bindings import asked, binding_at, bindings
from archdsl.editing.places import around, declaration_at
from archdsl.editing.refactoring import Block, Refactored, kept
from archdsl.editing.rows import INDENT, row_end, row_start, with_comments
from archdsl.semantics.module import Module
from archdsl.syntax import tree
from archdsl.syntax.walk import children, descendants

_WHOLE = (  # what keeps its meaning beside any operator
    tree.Constant,
    tree.Shape,
    tree.Name,
    tree.Template,
    tree.Call,
    tree.Attribute,
    tree.Index,
    tree.Slice,
)


class ValueText(Struct, frozen=True):
    """The text of a parameter's value; `whole` where no operator beside it can take it apart."""

    text: str
    whole: bool


class InlinedUse(Struct, frozen=True):
    """A line that consists of one use of a block, with the values of the block's parameters; no
    `body` where the block is a chain."""

    line: tree.Flow
    block: tree.BlockDecl
    body: Block
    module: Module  # of the block's file
    values: Mapping[str, ValueText]
    branch: bool  # of a merge


def inline(analysis: Analysis, offset: int) -> Refactored | None:
    """The lines of the block that a line consists of, in its place; None where they would mean
    something else there."""
    declaration = declaration_at(analysis.file, offset)
    if declaration is None or isinstance(declaration, tree.Import):
        return None
    use = _use(analysis, declaration, offset)
    if use is None or not _movable(use) or not _means_the_same(analysis, declaration, use):
        return None
    return kept(analysis, declaration, (use.line,), (_edit(analysis, use),))


# --- the use ---------------------------------------------------------------------------------


def _use(analysis: Analysis, declaration: tree.Declaration, offset: int) -> InlinedUse | None:
    """The use of a block at an offset, if a line consists of it and gives what it needs."""
    nodes = around(analysis.file, offset)
    line = next((n for n in nodes[::-1] if isinstance(n, tree.Flow)), None)
    if line is None or line.shape is not None or len(line.names) > 1:
        return None
    callee = line.value.callee if isinstance(line.value, tree.Call) else line.value
    if not isinstance(callee, tree.Name) or binding_at(declaration, callee) is not None:
        return None
    block, module = analysis.module.find(callee.id) or (None, None)
    if not isinstance(block, tree.BlockDecl) or module is None:
        return None
    given = line.value.arguments if isinstance(line.value, tree.Call) else ()
    values = _values(block, given)
    if values is None:
        return None
    branch = _is_branch(nodes[: nodes.index(line)])
    return InlinedUse(line, block, _body(block), module, values, branch)


def _bound(declaration: tree.Declaration) -> set[str]:
    return {b.name for b in bindings(declaration)}


def _body(block: tree.BlockDecl) -> Block:
    """The lines of a block, those of `block NAME = path:` too; none where it is a chain."""
    value = block.value
    if isinstance(value, tree.Suite) and value.head.span.text == "path":
        return value.body
    return block.body


def _is_branch(nodes: tuple[tree.Node, ...]) -> bool:
    """True where the nodes around a line make it a branch of a merge."""
    holder = next((n for n in nodes[::-1] if not isinstance(n, tree.For | tree.If)), None)
    return isinstance(holder, tree.Suite) and holder.head.span.text != "path"


def _values(block: tree.BlockDecl, given: tuple[tree.Argument, ...]) -> dict[str, ValueText] | None:
    """The value of each parameter, defaults written out; None where the arguments do not fit."""
    names = [p.name.id for p in block.parameters]
    written: dict[str, ValueText] = {}
    for place, argument in enumerate(given):
        if argument.name is None and place >= len(names):
            return None
        name = names[place] if argument.name is None else argument.name.id
        text = argument.value.span.text
        written[name] = ValueText(text, _is_whole(argument.value))
    values: dict[str, ValueText] = {}
    for parameter in block.parameters:
        name, default = parameter.name.id, parameter.default
        if name in written:
            values[name] = written[name]
        elif default is not None:
            values[name] = ValueText(_exchanged(default.span, block, values), _is_whole(default))
        else:
            return None
    return values


def _is_whole(value: tree.Expr) -> bool:
    bracketed = isinstance(value, tree.Tuple | tree.Comprehension) and value.span.text[:1] in "(["
    return bracketed or isinstance(value, _WHOLE)


# --- what its names mean ---------------------------------------------------------------------


def _movable(use: InlinedUse) -> bool:
    """True where a block's lines say the same without the block around them."""
    outputs = any(isinstance(n, tree.Output) for n in descendants(use.block))
    anew = _own(use.block) & {p.name.id for p in use.block.parameters}
    return not outputs and not anew and all(n.id != "input" for n in asked(use.block))


def _own(block: tree.BlockDecl) -> set[str]:
    """The names that a block binds in its lines."""
    return {b.name for b in bindings(block) if b.kind != "parameter"}


def _means_the_same(analysis: Analysis, declaration: tree.Declaration, use: InlinedUse) -> bool:
    """True where every name means in the new place what it means in the old one."""
    own, bound = _own(use.block), _bound(declaration)
    asked_there = {n.id for n in asked(declaration)}
    given = {n.id for n in asked(declaration) if use.line.value.span.covers(n.span)}
    apart = use.line.names and use.body  # a path with a name, which has a scope of its own
    meets = given if apart else bound | asked_there
    if own & meets:
        return False
    free = {n.id for n in asked(use.block)} - own - {p.name.id for p in use.block.parameters}
    return not free & bound and all(
        _declared(analysis.module, name) is _declared(use.module, name) for name in free
    )


def _declared(module: Module, name: str) -> tree.Declaration | None:
    entry = module.find(name)
    return None if entry is None else entry[0]


# --- the edit --------------------------------------------------------------------------------


def _edit(analysis: Analysis, use: InlinedUse) -> Edit:
    text, line = analysis.source.text, use.line
    start, end = row_start(text, line.span.first), row_end(text, line.span.last)
    remark = text[line.span.last : end].strip()
    lines = _opened(use, _rows(use), remark)
    return Edit(Span(analysis.source, start, end), indent(lines, text[start : line.span.first]))


def _opened(use: InlinedUse, body: str, remark: str) -> str:
    """The lines under what they need to stand under, with the comment of the line."""
    name = f"{use.line.names[0].span.text} = " if use.line.names else ""
    if not use.body:
        return f"{name}{body}  {remark}".rstrip()
    several = len(use.body) > 1 or not isinstance(use.body[0], tree.Flow)
    if name or (use.branch and several):
        return f"{name}path:  {remark}".rstrip() + f"\n{indent(body, INDENT)}"
    return f"{remark}\n{body}" if remark else body


def _rows(use: InlinedUse) -> str:
    """The rows of a block's body with its comments, and values in the place of parameters."""
    source, value = use.block.span.source, use.block.value
    if value is not None and not use.body:
        return _exchanged(value.span, use.block, use.values)
    start, end = _extent(source.text, use.block, use.body)
    rows = _exchanged(Span(source, start, end), use.block, use.values)
    return dedent(rows.replace("\r\n", "\n"))


def _extent(text: str, block: tree.BlockDecl, body: Block) -> tuple[int, int]:
    """The begin and end of the rows of a body, with the comments above and below its lines."""
    first = row_start(text, body[0].span.start)
    head = max(n.span.end for n in (block.name, *block.parameters, block.doc) if n is not None)
    start = max(with_comments(text, first, blanks=True), row_end(text, head) + 1)
    end = row_end(text, body[-1].span.end)
    margin = text[first : body[0].span.start]
    while text[end:].lstrip("\r\n").startswith(f"{margin}#"):
        end = row_end(text, text.index("#", end))
    return start, end


def _exchanged(span: Span, block: tree.BlockDecl, values: Mapping[str, ValueText]) -> str:
    """A piece of a block's text with values in the place of its parameters, in brackets where
    something beside them could take them apart."""
    text, free = span.text, set(map(id, _unguarded(block)))
    for name in sorted(asked(block), key=lambda n: n.span.start, reverse=True):
        if not span.covers(name.span) or name.id not in values:
            continue
        value = values[name.id]
        alone = id(name) in free and "\n" not in value.text
        new = value.text if value.whole or alone else f"({value.text})"
        text = text[: name.span.start - span.start] + new + text[name.span.end - span.start :]
    return text


def _unguarded(block: tree.BlockDecl) -> Iterator[tree.Node]:
    """The parts of a block's lines in whose place any expression can stand."""
    for node in descendants(block):
        match node:
            case tree.Argument():
                yield node.value
            case tree.Index():
                yield node.index
            case tree.Tuple() | tree.Template():
                yield from children(node)
