"""The syntax tree: frozen nodes with spans, compared by identity.

Expressions and statements are closed sets (`Expr`, `Statement`); every node carries the span of
the text it was read from.
"""

from dataclasses import dataclass, field
from typing import Union

from archdsl.base.source import Source, Span

# --- expressions -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Constant:
    """A number, string, `true`, `false` or `none`; a shape literal `3x224x224` is a `Shape`."""

    span: Span
    value: int | float | str | bool | None


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A shape literal of two or more sizes."""

    span: Span
    dims: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Name:
    span: Span
    id: str


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """A computed name, `denselayer{i + 1}`: text and expressions in turn."""

    span: Span
    parts: "tuple[str | Expr, ...]"


@dataclass(frozen=True, slots=True, eq=False)
class Tuple:
    span: Span
    items: "tuple[Expr, ...]"


@dataclass(frozen=True, slots=True, eq=False)
class Unary:
    """`-x`, `+x`, `not x`."""

    span: Span
    op: str
    operand: "Expr"


@dataclass(frozen=True, slots=True, eq=False)
class Binary:
    """Arithmetic `+ - * / // % **`, and `and`, `or`."""

    span: Span
    op: str
    left: "Expr"
    right: "Expr"


@dataclass(frozen=True, slots=True, eq=False)
class Compare:
    """`a < b <= c`: one more operand than operators (`== != < <= > >= in`, `not in`)."""

    span: Span
    ops: tuple[str, ...]
    operands: "tuple[Expr, ...]"


@dataclass(frozen=True, slots=True, eq=False)
class IfElse:
    """`then if condition else otherwise`."""

    span: Span
    condition: "Expr"
    then: "Expr"
    otherwise: "Expr"


@dataclass(frozen=True, slots=True, eq=False)
class Argument:
    """An argument in a call: by keyword where `name` is not None."""

    span: Span
    name: Name | None
    value: "Expr"


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    span: Span
    callee: "Expr"
    arguments: tuple[Argument, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Attribute:
    """`input.channels`."""

    span: Span
    value: "Expr"
    name: Name


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    span: Span
    value: "Expr"
    index: "Expr"


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    """`value[start:stop:step]`; a part that was left out is None."""

    span: Span
    value: "Expr"
    start: "Expr | None"
    stop: "Expr | None"
    step: "Expr | None"


@dataclass(frozen=True, slots=True, eq=False)
class Comprehension:
    """`[element for a, b in iterable if condition]`, a tuple; brackets may go if sole argument."""

    span: Span
    element: "Expr"
    targets: "tuple[Binding, ...]"
    iterable: "Expr"
    condition: "Expr | None"


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """`a -> b -> c`, two elements or more."""

    span: Span
    items: "tuple[Expr, ...]"


@dataclass(frozen=True, slots=True, eq=False)
class Suite:
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


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """A line that transforms the flow: `names = value :: shape`; names and shape may be missing."""

    span: Span
    names: "tuple[Name | Template, ...]"
    value: Expr
    shape: Expr | None


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """`layer name = chain`: constructed once, its weights shared by every use."""

    span: Span
    name: "Name | Template"
    value: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Let:
    span: Span
    targets: "tuple[Binding, ...]"
    value: Expr


@dataclass(frozen=True, slots=True, eq=False)
class For:
    span: Span
    targets: "tuple[Binding, ...]"
    iterable: Expr
    body: "tuple[Statement, ...]"


@dataclass(frozen=True, slots=True, eq=False)
class If:
    """Conditions with their bodies in order; `otherwise` is empty where there is no `else`."""

    span: Span
    arms: "tuple[tuple[Expr, tuple[Statement, ...]], ...]"
    otherwise: "tuple[Statement, ...]"


@dataclass(frozen=True, slots=True, eq=False)
class Input:
    """`input 3x224x224`, `input left: 1x105x105`, `input ids: 128 int`; `dtype` comes last."""

    span: Span
    name: Name | None
    shape: Expr
    dtype: Name | None


@dataclass(frozen=True, slots=True, eq=False)
class Output:
    """`output c3, c4` or `output boxes=head1, scores=head2`: chains, most often taps."""

    span: Span
    values: tuple[Argument, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Aux:
    """`aux name(weight=0.3) = chain`."""

    span: Span
    name: Name
    arguments: tuple[Argument, ...]
    value: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Init:
    """`init conv.bias: zeros`. `selector` is an op's name or a string (a pattern of paths)."""

    span: Span
    selector: "Name | Constant"
    tensor: Name | None
    value: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Expect:
    """`expect params == 10 and macs < 2G if classes == 1000`."""

    span: Span
    condition: Expr
    when: Expr | None


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """`(a, b)` among the names that `let` or `for` binds: an element that is taken apart."""

    span: Span
    targets: "tuple[Binding, ...]"


Binding = Union[Name, Pattern]


def bound(targets: tuple[Binding, ...]) -> tuple[Name, ...]:
    """The names that targets bind, in the order of the text."""
    found: list[Name] = []
    waiting = list(targets)[::-1]
    while waiting:
        target = waiting.pop()
        if isinstance(target, Name):
            found.append(target)
        else:
            waiting += target.targets[::-1]
    return tuple(found)


Statement = Union[Flow, Layer, Let, For, If, Input, Output, Aux, Init, Expect]

# --- declarations ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Doc:
    """A docstring: its text with the indentation taken off."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Parameter:
    """`name: type = default`; type and default may be missing."""

    span: Span
    name: Name
    type: Name | None
    default: Expr | None


@dataclass(frozen=True, slots=True, eq=False)
class ImportName:
    """`name` or `name as alias`."""

    span: Span
    name: Name
    alias: Name | None


@dataclass(frozen=True, slots=True, eq=False)
class Import:
    """`from "blocks/se.arch" import squeeze_excite as se`."""

    span: Span
    path: Constant
    names: tuple[ImportName, ...]


@dataclass(frozen=True, slots=True, eq=False)
class BlockDecl:
    """`block NAME(params):` and a body, or `block NAME(params) = chain`, which is a sequence
    whose steps are numbered (`value` is not None then, and `body` empty)."""

    span: Span
    name: Name
    parameters: tuple[Parameter, ...]
    doc: Doc | None
    body: tuple[Statement, ...]
    value: Expr | None = None


@dataclass(frozen=True, slots=True, eq=False)
class NetworkDecl:
    span: Span
    name: Name
    parameters: tuple[Parameter, ...]
    doc: Doc | None
    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, eq=False)
class VariantDecl:
    """`network NAME = BASE(arguments)`, with a docstring and expectations at most."""

    span: Span
    name: Name
    base: Name
    arguments: tuple[Argument, ...]
    doc: Doc | None
    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, eq=False)
class FnDecl:
    """`fn NAME(params) = expression`."""

    span: Span
    name: Name
    parameters: tuple[Parameter, ...]
    value: Expr


Declaration = Union[Import, BlockDecl, NetworkDecl, VariantDecl, FnDecl]


@dataclass(frozen=True, slots=True, eq=False)
class File:
    """One source, read. `version` is the number of a leading `archdsl 1` line, None without one."""

    source: Source = field(repr=False)
    declarations: tuple[Declaration, ...]
    version: int | None = None


Node = Union[Expr, Statement, Declaration, Argument, Parameter, ImportName, Doc, Pattern]
