"""Whether two texts say the same network, by what PyTorch does with the source of each.

Nothing here knows how an edit is checked: both texts are compiled, both modules run, and what they
call is compared call by call, or what they give with the same weights.
"""

from contextlib import contextmanager
from itertools import count
from pathlib import Path

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten, tree_map

from archdsl import driver
from archdsl.backends.python import emit
from archdsl.base.source import Source
from archdsl.driver.networks import networks
from archdsl.ir.shape import DType
from archdsl.runtime.build import build
from archdsl.semantics.reporter import Reporter


def spec(text: str, folder: Path, network: str | None) -> driver.Spec:
    return driver.Spec(Source(str(folder / "typed.arch"), text), folder, network, "typed")


def networks_of(text: str, folder: Path) -> tuple[str, ...]:
    """The networks of a text that can stand alone."""
    whole = spec(text, folder, None)
    module = driver.files(whole, Reporter()).load(whole.source)
    return tuple(n for n in networks(module) if driver.complete(module, n))


class Compiled:
    """A network of a text as PyTorch."""

    def __init__(self, text: str, folder: Path, network: str) -> None:
        loaded = driver.run(spec(text, folder, network), {}, None)
        assert not loaded.failed, [d.message for d in loaded.diagnostics]
        self.program = loaded.program
        self.source = emit(loaded.program, siblings=loaded.siblings())

    def module(self, device: str = "cpu") -> nn.Module:
        return build(self.program, self.source, device=device)

    def inputs(self, device: str = "cpu") -> list[torch.Tensor]:
        draw = torch.Generator().manual_seed(1)
        return [self._input(kind, draw).to(device) for kind in self.program.root.inputs]

    def _input(self, kind, draw: torch.Generator) -> torch.Tensor:
        if kind.dtype is DType.INT:
            return torch.randint(0, 2, (2, *kind.shape), generator=draw)
        return torch.randn((2, *kind.shape), generator=draw)


# --- the calls -------------------------------------------------------------------------------


class Log(TorchDispatchMode):
    """Every call of PyTorch's own functions; tensors are numbered as they first appear. One that is
    written over is a new one, and a copy is the same one: whether they are made is no part of what
    a network means."""

    def __init__(self, begun: dict[int, list[object]]) -> None:
        super().__init__()
        self.calls: list[object] = []
        self._numbers: dict[int, int] = {}
        self._next = count()
        self._held: list[torch.Tensor] = []  # or another tensor could take its place in memory
        self._begun = begun

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        given = tree_map(self._shown, (args, kwargs or {}))
        result = func(*args, **(kwargs or {}))
        word = func.overloadpacket.__name__
        if word.endswith("_"):
            self._numbers.pop(id(result))
        if word == "clone":
            self._numbers[id(result)] = self._numbers[id(args[0])]
            self._held.append(result)
            return result
        self.calls.append((word.rstrip("_"), given, tree_map(self._shown, result)))
        return result

    def _shown(self, value: object) -> object:
        if not isinstance(value, torch.Tensor):
            return repr(value)
        if id(value) not in self._numbers:
            self._numbers[id(value)] = next(self._next)
            self._held.append(value)
            self.calls.append((*self._begun.get(id(value), ()), tuple(value.shape)))
        return self._numbers[id(value)]


@contextmanager
def beginnings():
    """What fills which tensor while modules are made, by the functions of `torch.nn.init`."""
    fills: dict[int, list[object]] = {}
    names = [n for n in dir(nn.init) if n.endswith("_") and not n.startswith("_")]
    before = {name: getattr(nn.init, name) for name in names}

    def noting(name):
        def fill(tensor, *args, **kwargs):
            fills.setdefault(id(tensor), []).append((name, args, tuple(sorted(kwargs.items()))))
            return tensor

        return fill

    for name in names:
        setattr(nn.init, name, noting(name))
    try:
        yield fills
    finally:
        for name, function in before.items():
            setattr(nn.init, name, function)


def calls(compiled: Compiled) -> list[object]:
    """What a network calls for an inference and a step of training, on tensors without numbers."""
    with beginnings() as begun:
        module = compiled.module("meta")
    log = Log(begun)
    inputs = compiled.inputs("meta")
    with log:
        for training in (False, True):
            results = tree_flatten(module.train(training)(*inputs))[0]
            log.calls.append([log._shown(result) for result in results])
    return log.calls


# --- the outputs -----------------------------------------------------------------------------


def outputs(before: Compiled, after: Compiled) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    """What both give for one batch, with the weights of the first in the order of the second."""
    torch.manual_seed(0)
    first, second = before.module(), after.module()
    ours, theirs = first.state_dict(), second.state_dict()
    assert [t.shape for t in ours.values()] == [t.shape for t in theirs.values()]
    second.load_state_dict(dict(zip(theirs, ours.values(), strict=True)))
    with torch.no_grad():
        return tuple(tree_flatten(m.eval()(*before.inputs()))[0] for m in (first, second))


def same(before: str, after: str, folder: Path = Path()) -> bool:
    """True where every network of a text makes the same calls in the other, whatever it is
    called there."""
    pairs = zip(networks_of(before, folder), networks_of(after, folder), strict=True)
    return all(
        calls(Compiled(before, folder, a)) == calls(Compiled(after, folder, b)) for a, b in pairs
    )
