"""The text for the word under the pointer: its signature, its help, and the facts of its line."""

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from archdsl.backends.reference import TORCH_PAGES
from archdsl.base.quantities import memory, scaled
from archdsl.base.source import Span
from archdsl.editing.analysis import Analysis, Traced
from archdsl.editing.bindings import Binding, binding_at
from archdsl.editing.hints import written
from archdsl.editing.places import around, declaration_at
from archdsl.editing.promises import figures_at, told
from archdsl.editing.word_signatures import SignedWord, word
from archdsl.ir.graph import StepPlace
from archdsl.ir.shape import Types, format_shape
from archdsl.syntax import tree

HEADING = "| step | from | to | params | MACs | memory | sees |"
BYTES = 4  # of a number in memory
MOST = 8  # uses that are told of one line


class Hover(Struct, frozen=True):
    """Markdown about a piece of the text."""

    span: Span
    text: str


def hover(analysis: Analysis, offset: int) -> Hover | None:
    """The text for a place; None where there is none."""
    nodes = around(analysis.file, offset)
    figures = figures_at(analysis, offset)
    if figures:
        return Hover(nodes[-1].span, told(analysis, offset, figures))
    name = _name(nodes)
    if name is None:
        return None
    declaration = declaration_at(analysis.file, offset)
    bound = binding_at(declaration, name) if declaration is not None else None
    if bound is not None and not _is_argument(nodes, name):
        return Hover(name.span, "\n\n".join(_bound(analysis, bound)))
    called = word(analysis, _callee(nodes, name))
    if called is None:
        return None
    if _is_argument(nodes, name):
        return _argument(called, name)
    told_of = (*_word(called), *_whence(analysis, called), *_facts(analysis, nodes, name))
    return Hover(name.span, "\n\n".join(told_of))


def _name(nodes: tuple[tree.Node, ...]) -> tree.Name | None:
    last = nodes[-1] if nodes else None
    return last if isinstance(last, tree.Name) else None


def _is_argument(nodes: tuple[tree.Node, ...], name: tree.Name) -> bool:
    holder = nodes[-2] if len(nodes) > 1 else None
    return isinstance(holder, tree.Argument) and holder.name is name


def _callee(nodes: tuple[tree.Node, ...], name: tree.Name) -> str:
    """The word that a name is, or whose argument it is."""
    if _is_argument(nodes, name):
        call = next((n for n in nodes[::-1] if isinstance(n, tree.Call)), None)
        if call is not None and isinstance(call.callee, tree.Name):
            return call.callee.id
    return name.id


# --- words -----------------------------------------------------------------------------------


def _word(meaning: SignedWord) -> Iterator[str]:
    yield f"```arch\n{meaning.signature}\n```"
    if meaning.doc:
        yield meaning.doc
    if meaning.torch:
        yield f"Follows [`{meaning.torch}`]({TORCH_PAGES}/{meaning.torch}.html)."


def _whence(analysis: Analysis, meaning: SignedWord) -> Iterator[str]:
    """The place that declares a word: a line of the text or of an import, or the library."""
    if meaning.declaration is not None:
        span, kind = meaning.declaration.span, KINDS.get(meaning.kind, "a network")
        if span.source.shipped:
            yield f"{kind} of the library"
        elif analysis.owns(span):
            yield f"{kind}, line {span.line}"
        else:
            yield f"{kind} of `{_relative(analysis, span)}`, line {span.line}"


KINDS = {"block": "a block", "fn": "a function"}


def _relative(analysis: Analysis, span: Span) -> str:
    place, folder = Path(span.source.name), analysis.folder
    return (place.relative_to(folder) if place.is_relative_to(folder) else place).as_posix()


def _argument(called: SignedWord, name: tree.Name) -> Hover | None:
    parameter = next((p for p in called.parameters if p.name == name.id), None)
    if parameter is None:
        return None
    default = f" = {parameter.default}" if parameter.default else ""
    choices = (
        f"\n\nOne of {', '.join(f'`{c}`' for c in parameter.choices)}." if parameter.choices else ""
    )
    return Hover(
        name.span, f"`{parameter.name}{default}` of `{called.name}`: {parameter.help}{choices}"
    )


# --- names of the declaration ----------------------------------------------------------------


def _bound(analysis: Analysis, bound: Binding) -> Iterator[str]:
    line = bound.span.line
    match bound.node:
        case tree.Parameter() as parameter:
            yield f"```arch\n{parameter.span.text}\n```"
            yield f"a parameter, line {line}"
        case tree.Flow() as flow:
            yield f"```arch\n{flow.span.text.partition(chr(10))[0]}\n```"
            shapes = dict.fromkeys(written(after) for _, after in analysis.changes(flow))
            told = f": {' / '.join(shapes)}" if shapes else ""
            yield f"the step `{bound.name}` of line {line}{told}"
            yield from _table(analysis, flow)
        case node:
            yield f"```arch\n{node.span.text.partition(chr(10))[0]}\n```"
            yield f"a {bound.kind} of line {line}"


# --- facts of a line -------------------------------------------------------------------------


def _facts(analysis: Analysis, nodes: tuple[tree.Node, ...], name: tree.Name) -> Iterator[str]:
    """The facts of the step that a word makes here, in every use."""
    step: tree.Node = name
    for node in nodes[::-1]:
        if isinstance(node, tree.Call) and node.callee is name:
            step = node
    yield from _table(analysis, step)


def _table(analysis: Analysis, node: tree.Node) -> Iterator[str]:
    uses = [
        (traced, place, use)
        for traced in analysis.traced
        for place, use in enumerate(traced.uses)
        if node.span.covers(use.step.span)
    ]
    if not uses:
        return
    rows = [
        "| step | from | to | params | MACs | memory | sees |",
        "|---|---|---|---:|---:|---:|---|",
    ]
    several = len({traced.name for traced, _, _ in uses}) > 1
    for traced, place, use in uses[:MOST]:
        assert traced.costs is not None
        cost = traced.costs.of_step(use.scope, use.step)
        held = memory(cost.activation * BYTES)
        figures = f"{cost.params:,} | {scaled(cost.macs) or '0'} | {held} | {_seen(traced, place)}"
        where = f"`{use.path}` in {traced.name}" if several else f"`{use.path}`"
        rows.append(f"| {where} | {_inputs(use)} | {_types(use.step.outputs)} | {figures} |")
    more = len(uses) - MOST
    yield "\n".join(rows) + (f"\n\nand {more} more" if more > 0 else "")


def _seen(traced: Traced, place: int) -> str:
    """The receptive field of a step's first result, in input elements."""
    fields = traced.fields
    return "x".join(map(str, fields[place])) if place < len(fields) else ""


def _inputs(use: StepPlace) -> str:
    return _types(use.scope.types_of(use.step.inputs))


def _types(types: Types) -> str:
    return ", ".join(format_shape(t.shape) or "()" for t in types)
