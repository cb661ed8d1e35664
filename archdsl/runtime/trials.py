"""One run of both modules on the same inputs: what came out of each, how it differs, what ran."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import torch
from msgspec import Struct
from msgspec.structs import replace
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from archdsl.base.exceptions import Explained
from archdsl.ir.shape import format_shape
from archdsl.runtime.agreement import Named, OutputDifference, close, differences, settled
from archdsl.runtime.call_comparison import Uses
from archdsl.runtime.input_source import Inputs
from archdsl.runtime.recording import OperatorRecorder, recorded
from archdsl.runtime.reference_models import said

SIDES = ("the emitted module", "the reference")
RESULT = "output"  # what results are called, with their number where there are several
FAR = 0.1  # of the largest element: rounding stays below that


class CannotRun(Explained):
    """A module (`side`) refuses the inputs; the message says which, and what it says itself."""

    def __init__(self, side: str, message: str) -> None:
        super().__init__(message)
        self.side = side


class Pair(Struct, frozen=True):
    """Our module and the reference; `names` has their key for each of ours where they differ."""

    ours: nn.Module
    theirs: nn.Module
    names: Mapping[str, str] = {}

    @property
    def sides(self) -> tuple[nn.Module, nn.Module]:
        return self.ours, self.theirs

    def share(self) -> None:
        """Gives ours the state of the reference."""
        state = self.theirs.state_dict()
        names = self.names or {key: key for key in state}
        self.ours.load_state_dict({own: state[key] for own, key in names.items()}, strict=True)

    def buffers(self) -> Named:
        """The tensors that a training pass changes."""
        changing = dict(self.theirs.named_buffers())
        state = self.theirs.state_dict()
        return {key: value.clone() for key, value in state.items() if key in changing}

    def restore(self, buffers: Named) -> None:
        self.theirs.load_state_dict(buffers, strict=False)
        self.share()


class Trial(Struct, frozen=True):
    """The way both are run: `by_rate` draws depend on rates and sizes, not on their order."""

    inputs: Inputs
    training: bool = False
    seed: int = 0
    by_rate: bool = False


class TrialOutcome(Struct, frozen=True):
    """The outcome of a trial; `reordered`: the results agree in another order."""

    differences: tuple[OutputDifference, ...]
    recorders: tuple[OperatorRecorder, OperatorRecorder]
    finite: bool
    reordered: bool = False

    @property
    def ok(self) -> bool:
        return all(difference.ok for difference in self.differences)

    @property
    def far(self) -> bool:
        """True where results differ by more than any rounding, so that float64 need not decide."""
        results = [d for d in self.differences if d.name.startswith(RESULT)]
        return any(d.largest is None or (d.relative or 0.0) > FAR for d in results)

    @property
    def uses(self) -> tuple[Uses, Uses]:
        return self.recorders[0].uses, self.recorders[1].uses


def run(pair: Pair, trial: Trial) -> TrialOutcome:
    """A trial in float32; where that gives nearly the same numbers, in float64 too.

    A training pass leaves its marks in the buffers. Raises `CannotRun`.
    """
    before = pair.buffers() if trial.training else {}
    outcome = _once(pair, trial)
    if outcome.ok:
        return outcome
    if outcome.far:
        return replace(outcome, differences=settled(outcome.differences, None))
    after = pair.buffers() if trial.training else {}
    if before:
        pair.restore(before)
    doubled = _doubled(pair, trial)
    if after:
        pair.restore(after)
    return replace(outcome, differences=settled(outcome.differences, doubled))


def _gradients(module: nn.Module, outputs: Named) -> Named:
    """Every parameter's gradient, as one number each: how far it goes in a fixed direction."""
    parameters = [p for p in module.parameters() if p.requires_grad]
    loss = sum(t.square().mean() for t in outputs.values() if t.requires_grad)
    if not parameters or not isinstance(loss, Tensor):
        return {}
    gradients = torch.autograd.grad(loss, parameters, allow_unused=True)
    return {
        "the gradient": torch.stack(
            [_along(g, p) for g, p in zip(gradients, parameters, strict=True)]
        )
    }


def _along(gradient: Tensor | None, parameter: Tensor) -> Tensor:
    if gradient is None:
        return parameter.new_zeros(())
    rows = gradient.reshape(len(gradient) if gradient.ndim else 1, -1).sum(1)
    return rows @ torch.arange(1, len(rows) + 1, dtype=rows.dtype)


def work(pair: Pair, inputs: Inputs) -> tuple[int, int]:
    """The multiply-adds of both in evaluation mode."""
    macs = []
    for side, module in zip(SIDES, pair.sides, strict=True):
        with _surroundings(Trial(inputs)), recorded(module.eval()) as recorder:
            _result(side, module, inputs)
        macs.append(recorder.macs)
    return macs[0], macs[1]


def _once(pair: Pair, trial: Trial) -> TrialOutcome:
    outputs, recorders, gradients = [], [], []
    for side, module in zip(SIDES, pair.sides, strict=True):
        module.train(trial.training)
        with _surroundings(trial):
            with recorded(module, draws_by_rate=trial.by_rate) as recorder:
                result = _result(side, module, trial.inputs)
            outputs.append(_named(result))
            gradients.append(_gradients(module, outputs[-1]) if trial.training else {})
        recorders.append(recorder)
    ours, theirs = ({name: t.detach() for name, t in named.items()} for named in outputs)
    aligned = _aligned(ours, theirs) if trial.training else ours
    apart = differences(aligned, theirs)
    if trial.training:
        apart += differences(*_buffers(pair)) + differences(*gradients)
    return TrialOutcome(
        differences=apart,
        recorders=(recorders[0], recorders[1]),
        finite=all(bool(t.isfinite().all()) for t in theirs.values()),
        reordered=any(aligned[name] is not ours.get(name) for name in aligned),
    )


def _doubled(pair: Pair, trial: Trial) -> tuple[OutputDifference, ...] | None:
    """The differences in float64; None where a module cannot run in it."""
    inputs = tuple(x.double() if x.is_floating_point() else x for x in trial.inputs)
    try:
        for module in pair.sides:
            module.double()
        return _once(pair, replace(trial, inputs=inputs)).differences
    except CannotRun:
        return None
    finally:
        for module in pair.sides:
            module.float()


def _result(side: str, module: nn.Module, inputs: Inputs) -> object:
    try:
        return module(*inputs)
    except (Exception, SystemExit) as refused:  # whatever a reference may raise
        shapes = ", ".join(format_shape(tuple(x.shape)) for x in inputs)
        told = f"{side} refuses the input {shapes}: {said(refused)}"
        raise CannotRun(side, told) from refused


def _buffers(pair: Pair) -> tuple[Named, Named]:
    """The buffers that both have, under our names."""
    ours, theirs = (dict(module.named_buffers()) for module in pair.sides)
    shared = {key: pair.names.get(key, key) for key in ours}
    both = {own: key for own, key in shared.items() if key in theirs}
    return {own: ours[own] for own in both}, {own: theirs[key] for own, key in both.items()}


def _aligned(ours: Named, theirs: Named) -> Named:
    """Our outputs under the names of theirs that they equal, if that covers all of them."""
    left = list(ours.values())
    aligned: Named = {}
    for name, wanted in theirs.items():
        at = next((k for k, own in enumerate(left) if close(own, wanted)), None)
        if at is None:
            return ours
        aligned[name] = left.pop(at)
    return ours if left else aligned


def _named(output: object, name: str = RESULT) -> Named:
    """A module's result, whatever it is made of, as tensors by name; None is left out.

    A collection of one is that one: published segmentation models return `{"out": tensor}`.
    """
    if isinstance(output, Tensor):
        return {name: output}
    items: Sequence[object] = ()
    if isinstance(output, Mapping):
        items = tuple(output.values())
    elif isinstance(output, Sequence) and not isinstance(output, str):
        items = tuple(output)
    if len(items) == 1:
        return _named(items[0], name)
    tensors: Named = {}
    for k, item in enumerate(items):
        tensors |= _named(item, f"{name} {k}")
    return tensors


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Random numbers from the seed on, and as if nothing had happened afterwards."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


@contextmanager
def _surroundings(trial: Trial) -> Iterator[None]:
    """With gradients in training; attention as matrix products, so that both sides take the same
    way and all is counted."""
    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with (
            torch.set_grad_enabled(trial.training),
            seeded(trial.seed),
            sdpa_kernel(SDPBackend.MATH),
        ):
            yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)
