"""The initialisations of a network and of those inside it; one must reach a tensor."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from weakref import WeakKeyDictionary

from archdsl.base.diagnostics import Diagnostic
from archdsl.base.source import Span
from archdsl.ir.graph import Init, Scope, Step, walk
from archdsl.semantics.elaborate import mistakes
from archdsl.semantics.elaborate.network_lines import Notes
from archdsl.semantics.reporter import Reporter


def all_inits(root: Scope, all_notes: Iterable[Notes], notes: Notes) -> tuple[Init, ...]:
    """The network's own, after those of the networks it uses as blocks, under their paths."""
    inner: list[Init] = []
    by_declaration: dict[object, list[Init]] = {}
    for other in all_notes:
        if other.embedded and other.inits:
            by_declaration[other.body.definition] = other.inits
    if by_declaration:
        for path, _, step in walk(root):
            if isinstance(step.target, Scope) and step.target.definition in by_declaration:
                for init in by_declaration[step.target.definition]:
                    pattern = f"{path}.{init.path or '*'}"
                    inner.append(
                        Init(
                            init.op, pattern, init.tensor, init.function, init.arguments, init.span
                        )
                    )
    return (*inner, *notes.inits)


def _reached(init: Init, root: Scope) -> tuple[bool, frozenset[str]]:
    """A pair: True where the pattern matches steps, and the names of what they learn."""
    if init.path is None and init.op is not None:
        learned = _learned(root)
        return init.op in learned, learned.get(init.op, frozenset())
    reached, tensors = False, set[str]()
    for path, scope, step in walk(root):
        if isinstance(step.target, Scope) or not init.reaches(path, step.target.word):
            continue
        reached = True
        tensors |= _tensors(scope, step)
    return reached, frozenset(tensors)


_KNOWN: WeakKeyDictionary[Scope, dict[str, frozenset[str]]] = WeakKeyDictionary()


def _learned(scope: Scope) -> dict[str, frozenset[str]]:
    """The ops of a scope and of all below it, with the tensors that they learn."""
    if scope not in _KNOWN:
        learned: dict[str, frozenset[str]] = {}
        for step in scope.steps:
            target = step.target
            inner = (
                _learned(target)
                if isinstance(target, Scope)
                else {target.word: _tensors(scope, step)}
            )
            for word, names in inner.items():
                before = learned.get(word)
                learned[word] = names if before is None or before <= names else before | names
        _KNOWN[scope] = learned
    return _KNOWN[scope]


def _tensors(scope: Scope, step: Step) -> frozenset[str]:
    """The names of what one use of an op has in the state_dict."""
    assert not isinstance(step.target, Scope)
    weights = step.target.weights(scope.types_of(step.inputs))
    return frozenset(w.name or "weight" for w in weights)


def check_init(init: Init, root: Scope, reporter: Reporter) -> None:
    """An initialisation that reaches nothing is a mistake."""
    reached, tensors = _reached(init, root)
    if init.tensor in tensors:
        return
    if reached:
        what = f'"{init.path}"' if init.path is not None else f"`{init.op}`"
        reporter.report(mistakes.no_such_weight(what, init.tensor, init.span, tensors))
    elif init.path is not None:
        reporter.report(_no_path(init.path, init.span, root))
    else:
        reporter.report(mistakes.no_step_to_begin(init.op or "", init.span))


def _no_path(pattern: str, line: Span, root: Scope) -> Diagnostic:
    """The mistake where no op's path matches: a block's may match, or one may be near."""
    steps = [(path, isinstance(step.target, Scope)) for path, _, step in walk(root)]
    if any(fnmatchcase(path, pattern) for path, is_block in steps if is_block):
        return mistakes.pattern_of_a_block(pattern, line)
    return mistakes.pattern_of_nothing(pattern, line, (path for path, _ in steps))
