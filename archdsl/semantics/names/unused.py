"""Blocks, functions and `let` names that nothing uses: told as a warning, seldom meant."""

from collections.abc import Callable, Iterable, Iterator

from archdsl.base.diagnostics import Diagnostic
from archdsl.base.source import Span
from archdsl.semantics.names import mistakes
from archdsl.semantics.names.parameters import mentioned
from archdsl.semantics.reporter import Reporter
from archdsl.syntax import tree
from archdsl.syntax.walk import descendants


def leading_to(file: tree.File, names: Iterable[str]) -> list[tree.Declaration]:
    """The declarations of a file that some names lead to, by the names that stand in them."""
    declared = [d for d in file.declarations if not isinstance(d, tree.Import)]
    by_name = {d.name.id: d for d in declared}
    waiting, reached = list(names), set[str]()
    while waiting:
        declaration = by_name.get(waiting.pop())
        if declaration is not None and declaration.name.id not in reached:
            reached.add(declaration.name.id)
            waiting += [n.id for n in descendants(declaration) if isinstance(n, tree.Name)]
    return [d for d in declared if d.name.id in reached]


def report_unused_names(
    file: tree.File, looked_at: Iterable[tree.Declaration], reporter: Reporter
) -> None:
    """Warns of declarations that no network of the file uses, and of `let` lines in them whose
    names nothing reads.

    A file without a network is there for others to import from.
    """
    networks = [
        d.name.id for d in file.declarations if isinstance(d, tree.NetworkDecl | tree.VariantDecl)
    ]
    used = {id(d) for d in leading_to(file, networks)}
    promised = {
        n for d in file.declarations if isinstance(d, tree.VariantDecl) for n in mentioned(d)
    }
    for declaration in looked_at:
        unused = bool(networks) and id(declaration) not in used
        if unused and isinstance(declaration, tree.BlockDecl | tree.FnDecl):
            _warn(mistakes.unused_definition, declaration.name, reporter)
        for name in _unused_lets(declaration, promised):
            _warn(mistakes.unused_value, name, reporter)


def _unused_lets(declaration: tree.Declaration, promised: set[str]) -> Iterator[tree.Name]:
    """The first name of each `let` of a body none of whose names an expression asks for."""
    lets = [node for node in descendants(declaration) if isinstance(node, tree.Let)]
    names = {*promised, *mentioned(declaration)} if lets else promised
    for line in lets:
        bound = tree.bound(line.targets)
        if all(name.id not in names for name in bound):
            yield bound[0]


def _warn(message: Callable[[str, Span], Diagnostic], name: tree.Name, reporter: Reporter) -> None:
    if not name.id.startswith("_"):
        reporter.warn(message(name.id, name.span))
