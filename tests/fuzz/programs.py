"""A random program as `.arch` text and in PyTorch: archdsl and the reference must agree.

archdsl accepts the text if and only if the reference runs; then shapes, the shape of every step,
keys, parameters and MACs are equal, and the emitted module has the same on the meta device.
"""

import warnings
from collections.abc import Iterator
from random import Random
from typing import Any

import torch
from torch import Tensor, nn

import archdsl
from archdsl.ir.graph import Scope, ScopeKind, state_dict, walk

from .abstract import Program, Shape
from .flops import Flops
from .growing import grow
from .mistakes import spoilt
from .reference import FAILURES, SAMPLES, Facts, facts
from .running import Outcome
from .shrinking import shrunk
from .torch_ops import Refused

SPOILT = 0.25  # the share of programs with one mistake planted
Pairs = Iterator[tuple[str, object, object]]


class ProgramFuzzer:
    """Draws programs and compares what archdsl and the reference make of them."""

    def draw(self, rng: Random) -> Program:
        with Flops() as counter:
            program = grow(rng, counter)
        if rng.random() >= SPOILT:
            return program
        facts = self.facts(program)
        return spoilt(program, facts.blocks if isinstance(facts, Facts) else frozenset(), rng)

    def judge(self, rng: Random) -> Outcome:
        return self.judged(self.draw(rng))

    def shown(self, rng: Random) -> str:
        program = self.draw(rng)
        kind = _kind(self.judged(program).disagreement)
        return str(shrunk(program, lambda p: _kind(self.judged(p).disagreement) == kind))

    def judged(self, program: Program) -> Outcome:
        """What archdsl and the reference say of one program."""
        theirs = self.facts(program)
        ours = _loaded(str(program))
        if isinstance(ours, str) and isinstance(theirs, str):
            crashed = ours.startswith("crash")
            return Outcome(False, f"{ours} (the reference: {theirs})" if crashed else None)
        if isinstance(ours, str):
            return Outcome(False, f"archdsl refuses what runs: {ours}")
        if isinstance(theirs, str):
            return Outcome(False, f"archdsl accepts what does not run: {theirs}")
        for what, mine, other in _pairs(ours, theirs):
            if mine != other:
                return Outcome(True, f"{what}: archdsl has {mine}, the reference {other}")
        return Outcome(True)

    def facts(self, program: Program) -> Facts | str:
        """What the reference finds, or why it does not run."""
        try:
            with Flops() as counter:
                return facts(program, counter)
        except (Refused, *FAILURES) as error:
            return f"{type(error).__name__}: {error}"


def _kind(disagreement: str | None) -> str:
    """What a disagreement is about, with the code or exception, and without its figures."""
    return "" if disagreement is None else " ".join(disagreement.split()[:6])


def _loaded(text: str) -> archdsl.Network | str:
    try:
        return archdsl.loads(text)
    except archdsl.SpecError as error:
        return "; ".join(f"{d.code} {d.message}" for d in error.diagnostics)
    except Exception as crash:
        return f"crash: {type(crash).__name__}: {crash}"


def _pairs(ours: archdsl.Network, theirs: Facts) -> Pairs:
    """What is compared: a word for it, archdsl's and the reference's."""
    root = ours.program.root
    yield "outputs", tuple(t.shape for t in root.outputs), theirs.outputs
    steps = tuple((path, tuple(t.shape for t in s.outputs)) for path, _, s in walk(root))
    yield "steps", steps, theirs.steps
    keys = tuple((key, weight.shape) for key, weight in state_dict(root))
    yield "keys", keys, theirs.keys
    yield "parameters", ours.params, theirs.params
    yield "MACs", ours.macs, theirs.macs
    yield from _emitted(ours, theirs)


def _emitted(ours: archdsl.Network, theirs: Facts) -> Pairs:
    """The emitted module, built and run on the meta device."""
    seen: dict[str, list[tuple[Shape, ...]]] = {}
    try:
        module = ours.build(device="meta")
        for path, part in module.named_modules():
            if path:
                part.register_forward_hook(_noting(seen.setdefault(path, [])))
        evaluated = _run(module.eval(), ours)
        trained = _run(module.train(), ours) if theirs.heads else theirs.outputs
    except Exception as error:
        yield "emitted module", f"{type(error).__name__}: {error}", "runs"
        return
    keys = tuple((key, tuple(value.shape)) for key, value in module.state_dict().items())
    yield "emitted keys", keys, theirs.keys
    yield "emitted outputs", evaluated, theirs.outputs
    yield "outputs in training", trained, (*theirs.outputs, *(s for _, s in theirs.heads))
    known = frozenset(_under_their_names(ours))
    for path in theirs.modules & seen.keys() & known:
        noted = set(seen[path])
        yield f"step {path}", noted, {shapes for at, shapes in theirs.steps if at == path}


def _under_their_names(ours: archdsl.Network) -> Iterator[str]:
    """The paths of the steps that have the same name in the emitted module whatever else it keeps:
    those that the user named, those in a sequence, blocks, and modules with weights."""
    for path, scope, step in walk(ours.program.root):
        named = step.named or scope.kind is ScopeKind.SEQUENTIAL or isinstance(step.target, Scope)
        if named or step.target.weights(scope.types_of(step.inputs)):
            yield path


def _noting(seen: list[tuple[Shape, ...]]) -> Any:
    def hook(module: nn.Module, inputs: Any, outputs: Any) -> None:
        seen.append(results(outputs))

    return hook


def _run(module: nn.Module, network: archdsl.Network) -> tuple[Shape, ...]:
    given = [
        torch.zeros(
            (SAMPLES, *t.shape),
            dtype=torch.float32 if t.dtype.value == "float" else torch.long,
            device="meta",
        )
        for t in network.program.root.inputs
    ]
    with warnings.catch_warnings(action="ignore"):
        return results(module(*given))


def results(value: Any) -> tuple[Shape, ...]:
    """The shapes of a module's results, without the batch."""
    given = (value,) if isinstance(value, Tensor) else tuple(value)
    return tuple(tuple(t.shape[1:]) for t in given if t is not None)  # attention gives two
