"""The emitted module and others side by side: times by turns in one process, and peak memory."""

import os
from collections.abc import Callable
from math import prod

import torch
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor, nn

from archdsl.base.escape import json_text
from archdsl.base.fair_timing import medians
from archdsl.base.quantities import memory
from archdsl.ir.graph import Program
from archdsl.ir.shape import DType, TensorType
from archdsl.runtime.input_source import Inputs
from archdsl.runtime.measure import forward, peak_memory, training_step
from archdsl.runtime.reference_models import CLASSES, reference

WARM_UP = 2


TOO_FEW = "more than 1 value per channel"  # what torch says of a batch norm over one value
ONE_NOTE = (
    "a batch of 1 cannot be trained, since a batch norm is given one value a channel: "
    "measured with 2"
)


class CannotMeasure(Exception):
    """Raised where the request cannot be measured here; the message says why."""


class NoSuchDevice(CannotMeasure):
    """torch has no such device here; the message says which."""


class Measured(BaseModel):
    """One contestant. Times are medians in seconds, memory is in bytes beyond the weights."""

    model_config = ConfigDict(frozen=True)

    name: str
    forward: float = Field(description="an inference in evaluation mode")
    forward_memory: int = Field(description="what it holds at most")
    step: float | None = Field(description="forward, backward and step; none at inference only")
    step_memory: int | None = Field(description="what it holds at most")


class Bench(BaseModel):
    """The emitted module first, then those that it was put beside."""

    model_config = ConfigDict(frozen=True)

    network: str
    form: str
    device: str
    batch: int
    threads: int
    rounds: int
    torch: str
    rows: tuple[Measured, ...]
    notes: tuple[str, ...] = ()

    def to_json(self) -> str:
        """All of it as one JSON object."""
        return json_text(self.model_dump(mode="json"), indent=2)

    def report(self) -> str:
        """A table, and for each of the others how many times as fast the emitted module is."""
        head = (
            f"{self.network}, form {self.form}, batch {self.batch}, {self.device}, "
            f"{self.threads} threads, torch {self.torch}, medians of {self.rounds} rounds"
        )
        titles = ("", "forward", "memory", "training step", "memory")
        lines = _columns([titles, *(_cells(row) for row in self.rows)])
        ours, *others = self.rows
        ratios = [_ratios(ours, other) for other in others]
        return "\n".join([head, "", *lines, *([""] if ratios else []), *ratios, *_noted(self)])


def _noted(bench: Bench) -> list[str]:
    return ["", *(f"note: {note}" for note in bench.notes)] if bench.notes else []


def _cells(row: Measured) -> tuple[str, ...]:
    step = "" if row.step is None else _milliseconds(row.step)
    held = "" if row.step_memory is None else memory(row.step_memory)
    return row.name, _milliseconds(row.forward), memory(row.forward_memory), step, held


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1e3:.2f} ms"


def _columns(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _ratios(ours: Measured, other: Measured) -> str:
    parts = [f"{other.forward / ours.forward:.2f}x as fast forward"]
    if ours.step is not None and other.step is not None:
        parts.append(f"{other.step / ours.step:.2f}x in a training step")
    if ours.step_memory and other.step_memory:
        parts.append(f"{ours.step_memory / other.step_memory:.2f}x its memory")
    return f"beside {other.name}: {', '.join(parts)}"


def bench(
    program: Program,
    build: Callable[[str], nn.Module],
    against: tuple[str, ...] = (),
    *,
    form: str = "train",
    device: str = "cpu",
    batch: int = 1,
    rounds: int = 9,
) -> Bench:
    """Measures the form that `build` makes, and the references; all get the same inputs.

    Beside the form deploy stands the form train; there is no training step then. Raises
    `CannotMeasure`, and `UnknownReference` for what is not there.
    """
    check_device(device)
    models = {form: build(form)}
    if form == "deploy":
        models["train"] = build("train")
    notes: list[str] = []
    for name in against:
        other = reference(name, classes=_classes(program))
        models[name] = other.module
        notes += [note for note in other.notes if note not in notes]
    for model in models.values():
        model.to(device)
    learns = form == "train"
    if batch == 1 and learns and not _trains(program, models[form], device):
        batch, notes = 2, [*notes, ONE_NOTE]
    try:
        inputs = _samples(program, batch, device)
        rows = _measured(models, inputs, rounds, learns=learns)
    except (RuntimeError, MemoryError) as refused:
        if not _of_memory(refused):
            raise
        raise CannotMeasure(f"a batch of {batch:,} does not fit into memory on {device}") from None
    return Bench(
        network=program.name,
        form=form,
        device=device,
        batch=batch,
        threads=torch.get_num_threads(),
        rounds=rounds,
        torch=torch.__version__,
        rows=rows,
        notes=tuple(notes),
    )


def use_threads(number: int) -> None:
    """Sets the number of torch's threads. Raises `CannotMeasure` for more than make sense."""
    cores = os.cpu_count() or 1
    most = max(64, 4 * cores)
    if number > most:
        raise CannotMeasure(f"{number:,} threads for {cores} cores: at most {most} are measured")
    torch.set_num_threads(number)


def _samples(program: Program, batch: int, device: str) -> Inputs:
    """Inputs for all; refused where they alone are more than the machine's memory."""
    size = 8 * batch * sum(prod(type.shape) for type in program.root.inputs)
    if size > os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"):
        raise MemoryError
    return tuple(_sample(type, batch, device) for type in program.root.inputs)


def _of_memory(error: BaseException) -> bool:
    """True where an allocator refused."""
    told = str(error)
    return isinstance(error, MemoryError) or "alloc" in told or "out of memory" in told


def _trains(program: Program, model: nn.Module, device: str) -> bool:
    """True where a batch of one can be trained."""
    try:
        with torch.no_grad():
            model.train()(*_samples(program, 1, device))
    except ValueError as refused:
        if TOO_FEW not in str(refused):
            raise
        return False
    return True


def check_device(device: str) -> None:
    """Refuses what torch cannot run on here."""
    try:
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as refused:
        reason = str(refused).splitlines()[0]
        raise NoSuchDevice(f"cannot run on `{device}`: {reason}") from None


def _measured(
    models: dict[str, nn.Module], inputs: Inputs, rounds: int, *, learns: bool
) -> tuple[Measured, ...]:
    known = {name: (*inputs, *model.state_dict().values()) for name, model in models.items()}
    passes = {name: forward(model, inputs) for name, model in models.items()}
    times = medians(passes, rounds, WARM_UP)
    held = {name: peak_memory(run, known[name]) for name, run in passes.items()}
    if not learns:
        return tuple(_row(name, times, held, {}, {}) for name in models)
    steps = {name: training_step(model, inputs) for name, model in models.items()}
    taken = medians(steps, rounds, WARM_UP)
    kept = {name: peak_memory(run, known[name]) for name, run in steps.items()}
    return tuple(_row(name, times, held, taken, kept) for name in models)


def _row(
    name: str,
    times: dict[str, float],
    held: dict[str, int],
    steps: dict[str, float],
    kept: dict[str, int],
) -> Measured:
    return Measured(
        name=name,
        forward=times[name],
        forward_memory=held[name],
        step=steps.get(name),
        step_memory=kept.get(name),
    )


def _sample(type: TensorType, batch: int, device: str) -> Tensor:
    shape = (batch, *type.shape)
    if type.dtype is DType.INT:
        return torch.zeros(shape, dtype=torch.long, device=device)
    return torch.randn(shape, device=device)


def _classes(program: Program) -> int:
    """The number of classes that a reference should tell apart."""
    shapes = [type.shape for type in program.root.outputs]
    return shapes[0][0] if len(shapes[0]) == 1 else CLASSES
