"""A spec given as text: its emitted source, and whether that does what the program says."""

from collections.abc import Iterable

import torch
from interpreter import Interpreted
from torch import nn

from archdsl import driver
from archdsl.backends.python import emit
from archdsl.ir.graph import Program
from archdsl.ir.shape import DType
from archdsl.runtime.build import build, load_source


def program_of(text: str) -> Program:
    """The program of a spec that has no errors."""
    loaded = driver.loads(text, name="net.arch")
    assert loaded.program is not None, [(d.code, d.message) for d in loaded.diagnostics]
    return loaded.program


def source_of(text: str) -> str:
    return emit(program_of(text))


def assert_agrees(text: str) -> str:
    """The source, after it was built and run beside the program, step by step: the same keys, and
    in float64 the same results in evaluation and in training, random draws included."""
    program = program_of(text)
    source = emit(program)
    compare(program, source)
    return source


def compare(program: Program, source: str) -> None:
    heads = tuple(head.step for head in program.heads)
    ours = build(program, source).double()
    theirs = Interpreted(program.root, vars(load_source(program.name, source)), heads).double()
    assert list(ours.state_dict()) == list(theirs.state_dict())
    ours.load_state_dict(theirs.state_dict())
    given = [_random(type.shape, type.dtype) for type in program.root.inputs]
    for training in (False, True):
        results = [_run(model.train(training), given) for model in (ours, theirs)]
        for mine, other in zip(*results, strict=True):
            torch.testing.assert_close(mine, other, rtol=1e-12, atol=1e-12, equal_nan=True)


def _run(model: nn.Module, given: Iterable[torch.Tensor]) -> list[torch.Tensor]:
    torch.manual_seed(0)
    return flat(model(*(x.clone() for x in given)))


def _random(shape: tuple[int, ...], dtype: DType) -> torch.Tensor:
    generator = torch.Generator().manual_seed(1)
    if dtype is DType.INT:
        return torch.zeros((2, *shape), dtype=torch.long)
    return torch.randn((2, *shape), generator=generator, dtype=torch.float64)


def flat(value: object) -> list[torch.Tensor]:
    return [value] if isinstance(value, torch.Tensor) else [t for v in value for t in flat(v)]
