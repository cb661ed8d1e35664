"""Lines of a body made a block of their own."""

from collections.abc import Iterator
from textwrap import dedent, indent

from msgspec import Struct

from archdsl.base.labels import Edit
from archdsl.base.source import Span
from archdsl.editing.analysis import Analysis
from archdsl.editing.bindings import Binding, asked, bindings
from archdsl.editing.places import declaration_at
from archdsl.editing.refactoring import Block, Refactored, kept, nodes_of
from archdsl.editing.rows import INDENT, row_end, row_start, with_comments
from archdsl.ops.registry import ops
from archdsl.syntax import grammar, tree
from archdsl.syntax.walk import last_item

MOVABLE = (tree.Flow, tree.For, tree.If, tree.Let)
OF_NETWORKS = (tree.Input, tree.Aux, tree.Init, tree.Expect)
_NO_CODE = ("COMMENT", "LINE_END")


class Extracted(Struct, frozen=True):
    """Lines as a block: its name, and the edits."""

    name: str
    refactored: Refactored


def extract(analysis: Analysis, start: int, end: int) -> Extracted | None:
    """The lines of a selection as a block of their own; None where they are not whole lines of
    one body, or mean something else elsewhere."""
    code = _code(analysis.source.text, start, end)
    declaration = declaration_at(analysis.file, code.start) if code else None
    if not isinstance(declaration, tree.BlockDecl | tree.NetworkDecl):
        return None
    lines = _lines(declaration, code)
    given = _given(declaration, lines) if lines else None
    if given is None:
        return None
    name = _fresh(analysis, "part")
    edits = _edits(analysis, declaration, lines, min(start, code.start), name, given)
    refactored = kept(analysis, declaration, lines, edits)
    return None if refactored is None else Extracted(name, refactored)


# --- the lines -------------------------------------------------------------------------------


def _code(text: str, start: int, end: int) -> range:
    """The words of a selection, without the comments and blanks at its ends; empty for none."""
    words = (token for token in grammar.tokens(text) if token.type not in _NO_CODE)
    places = [(int(token.start_pos or 0), int(token.end_pos or 0)) for token in words]
    inside = [place for place in places if start < place[1] and place[0] < end]
    return range(inside[0][0], inside[-1][1]) if inside else range(0)


def _lines(declaration: tree.BlockDecl | tree.NetworkDecl, code: range) -> Block:
    """The lines of the innermost body that has all of a selection; none where they cannot move."""
    bodies = [b for b in _bodies(declaration) if _holds(b, code)]
    body = bodies[-1] if bodies else ()
    lines = tuple(s for s in body if code.start < s.span.last and s.span.first < code.stop)
    moves = all(isinstance(line, MOVABLE) for line in lines)
    nodes = tuple(nodes_of(lines))
    rooted = any(isinstance(n, OF_NETWORKS) for n in nodes)
    steps = any(isinstance(n, tree.Flow) for n in nodes)
    return lines if moves and steps and not rooted else ()


def _bodies(declaration: tree.BlockDecl | tree.NetworkDecl) -> Iterator[Block]:
    """The bodies whose lines run one after the other, the outer before the inner."""
    yield from _in_order(declaration.body, ordered=True)
    value = getattr(declaration, "value", None)
    if isinstance(value, tree.Suite):
        yield from _of_suite(value)


def _in_order(body: Block, *, ordered: bool) -> Iterator[Block]:
    if ordered and body:
        yield body
    for line in body:
        match line:
            case tree.For():
                yield from _in_order(line.body, ordered=ordered)
            case tree.If():
                for lines in (*(lines for _, lines in line.arms), line.otherwise):
                    yield from _in_order(lines, ordered=ordered)
            case tree.Flow() | tree.Let() | tree.Layer() | tree.Aux():
                last = last_item(line.value)
                if isinstance(last, tree.Suite):
                    yield from _of_suite(last)


def _of_suite(suite: tree.Suite) -> Iterator[Block]:
    """The lines of a merge are branches; those inside them may run in order."""
    return _in_order(suite.body, ordered=suite.head.span.text == "path")


def _holds(body: Block, code: range) -> bool:
    return body[0].span.first <= code.start and code.stop <= body[-1].span.last


# --- the names -------------------------------------------------------------------------------


def _given(declaration: tree.Declaration, lines: Block) -> tuple[str, ...] | None:
    """The names that lines need from around them; None where what stands around them may need one
    of theirs, or they need what cannot be given: the body's own input, a shared layer, a computed
    name, or a name that they bind anew."""
    inside = [b for b in bindings(declaration) if _within(b.span, lines)]
    outside = {b.name: b.kind for b in bindings(declaration) if not _within(b.span, lines)}
    names = [n for n in asked(declaration) if _within(n.span, lines)]
    free = dict.fromkeys(n.id for n in names if not _bound_around(n, inside))
    anew = {b.name for b in inside if not _encloses(b) or b.name in free} & outside.keys()
    if "input" in free or anew or _computed(lines) or _asked_around(declaration, lines, inside):
        return None
    given = tuple(name for name in free if name in outside)
    return None if any(outside[name] == "layer" for name in given) else given


def _within(span: Span, lines: Block) -> bool:
    return lines[0].span.first <= span.first < lines[-1].span.last


def _encloses(binding: Binding) -> bool:
    """True for the variable of a loop or comprehension."""
    return isinstance(binding.node, tree.For | tree.Comprehension)


def _bound_around(name: tree.Name, known: list[Binding]) -> bool:
    """True where a name stands in one of the found loops and that loop binds it."""
    return any(
        b.name == name.id and b.node.span.first <= name.span.first < b.node.span.last
        for b in known
        if _encloses(b)
    )


def _computed(lines: Block) -> bool:
    """True where lines ask for a name that is computed."""
    named = {id(name) for n in nodes_of(lines) if isinstance(n, tree.Flow) for name in n.names}
    return any(isinstance(n, tree.Template) and id(n) not in named for n in nodes_of(lines))


def _asked_around(declaration: tree.Declaration, lines: Block, inside: list[Binding]) -> bool:
    """True where a name that the lines bind may be asked for outside of them."""
    leaving = {b.name for b in inside if not isinstance(b.node, tree.Comprehension)}
    loops = [b for b in bindings(declaration) if not _has(b.node, lines)]
    return any(
        n.id in leaving and not _within(n.span, lines) and not _bound_around(n, loops)
        for n in asked(declaration)
    )


def _has(node: tree.Node, lines: Block) -> bool:
    return node.span.first <= lines[0].span.first < node.span.last


def _fresh(analysis: Analysis, word: str) -> str:
    """The word, or the word with a number, that means nothing yet."""
    taken = analysis.module.known() | set(ops())
    taken |= {b.name for d in analysis.file.declarations for b in bindings(d)}
    return next(
        name for k in range(len(taken) + 1) if (name := f"{word}_{k}" if k else word) not in taken
    )


# --- the edits -------------------------------------------------------------------------------


def _edits(
    analysis: Analysis,
    declaration: tree.Declaration,
    lines: Block,
    start: int,
    name: str,
    given: tuple[str, ...],
) -> tuple[Edit, ...]:
    """The block above the declaration and the comments that belong to it, and the call in the
    place of the lines. Selected comments above the lines go with them."""
    source, text = analysis.source, analysis.source.text
    first, last = row_start(text, lines[0].span.first), row_end(text, lines[-1].span.last)
    margin = text[first : lines[0].span.first]
    first = max(with_comments(text, first), min(first, row_start(text, start)))
    heading = f"{name}({', '.join(given)})" if given else name
    rows = dedent(text[first:last].replace("\r\n", "\n"))
    block = f"block {heading}:\n{indent(rows, INDENT)}\n\n"
    top = with_comments(text, declaration.span.first)
    return (
        Edit(Span(source, top, top), block),
        Edit(Span(source, first, last), f"{margin}{heading}"),
    )
