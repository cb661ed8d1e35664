"""Whether two sources are the same network, by PyTorch: keys, beginnings, results, draws."""

from typing import Any

import torch
from torch import nn

from archdsl.ir.graph import Program
from archdsl.ir.shape import DType


def same(program: Program, name: str, one: str, other: str, trained: Any = None) -> str:
    """Empty where both are the same by all that is tried, else what differs."""
    try:
        first, second = _class(one, name), _class(other, name)
    except Exception as error:
        return f"cannot be loaded: {error!r}"
    try:
        return _differs(program, first, second, trained)
    except Exception as error:
        return f"fails: {error!r}"


def _class(text: str, name: str) -> type[nn.Module]:
    space: dict[str, Any] = {"__name__": "mutant"}
    exec(compile(text, "<mutant>", "exec"), space)
    cls: type[nn.Module] = space[name]
    return cls


def _differs(program: Program, first: type, second: type, trained: Any) -> str:
    for word in vars(first):
        value = vars(first)[word]
        if isinstance(value, dict) and not word.startswith("__") and vars(second)[word] != value:
            return f"{word} differs"
    models = []
    for cls in (first, second):
        torch.manual_seed(1)
        models.append(cls())
    if _state(models[0]) != _state(models[1]):
        return "other keys or shapes"
    if not _equal([*models[0].state_dict().values()], [*models[1].state_dict().values()]):
        return "begins otherwise"
    if _layout(models[0]) != _layout(models[1]):
        return "lies otherwise in memory"
    if trained is not None:
        models = [_method(cls)(trained) for cls in (first, second)]
        if not _equal([*models[0].state_dict().values()], [*models[1].state_dict().values()]):
            return "other weights from trained ones"
    for training in (False, True):
        if training and trained is not None:
            continue
        results = []
        for model in models:
            model.double().train(training)
            torch.manual_seed(2)
            given = _inputs(program)
            torch.manual_seed(3)
            with torch.no_grad():
                results.append(model(*given))
        if type(results[0]).__name__ != type(results[1]).__name__:
            return "other kind of result"
        if getattr(results[0], "_fields", ()) != getattr(results[1], "_fields", ()):
            return "other names of results"
        if not _equal(_flat(results[0]), _flat(results[1])):
            return f"other results, training: {training}"
        if not _equal([*models[0].state_dict().values()], [*models[1].state_dict().values()]):
            return "other statistics"
    return ""


def _method(cls: type) -> Any:
    """Its one class method, which makes it of trained weights."""
    (name,) = (name for name, value in vars(cls).items() if isinstance(value, classmethod))
    return getattr(cls, name)


def _state(model: nn.Module) -> list[tuple[str, tuple[int, ...]]]:
    return [(key, tuple(value.shape)) for key, value in model.state_dict().items()]


def _layout(model: nn.Module) -> list[tuple[int, ...]]:
    return [value.stride() for value in model.parameters()]


def _equal(one: list[torch.Tensor], other: list[torch.Tensor]) -> bool:
    return len(one) == len(other) and all(
        a.shape == b.shape and torch.allclose(a.double(), b.double(), 1e-12, 1e-12, equal_nan=True)
        for a, b in zip(one, other, strict=True)
    )


def _inputs(program: Program) -> list[torch.Tensor]:
    return [
        torch.randint(0, 2, (2, *t.shape))
        if t.dtype is DType.INT
        else torch.randn((2, *t.shape), dtype=torch.float64)
        for t in program.root.inputs
    ]


def _flat(value: Any) -> list[torch.Tensor]:
    return [value] if isinstance(value, torch.Tensor) else [t for v in value for t in _flat(v)]
