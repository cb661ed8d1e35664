"""The figures that a promise names: what each is now, and which may be written behind a path."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from archdsl.analyses.figures.facts import FACTS, STEP_FACTS, Facts
from archdsl.base.source import Span
from archdsl.editing.analysis import Analysis
from archdsl.editing.bindings import bindings
from archdsl.editing.places import around, declaration_at
from archdsl.semantics.values import show
from archdsl.syntax import tree
from archdsl.syntax.walk import children


class Figure(Struct, frozen=True):
    """A figure of the network, whose `path` is empty, or of a step; its place in the text."""

    span: Span
    path: str
    name: str


def figures_at(analysis: Analysis, offset: int) -> tuple[Figure, ...]:
    """The figures that a place of a promise is about: the one that is named there; around a number
    or a sign those of the comparison, or of the whole promise."""
    nodes = around(analysis.file, offset)
    promise = next((n for n in nodes if isinstance(n, tree.Expect)), None)
    if promise is None or not promise.condition.span.covers(nodes[-1].span):
        return ()
    own = _own(declaration_at(analysis.file, offset))
    last = nodes[-1]
    if isinstance(last, tree.Name):
        named = _figures(promise.condition, own)
        return tuple(figure for figure in named if figure.span.last == last.span.last)
    compared = next((n for n in nodes[::-1] if isinstance(n, tree.Compare)), promise.condition)
    return tuple(_figures(compared, own))


def _own(declaration: tree.Declaration | None) -> frozenset[str]:
    """The names of a network's values, which mean these in a promise and not a figure."""
    known = bindings(declaration) if declaration is not None else ()
    return frozenset(b.name for b in known if b.kind in ("parameter", "value"))


def _figures(node: tree.Node, own: frozenset[str]) -> Iterator[Figure]:
    match node:
        case tree.Name() if node.id in FACTS and node.id not in own:
            yield Figure(node.span, "", node.id)
        case tree.Attribute() if node.name.id in STEP_FACTS:
            path = "".join(node.value.span.text.split())
            yield Figure(node.span, path, node.name.id)
        case tree.Attribute():
            return
        case _:
            for child in children(node):
                yield from _figures(child, own)


def told(analysis: Analysis, offset: int, figures: tuple[Figure, ...]) -> str:
    """The present values of figures, a line each."""
    facts = facts_at(analysis, offset)
    return "\n\n".join(dict.fromkeys(_told(facts, figure) for figure in figures))


def _told(facts: Facts | None, figure: Figure) -> str:
    if facts is None or (figure.path and figure.path not in facts.paths):
        return f"`{figure.name}` of {f'`{figure.path}`' if figure.path else 'a network'}"
    if figure.path:
        value = facts.of_step(figure.path, figure.name)
    else:
        value = facts.of_network(figure.name)
    owner = f"{figure.path}` in `{facts.program.name}" if figure.path else facts.program.name
    shown = f"{value:_}" if isinstance(value, int) else show(value)
    return f"`{figure.name}` of `{owner}` is `{shown}`"


def facts_at(analysis: Analysis, offset: int) -> Facts | None:
    """The figures of the network that an offset stands in, where it is known."""
    declaration = declaration_at(analysis.file, offset)
    name = getattr(getattr(declaration, "name", None), "id", "")
    traced = next((t for t in analysis.traced if t.name == name), None)
    return Facts(traced.program) if traced is not None and traced.program is not None else None


def behind(analysis: Analysis, offset: int, path: str) -> Mapping[str, bool]:
    """The words that a promise may have behind a path and a dot, or at its beginning: True for
    figures, else for steps."""
    facts = facts_at(analysis, offset)
    if facts is None:
        return dict.fromkeys(FACTS if not path else STEP_FACTS, True)
    start = f"{path}." if path else ""
    figures = STEP_FACTS if path in facts.paths else () if path else FACTS
    steps = [p[len(start) :].partition(".")[0] for p in facts.paths if p.startswith(start)]
    return {**dict.fromkeys(steps, False), **dict.fromkeys(figures, True)}
