"""`init` rules resolved against the program: which modules each one means, and how to say so.

Rules that mean the same modules, one after the other, become one; so do rules that make the same
calls for different modules.
"""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from archdsl.ir.code import Call
from archdsl.ir.graph import Init, Primitive, Program, Scope, walk
from archdsl.ir.shape import Types
from archdsl.syntax import tree
from archdsl.syntax.walk import descendants
from archdsl.transforms.classes.plan import InitCall, InitRule, Written

ANNOTATED_OPTIONAL = ("nn.Conv", "bias")  # PyTorch has it `Tensor | None`: checkers ask for a guard


class _Layer(Struct, frozen=True):
    """An op with its weights' names and ranks.

    `ranks` are those of its own `weight`, `inner_ranks` those of weights of modules inside it,
    which are no steps: `out_proj.weight`.
    """

    word: str
    cls: str
    tensors: frozenset[str]
    ranks: frozenset[int]
    inner_ranks: frozenset[int]


class _Module(Struct, frozen=True):
    """A step that holds a module or tensor of its own."""

    path: str
    layer: _Layer


def init_rules(program: Program) -> tuple[InitRule, ...]:
    """The rules of `init_weights`, in the order written."""
    if not program.inits:
        return ()
    modules = tuple(_modules(program))
    rules: list[InitRule] = []
    for init in program.inits:
        resolved = _resolved(init, modules)
        if resolved is not None:
            _add(rules, resolved)
    return tuple(_alike_joined(rules))


def _modules(program: Program) -> Iterator[_Module]:
    seen: set[str] = set()
    known: dict[int, _Layer] = {}  # by the step, which equal blocks have in common
    for path, scope, step in walk(program.root):
        if isinstance(step.target, Scope) or path in seen:
            continue
        seen.add(path)
        if id(step) not in known:
            known[id(step)] = _layer(step.target, scope.types_of(step.inputs))
        yield _Module(path, known[id(step)])


def _layer(op: Primitive, inputs: Types) -> _Layer:
    build = op.emit(inputs).build
    weights = op.weights(inputs)
    return _Layer(
        op.word,
        build.func if isinstance(build, Call) and isinstance(build.func, str) else "",
        frozenset(w.name for w in weights),
        frozenset(len(w.shape) for w in weights if w.name == "weight"),
        frozenset(len(w.shape) for w in weights if w.name.endswith(".weight")),
    )


def _resolved(init: Init, modules: tuple[_Module, ...]) -> InitRule | None:
    """The rule with what it means; None where that is nothing."""
    asked = [m for m in modules if init.reaches(m.path, m.layer.word)]
    meant = [m for m in asked if init.tensor in m.layer.tensors or m.layer.tensors == {""}]
    if not meant:
        return None
    classes = tuple(sorted({m.layer.cls for m in meant}))
    bare = all(m.layer.tensors == {""} for m in meant)
    call = InitCall(init.function, "" if bare else init.tensor, _arguments(init), False)
    pieces = None if bare else _pieces(init, asked, meant, modules)
    if pieces is None:
        return InitRule(classes, (), tuple(m.path for m in meant), (call,), False)
    lacking = any(m.layer.cls in classes and init.tensor not in m.layer.tensors for m in asked)
    guarded = lacking or any(_annotated_optional(cls, init.tensor) for cls in classes)
    exact = _subclassed_inside(meant, modules)
    return InitRule(classes, pieces, (), (replace(call, guarded=guarded),), exact)


def _arguments(init: Init) -> tuple[tuple[str, object], ...]:
    """The keywords; those that the source works out from names with what it says."""
    written = dict(init.written)
    return tuple(
        (name, Written(value, written[name]) if _mentions_names(written.get(name)) else value)
        for name, value in init.arguments
    )


def _mentions_names(expression: tree.Expr | None) -> bool:
    nodes = () if expression is None else (expression, *descendants(expression))
    return any(isinstance(node, tree.Name) for node in nodes)


def _pieces(
    init: Init, asked: list[_Module], meant: list[_Module], modules: tuple[_Module, ...]
) -> tuple[str, ...] | None:
    """The common parts of the paths, if their classes and these alone tell the modules that are
    asked for from all others; `()` where the classes are enough."""
    pieces = tuple((init.path or "*").split("*"))
    if (init.path is not None and len(meant) == 1) or set(init.path or "") & set("?["):
        return None
    classes = {m.layer.cls for m in meant}
    told = {m.path for m in modules if m.layer.cls in classes and _matches(pieces, m.path)}
    if told != {m.path for m in asked if m.layer.cls in classes}:
        return None
    return pieces if any(pieces) else ()


def _annotated_optional(cls: str, tensor: str) -> bool:
    layer, optional = ANNOTATED_OPTIONAL
    return cls.startswith(layer) and tensor == optional


def _subclassed_inside(meant: list[_Module], modules: tuple[_Module, ...]) -> bool:
    """True where a module that is no step could be taken for one of the `meant` modules: PyTorch's
    attention holds a linear layer, of a class of its own."""
    inside = {rank for module in modules for rank in module.layer.inner_ranks}
    return any(module.layer.ranks & inside for module in meant)


def _matches(pieces: tuple[str, ...], path: str) -> bool:
    """The test that is printed: the start and the end of the path, and the pieces in it."""
    first, *middle, last = pieces if len(pieces) > 1 else (pieces[0], pieces[0])
    return path.startswith(first) and path.endswith(last) and all(m in path for m in middle)


def _add(rules: list[InitRule], rule: InitRule) -> None:
    """Joins the rule before, where that means the same modules."""
    before = rules[-1] if rules else None
    if before and replace(before, calls=()) == replace(rule, calls=()):
        rules[-1] = replace(before, calls=(*before.calls, *rule.calls))
    else:
        rules.append(rule)


def _alike_joined(rules: list[InitRule]) -> Iterator[InitRule]:
    """Neighbours for op classes that say the same become one; their modules differ."""
    waiting: InitRule | None = None
    for rule in rules:
        if waiting is not None and _joinable(waiting, rule):
            classes = tuple(sorted({*waiting.classes, *rule.classes}))
            pairs = zip(waiting.calls, rule.calls, strict=True)
            calls = tuple(replace(a, guarded=a.guarded or b.guarded) for a, b in pairs)
            waiting = InitRule(classes, (), (), calls, False)
            continue
        if waiting is not None:
            yield waiting
        waiting = rule
    if waiting is not None:
        yield waiting


def _joinable(a: InitRule, b: InitRule) -> bool:
    same = [replace(call, guarded=False) for call in a.calls] == [
        replace(call, guarded=False) for call in b.calls
    ]
    told_apart = a.paths or a.pieces or a.exact or b.paths or b.pieces or b.exact
    return same and not told_apart and not set(a.classes) & set(b.classes)
