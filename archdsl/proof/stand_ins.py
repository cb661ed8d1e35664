"""Stand-ins for tensors and functions of PyTorch: what is called with what, written as lines.

A `Recorder` writes each call as one line, `torch.cat([%0, %2], dim=1)`, and gives a `Value` that
stands for its result, `%3`. Two runs with equal lines made the same calls in the same order on
the same objects, so that they compute the same, whatever writes over what. Outside of a run a
value is the text of the call that makes it.
"""

from collections.abc import Iterator
from typing import Any

from archdsl.ir.shape import Shape
from archdsl.proof.signatures import written
from archdsl.proof.unproven import Unproven

CAT = "torch.cat"


class Batch:
    """The number of samples: known to no program."""

    def __repr__(self) -> str:
        return "batch"


BATCH = Batch()


class Recorder:
    """The calls, line by line. `shapes` and `counts` give for a value, by its text, its sizes
    after the batch and its number of results; they come from the program.

    `begun` are the calls of `nn.init`, each with what it fills.

    With `flat`, tensors side by side are the list of their parts, and joining them is no call.
    """

    def __init__(self) -> None:
        self.lines: list[str] | None = None
        self.begun: list[tuple[str, str]] = []
        self.shapes: dict[str, Shape] = {}
        self.counts: dict[str, int] = {}
        self.training = False
        self.flat = False

    def run(self, training: bool, flat: bool) -> list[str]:
        """Starts a run; gives the lines that it will fill."""
        self.training, self.flat = training, flat
        self.lines = []
        return self.lines

    def text(self, function: str, arguments: Any, keywords: Any = None) -> str:
        """A call as text. A tensor is the same of a tuple of numbers and of a list of them."""
        if function == "torch.tensor":
            arguments = [list(each) if isinstance(each, tuple) else each for each in arguments]
        return written(function, arguments, keywords or {})

    def called(self, function: str, arguments: Any, keywords: Any = None) -> "Value":
        """The result of a call, which is written down."""
        if self.flat and function == CAT:
            return _side_by_side(self, arguments, keywords)
        text = self.text(function, arguments, keywords)
        if self.lines is None:
            if function.startswith("nn.init."):
                self.begun.append((repr(arguments[:1]), text))
            return Value(self, text)
        self.lines.append(text)
        return Value(self, f"%{len(self.lines) - 1}")


class Dotted:
    """A name of PyTorch, `nn.ReLU` or `torch.cat`: read on, passed on, or called."""

    def __init__(self, recorder: Recorder, text: str) -> None:
        self._recorder = recorder
        self._text = text

    def __repr__(self) -> str:
        return self._text

    def __getattr__(self, name: str) -> "Dotted":
        return Dotted(self._recorder, f"{self._text}.{name}")

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        return self._recorder.called(self._text, arguments, keywords)


class Value:
    """A tensor, or what holds several: the result of a call, an input, a weight."""

    def __init__(self, recorder: Recorder, text: str) -> None:
        self._recorder = recorder
        self._text = text

    def __repr__(self) -> str:
        return self._text

    def __getattr__(self, name: str) -> Any:
        if name == "shape" and self._text in self._recorder.shapes:
            return (BATCH, *self._recorder.shapes[self._text])
        if name.startswith("_"):
            raise AttributeError(name)
        return Method(self, name)

    def __getitem__(self, item: Any) -> "Value":
        return self._recorder.called("[]", (self, item))

    def __iter__(self) -> Iterator["Value"]:
        if self._text not in self._recorder.counts:
            raise Unproven(f"takes `{self}` apart, which is one tensor")
        count = self._recorder.counts[self._text]
        return iter([Value(self._recorder, f"{self._text}.{k}") for k in range(count)])

    def __bool__(self) -> bool:
        raise Unproven(f"asks whether `{self}` is true")

    def __eq__(self, other: object) -> bool:
        raise Unproven(f"compares `{self}`")

    __hash__ = None  # type: ignore[assignment]


def _operator(sign: str, turned: bool = False) -> Any:
    def call(self: Value, *others: Any) -> Value:
        operands = (*others, self) if turned else (self, *others)
        return self._recorder.called(sign, operands)

    return call


_SIGNS = {
    **{"add": "+", "sub": "-", "mul": "*", "matmul": "@", "truediv": "/", "floordiv": "//"},
    **{"mod": "%", "pow": "**"},
}
_ONE_WAY = {"neg": "-", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
for _name, _sign in (_SIGNS | _ONE_WAY).items():
    setattr(Value, f"__{_name}__", _operator(_sign))
for _name, _sign in _SIGNS.items():
    setattr(Value, f"__r{_name}__", _operator(_sign, turned=True))
    setattr(Value, f"__i{_name}__", _operator(f"{_sign}="))


class Method:
    """An attribute of a value: to be called, and nothing else."""

    def __init__(self, owner: Value, name: str) -> None:
        self._owner = owner
        self._name = name

    def __repr__(self) -> str:
        raise Unproven(f"reads `{self._name}` of `{self._owner}` without a call")

    def __call__(self, *arguments: Any, **keywords: Any) -> Value:
        recorder = self._owner._recorder
        return recorder.called(f".{self._name}", (self._owner, *arguments), keywords)

    def __getitem__(self, item: Any) -> Value:
        """A size of a tensor whose shape no step tells."""
        recorder = self._owner._recorder
        return recorder.called(f".{self._name}[]", (self._owner, item))


class Concatenated(Value):
    """Tensors side by side, as the list of their parts."""

    def __init__(self, recorder: Recorder, parts: list[Value], dim: str) -> None:
        super().__init__(recorder, f"joined({parts!r}, {dim})")
        self._parts = parts
        self._dim = dim


def _side_by_side(recorder: Recorder, arguments: Any, keywords: Any) -> Value:
    parts, *more = arguments
    dim = repr((more, keywords))
    flat: list[Value] = []
    for part in parts:
        flat += part._parts if isinstance(part, Concatenated) and part._dim == dim else [part]
    return flat[0] if len(flat) == 1 else Concatenated(recorder, flat, dim)
