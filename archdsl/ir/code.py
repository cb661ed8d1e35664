"""The small Python that steps become: constructor calls and forward expressions, not yet text.

Plain values (int, float, bool, None, str, tuple of these) stand for literals. Everything is
frozen and hashable, so that equal calls can be recognised and repeated ones folded.
"""

from typing import Union

from msgspec import Struct


class CodeForm(Struct, frozen=True, gc=False):
    """An expression of a later stage, such as a choice between two; no op writes one."""


class In(Struct, frozen=True, gc=False):
    """The step's k-th input tensor, batch first."""

    index: int = 0


class Self(Struct, frozen=True, gc=False):
    """The module that the step's constructor built: `self.NAME`."""


class Name(Struct, frozen=True, gc=False):
    """A dotted name in reach of the emitted file: `torch.float32`, `nn.ReLU`."""

    text: str


class Attr(Struct, frozen=True, gc=False):
    """`value.name`."""

    value: "Code"
    name: str


class Call(Struct, frozen=True, gc=False):
    """`func(*args, **kwargs)`; `func` is a dotted name (`nn.Conv2d`) or code (a method)."""

    func: "str | Code"
    args: tuple["Code", ...] = ()
    kwargs: tuple[tuple[str, "Code"], ...] = ()


class Infix(Struct, frozen=True, gc=False):
    """`left op right`, with as many operands as given: `a + b + c`."""

    op: str
    operands: tuple["Code", ...]


class Fold(Struct, frozen=True, gc=False):
    """`func(func(a, b), c)`, with as many operands as given."""

    func: str
    operands: tuple["Code", ...]


class List(Struct, frozen=True, gc=False):
    """`[a, b, c]`."""

    items: tuple["Code", ...]


class Slice(Struct, frozen=True, gc=False):
    """`start:stop:step` inside an index; None leaves a part out."""

    start: "Code" = None
    stop: "Code" = None
    step: "Code" = None


class Index(Struct, frozen=True, gc=False):
    """`value[a, b, c]`; items are code or slices."""

    value: "Code"
    items: tuple["Code | Slice", ...]


Code = Union[
    In,
    Self,
    Name,
    Attr,
    Call,
    Infix,
    Fold,
    List,
    Index,
    CodeForm,
    int,
    float,
    bool,
    None,
    str,
    tuple["Code", ...],
]


class Emission(Struct, frozen=True, gc=False):
    """The PyTorch code of one op.

    `build` is what `__init__` assigns to the step's attribute, None where the step holds no
    module or parameter. `forward` is the expression over `In(k)` and `Self()`; with several
    results it evaluates to a tuple. `helpers` names classes that the emitted file must define,
    each kept in `archdsl/ops/helpers/NAME.txt`.
    """

    build: "Code"
    forward: "Code"
    helpers: tuple[str, ...] = ()


CALL = Call(Self(), (In(0),))


def module(call: Call, helpers: tuple[str, ...] = ()) -> Emission:
    """The usual case: `self.NAME = call` and `self.NAME(x)`."""
    return Emission(call, CALL, helpers)


def expression(code: "Code") -> Emission:
    """An op without a module of its own: an expression over its inputs."""
    return Emission(None, code)
