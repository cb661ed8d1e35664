"""The emitted text as classes over stand-ins: what it may say is checked, then it is run.

What is not known here is refused. Helpers are taken for what their files say, if the text is the
same; everything else can reach nothing but the stand-ins and a few functions of Python.
"""

import ast
import builtins
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from functools import cache, partial
from importlib.resources import files
from math import ceil, floor, log2, sqrt
from re import MULTILINE, search
from types import SimpleNamespace
from typing import Any, ClassVar, Final, NamedTuple

from archdsl.proof.modules import Construction, Module, Reading
from archdsl.proof.placed import Placed, Trained
from archdsl.proof.stand_ins import CAT, Dotted, Value
from archdsl.proof.unproven import Unproven

HELPERS = ("ops/helpers", "backends/python/helpers", "backends/python/weights")
KNOWN_NODES = (
    *(ast.Module, ast.ClassDef, ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.Pass),
    *(ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.If, ast.For, ast.comprehension),
    *(ast.Call, ast.keyword, ast.Attribute, ast.Name, ast.Constant, ast.Starred, ast.Slice),
    *(ast.Subscript, ast.Tuple, ast.List, ast.Dict, ast.ListComp, ast.GeneratorExp, ast.DictComp),
    *(ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.JoinedStr),
    *(
        ast.Assert,
        ast.Raise,
        ast.FormattedValue,
        ast.expr_context,
        ast.operator,
        ast.unaryop,
        ast.boolop,
        ast.cmpop,
    ),
)
HIDDEN = ("_", "f_", "gi_", "tb_", "co_", "cr_", "ag_", "format")  # ways into Python itself
FUNCTIONS = (
    *("abs", "bool", "dict", "enumerate", "float", "int", "len", "list", "max", "min"),
    *("range", "round", "str", "tuple", "zip", "super", "classmethod", "object"),
    "ValueError",
    "__build_class__",
)


class EmittedSource:
    """One emitted file; `classes` are the names that it defines."""

    def __init__(self, text: str, reading: Reading) -> None:
        self.reading = reading
        self.recomputes = False
        self.running: Module | None = None  # whose `forward` runs
        self.joined = False  # whether something was computed again from its parts
        self.layers = TorchNn(reading)
        self.trained = Trained(reading.recorder, ())  # what `from_trained` is given
        tree = _parsed(text)
        helpers, rest = _parted(tree, text)
        names = _imported(rest, self._torch())
        names |= {name: self._helper(name) for name in helpers}
        _check(rest, set(names))
        for node in helpers.values():
            _check_names(node, {*names, *dir(builtins)})
        self.names: dict[str, Any] = {"__name__": "emitted", "__builtins__": self._functions()}
        self.names |= names
        try:
            exec(compile(ast.Module(rest, []), "<emitted>", "exec"), self.names)
        except Unproven:
            raise
        except Exception as error:
            raise Unproven(f"cannot be run ({error})") from None

    def _functions(self) -> dict[str, Any]:
        functions = {name: getattr(builtins, name) for name in FUNCTIONS}
        return functions | {
            "getattr": _attribute,
            "isinstance": lambda module, kind: isinstance(module, Placed) and module.is_a(kind),
            "type": Types(self.layers),
            "sum": _sum,
        }

    def _torch(self) -> dict[tuple[str, str], Any]:
        """The things that the file can import, by module and name."""
        recorder = self.reading.recorder
        return {
            ("math", ""): SimpleNamespace(ceil=ceil, floor=floor, log2=log2, sqrt=sqrt),
            ("torch", ""): Dotted(recorder, "torch"),
            ("torch", "Tensor"): Value,
            ("torch", "nn"): self.layers,
            ("torch.nn", "functional"): Dotted(recorder, "nn.functional"),
            ("torch.utils.checkpoint", "checkpoint"): None,
            ("collections.abc", "Callable"): Callable,
            ("collections.abc", "Iterator"): Iterator,
            ("collections.abc", "Mapping"): Mapping,
            ("contextlib", "contextmanager"): contextmanager,
            ("functools", "partial"): partial,
            ("contextlib", "nullcontext"): nullcontext,
            ("typing", "Any"): Any,
            ("typing", "ClassVar"): ClassVar,
            ("typing", "Final"): Final,
            ("typing", "NamedTuple"): NamedTuple,
        }

    def _helper(self, name: str) -> Any:
        """The stand-in for a helper: recomputing runs, a class is a module."""
        if name == "recompute":
            return self._recompute
        if name == "recompute_joined":
            return self._recompute_joined
        if name == "renamed":
            return self._renamed
        if name.islower():
            return WorkedLayer(self.reading.recorder, name)
        return LayerClass(self.reading, name)

    def _renamed(self, trained: Any, old: str, new: str) -> dict[str, Value]:
        """The weights below one path, moved below another."""
        if trained is not self.trained:
            raise Unproven("renames what is no trained weight")
        keys = [key for key in self.trained if key.startswith(f"{old}.")]
        return {f"{new}.{key.removeprefix(f'{old}.')}": self.trained[key] for key in keys}

    def _recompute(self, module: Any, run: Any, *tensors: Any) -> Any:
        if module is not self.running:
            raise Unproven("computes something again with another module's norms")
        return run(*tensors)

    def _recompute_joined(self, module: Any, parts: list[Value], dim: int) -> Any:
        self.joined = True
        return module(self.reading.recorder.called(CAT, (list(parts),), {"dim": dim}))


class LayerClass(Dotted):
    """A class of PyTorch, or of a helper: called, it makes a module."""

    def __init__(self, reading: Reading, text: str) -> None:
        super().__init__(reading.recorder, text)
        self._reading = reading

    def __call__(self, *arguments: Any, **keywords: Any) -> Construction:
        if self._recorder.lines is not None:
            raise Unproven(f"makes a `{self}` while it runs")
        return self._reading.leaf(self._recorder.text(repr(self), arguments, keywords))


class WorkedLayer(Dotted):
    """A helper that works out a layer's weight and bias."""

    def __call__(self, *arguments: Any, **keywords: Any) -> "LayerWeights":
        return LayerWeights(self._recorder, self._recorder.text(repr(self), arguments, keywords))


class LayerWeights(Value):
    """A layer's weight and bias."""

    def __iter__(self) -> Iterator[Value]:
        return iter([Value(self._recorder, f"{self}.{number}") for number in range(2)])


class TorchNn:
    """`torch.nn`."""

    def __init__(self, reading: Reading) -> None:
        self.Module = reading.module
        self.Sequential = reading.sequential
        self.ModuleDict = reading.module_dict
        self.Parameter = reading.parameter
        self.Buffer = reading.buffer
        self.functional = Dotted(reading.recorder, "nn.functional")
        self.init = Dotted(reading.recorder, "nn.init")
        self._makers: dict[str, LayerClass] = {}
        self._reading = reading

    def __getattr__(self, name: str) -> LayerClass:
        return self.maker(name)

    def maker(self, name: str) -> LayerClass:
        """The one that stands for a class."""
        if name not in self._makers:
            self._makers[name] = LayerClass(self._reading, f"nn.{name}")
        return self._makers[name]


class Types:
    """`type`: of a module in initialisation, and `type[nn.Module]` in a signature."""

    def __init__(self, layers: TorchNn) -> None:
        self._layers = layers

    def __getitem__(self, item: Any) -> Any:
        return type[item]

    def __call__(self, module: Any) -> Any:
        """The class of a module, as the source speaks of it."""
        if not isinstance(module, Placed):
            raise Unproven(f"asks for the type of {module!r}")
        layer = module._kind.removeprefix("nn.")
        return self._layers.maker(layer) if layer != module._kind else module._kind


def _sum(items: Iterable[Any], *start: Any) -> Any:
    """`sum`, whose zero at the start adds nothing."""
    addends: list[Any] = [*start, *items] or [0]
    first = addends[0]
    for other in addends[1:]:
        first = first + other
    return first


def _attribute(owner: Any, name: Any) -> Any:
    """`getattr`, of modules by their public names only."""
    if not isinstance(owner, Module) or not isinstance(name, str) or name.startswith("__"):
        raise Unproven(f"reads {name!r} of what is no module")
    return getattr(owner, name)


def _parsed(text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError) as error:
        raise Unproven(f"is no Python ({error})") from None


@cache
def _helper_texts() -> dict[str, str]:
    """The texts of the helpers, by name."""
    texts: dict[str, str] = {}
    for folder in HELPERS:
        for file in files("archdsl").joinpath(*folder.split("/")).iterdir():
            for text in file.read_text("utf-8").strip("\n").split("\n\n\n"):
                name = search(r"^(?:class|def) (\w+)", text, MULTILINE)
                texts |= {name[1]: text} if name else {}
    return texts


def _parted(tree: ast.Module, text: str) -> tuple[dict[str, ast.stmt], list[ast.stmt]]:
    """The helpers among the definitions, those whose text is that of their files, and the rest."""
    lines = text.split("\n")
    helpers: dict[str, ast.stmt] = {}
    rest: list[ast.stmt] = []
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            said = "\n".join(lines[first - 1 : node.end_lineno])
            if node.name not in helpers and said == _helper_texts().get(node.name):
                helpers[node.name] = node
                continue
        rest.append(node)
    return helpers, rest


def _imported(rest: list[ast.stmt], known: dict[tuple[str, str], Any]) -> dict[str, Any]:
    """The imports of the file, by its names; they are taken out of the rest."""
    imported: dict[str, Any] = {}
    for node in [n for n in rest if isinstance(n, ast.Import | ast.ImportFrom)]:
        rest.remove(node)
        module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
        for alias in node.names:
            key = (module, alias.name) if module else (alias.name, "")
            if key not in known:
                raise Unproven(f"imports {alias.name}")
            imported[alias.asname or alias.name] = known[key]
    return imported


def _check(rest: list[ast.stmt], taken: set[str]) -> None:
    """Refuses what is not known here: statements, and ways into Python itself."""
    for node in rest:
        match node:
            case ast.Expr(value=ast.Constant(value=str())):
                pass
            case ast.ClassDef(decorator_list=[]) | ast.FunctionDef(decorator_list=[]) if (
                node.name not in taken
            ):
                taken.add(node.name)
            case _:
                raise Unproven(f"line {node.lineno} of the file is neither class nor helper")
        _check_parts(node)


def _check_parts(node: ast.AST) -> None:
    """Refuses what is not known here in a statement, place by place."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        kind = type(part)
        if kind not in _FIELDS:
            _FIELDS[kind] = kind._fields if issubclass(kind, KNOWN_NODES) else None
        fields = _FIELDS[kind]
        if fields is None:
            raise Unproven(f"`{kind.__name__}` cannot be read")
        if isinstance(part, ast.Attribute) and not _plain(part):
            raise Unproven(f"`{part.attr}` cannot be read")
        if isinstance(part, ast.Name) and part.id.startswith("__"):
            raise Unproven(f"`{part.id}` cannot be read")
        for field in fields:
            value = getattr(part, field)
            if isinstance(value, ast.AST):
                waiting.append(value)
            elif type(value) is list:
                waiting += [item for item in value if isinstance(item, ast.AST)]


_FIELDS: dict[type[ast.AST], tuple[str, ...] | None] = {}
"""The fields of each kind of node; None for an unknown kind."""


def _plain(node: ast.Attribute) -> bool:
    """True where an attribute is one of a module, a tensor or PyTorch, and none of Python's."""
    match node.value:
        case ast.Name(id="self"):
            return not node.attr.startswith("__")
        case ast.Call(func=ast.Name(id="super"), args=[]):
            return node.attr in ("__init__", "forward")
    return not node.attr.startswith(HIDDEN)


def _check_names(helper: ast.stmt, known: set[str]) -> None:
    """Refuses a helper that reads what the file does not have."""
    parts = list(ast.walk(helper))
    read = {n.id for n in parts if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    own = {n.id for n in parts if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    own |= {n.arg for n in parts if isinstance(n, ast.arg)}
    own |= {n.name for n in parts if isinstance(n, ast.FunctionDef)}
    missing = sorted(read - own - known)
    if missing:
        raise Unproven(f"does not import {', '.join(missing)}")


def helper_names() -> frozenset[str]:
    """The names that may be defined beside the program's classes."""
    return frozenset(_helper_texts())
