"""The syntax tree: frozen nodes with spans, compared by identity.

Expressions and statements are closed sets (`Expr`, `Statement`); every node carries the span of
the text it was read from. `Parsed` is what reading a text gives: its tree and its mistakes.
"""

from typing import Union

from msgspec import Struct

from archdsl.base.diagnostics import Diagnostic
from archdsl.base.labels import Severity
from archdsl.base.source import Source, Span

# --- expressions -----------------------------------------------------------------------------


class Constant(Struct, frozen=True, eq=False, gc=False):
    """A number, string, `true`, `false` or `none`; a shape literal `3x224x224` is a `Shape`."""

    span: Span
    value: int | float | str | bool | None


class Shape(Struct, frozen=True, eq=False, gc=False):
    """A shape literal of two or more sizes."""

    span: Span
    dims: tuple[int, ...]


class Name(Struct, frozen=True, eq=False, gc=False):
    span: Span
    id: str


class Template(Struct, frozen=True, eq=False, gc=False):
    """A computed name, `denselayer{i + 1}`: text and expressions in turn."""

    span: Span
    parts: "tuple[str | Expr, ...]"


class Tuple(Struct, frozen=True, eq=False, gc=False):
    span: Span
    items: "tuple[Expr, ...]"


class Unary(Struct, frozen=True, eq=False, gc=False):
    """`-x`, `+x`, `not x`."""

    span: Span
    op: str
    operand: "Expr"


class Binary(Struct, frozen=True, eq=False, gc=False):
    """Arithmetic `+ - * / // % **`, and `and`, `or`."""

    span: Span
    op: str
    left: "Expr"
    right: "Expr"


class Compare(Struct, frozen=True, eq=False, gc=False):
    """`a < b <= c`: one more operand than operators (`== != < <= > >= in`, `not in`)."""

    span: Span
    ops: tuple[str, ...]
    operands: "tuple[Expr, ...]"


class IfElse(Struct, frozen=True, eq=False, gc=False):
    """`then if condition else otherwise`."""

    span: Span
    condition: "Expr"
    then: "Expr"
    otherwise: "Expr"


class Argument(Struct, frozen=True, eq=False, gc=False):
    """An argument in a call: by keyword where `name` is not None."""

    span: Span
    name: Name | None
    value: "Expr"


class Call(Struct, frozen=True, eq=False, gc=False):
    span: Span
    callee: "Expr"
    arguments: tuple[Argument, ...]


class Attribute(Struct, frozen=True, eq=False, gc=False):
    """`input.channels`."""

    span: Span
    value: "Expr"
    name: Name


class Index(Struct, frozen=True, eq=False, gc=False):
    span: Span
    value: "Expr"
    index: "Expr"


class Slice(Struct, frozen=True, eq=False, gc=False):
    """`value[start:stop:step]`; a part that was left out is None."""

    span: Span
    value: "Expr"
    start: "Expr | None"
    stop: "Expr | None"
    step: "Expr | None"


class Comprehension(Struct, frozen=True, eq=False, gc=False):
    """`[element for a, b in iterable if condition]`, a tuple; a sole argument needs no brackets."""

    span: Span
    element: "Expr"
    targets: "tuple[Binding, ...]"
    iterable: "Expr"
    condition: "Expr | None"


class Chain(Struct, frozen=True, eq=False, gc=False):
    """`a -> b -> c`, two elements or more."""

    span: Span
    items: "tuple[Expr, ...]"


class Suite(Struct, frozen=True, eq=False, gc=False):
    """The block form of a merge or `path`: `concat(dim=1):` and its indented lines.

    `head` is a `Name` or `Call`. Only the last element of a statement's chain can be one.
    """

    span: Span
    head: "Expr"
    body: "tuple[Statement, ...]"


Expr = Union[
    Constant,
    Shape,
    Name,
    Template,
    Tuple,
    Unary,
    Binary,
    Compare,
    IfElse,
    Call,
    Attribute,
    Index,
    Slice,
    Comprehension,
    Chain,
    Suite,
]

# --- statements ------------------------------------------------------------------------------


class Flow(Struct, frozen=True, eq=False, gc=False):
    """A line that transforms the flow: `names = value :: shape`; names and shape may be missing."""

    span: Span
    names: "tuple[Name | Template, ...]"
    value: Expr
    shape: Expr | None


class Layer(Struct, frozen=True, eq=False, gc=False):
    """`layer name = chain`: constructed once, its weights shared by every use."""

    span: Span
    name: "Name | Template"
    value: Expr


class Let(Struct, frozen=True, eq=False, gc=False):
    span: Span
    targets: "tuple[Binding, ...]"
    value: Expr


class For(Struct, frozen=True, eq=False, gc=False):
    span: Span
    targets: "tuple[Binding, ...]"
    iterable: Expr
    body: "tuple[Statement, ...]"


class If(Struct, frozen=True, eq=False, gc=False):
    """Conditions with their bodies in order; `otherwise` is empty where there is no `else`."""

    span: Span
    arms: "tuple[tuple[Expr, tuple[Statement, ...]], ...]"
    otherwise: "tuple[Statement, ...]"


class Input(Struct, frozen=True, eq=False, gc=False):
    """`input 3x224x224`, `input left: 1x105x105`, `input ids: 128 int`; `dtype` comes last."""

    span: Span
    name: Name | None
    shape: Expr
    dtype: Name | None


class Output(Struct, frozen=True, eq=False, gc=False):
    """`output c3, c4` or `output boxes=head1, scores=head2`: chains, most often taps."""

    span: Span
    values: tuple[Argument, ...]


class Aux(Struct, frozen=True, eq=False, gc=False):
    """`aux name(weight=0.3) = chain`."""

    span: Span
    name: Name
    arguments: tuple[Argument, ...]
    value: Expr


class Init(Struct, frozen=True, eq=False, gc=False):
    """`init conv.bias: zeros`. `selector` is an op's name or a string (a pattern of paths)."""

    span: Span
    selector: "Name | Constant"
    tensor: Name | None
    value: Expr


class Expect(Struct, frozen=True, eq=False, gc=False):
    """`expect params == 10 and macs < 2G if classes == 1000`."""

    span: Span
    condition: Expr
    when: Expr | None


class Pattern(Struct, frozen=True, eq=False, gc=False):
    """`(a, b)` among the names that `let` or `for` binds: an element that is taken apart."""

    span: Span
    targets: "tuple[Binding, ...]"


Binding = Union[Name, Pattern]


def bound(targets: tuple[Binding, ...]) -> tuple[Name, ...]:
    """The names that targets bind, in the order of the text."""
    names: list[Name] = []
    waiting = list(targets)[::-1]
    while waiting:
        target = waiting.pop()
        if isinstance(target, Name):
            names.append(target)
        else:
            waiting += target.targets[::-1]
    return tuple(names)


Statement = Union[Flow, Layer, Let, For, If, Input, Output, Aux, Init, Expect]

# --- declarations ----------------------------------------------------------------------------


class Doc(Struct, frozen=True, eq=False, gc=False):
    """A docstring: its text with the indentation taken off."""

    span: Span
    text: str


class Parameter(Struct, frozen=True, eq=False, gc=False):
    """`name: type = default`; type and default may be missing."""

    span: Span
    name: Name
    type: Name | None
    default: Expr | None


class ImportName(Struct, frozen=True, eq=False, gc=False):
    """`name` or `name as alias`."""

    span: Span
    name: Name
    alias: Name | None


class Import(Struct, frozen=True, eq=False, gc=False):
    """`from "blocks/se.arch" import squeeze_excite as se`."""

    span: Span
    path: Constant
    names: tuple[ImportName, ...]


class BlockDecl(Struct, frozen=True, eq=False, gc=False):
    """`block NAME(params):` and a body, or `block NAME(params) = chain`, which is a sequence
    whose steps are numbered (`value` is not None then, and `body` empty)."""

    span: Span
    name: Name
    parameters: tuple[Parameter, ...]
    doc: Doc | None
    body: tuple[Statement, ...]
    value: Expr | None = None


class NetworkDecl(Struct, frozen=True, eq=False, gc=False):
    span: Span
    name: Name
    parameters: tuple[Parameter, ...]
    doc: Doc | None
    body: tuple[Statement, ...]


class VariantDecl(Struct, frozen=True, eq=False, gc=False):
    """`network NAME = BASE(arguments)`, with a docstring and expectations at most."""

    span: Span
    name: Name
    base: Name
    arguments: tuple[Argument, ...]
    doc: Doc | None
    body: tuple[Statement, ...]


class FnDecl(Struct, frozen=True, eq=False, gc=False):
    """`fn NAME(params) = expression`."""

    span: Span
    name: Name
    parameters: tuple[Parameter, ...]
    value: Expr


Declaration = Union[Import, BlockDecl, NetworkDecl, VariantDecl, FnDecl]


class File(Struct, frozen=True, eq=False, gc=False):
    """One source, read. `version` is the number of a leading `archdsl 1` line, None without one."""

    source: Source
    declarations: tuple[Declaration, ...]
    version: int | None = None


Node = Union[Expr, Statement, Declaration, Argument, Parameter, ImportName, Doc, Pattern]


# --- a text that was read ---------------------------------------------------------------------


class Parsed(Struct, frozen=True):
    """The tree of the lines that could be read, the mistakes in the rest, and the comments."""

    file: File
    diagnostics: tuple[Diagnostic, ...]
    comments: tuple[Span, ...] = ()

    @property
    def ok(self) -> bool:
        return not any(d.severity is Severity.ERROR for d in self.diagnostics)
