"""A whole sweep: what is asked is checked, the variants are measured, the front is found."""

import os
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from archdsl.analyses.figures.facts import FACTS
from archdsl.base.exceptions import Misuse, check_least
from archdsl.base.labels import Severity
from archdsl.base.quantities import is_number
from archdsl.base.signals import uninterrupted
from archdsl.base.suggest import did_you_mean
from archdsl.driver import Inputs, find
from archdsl.network import SpecError
from archdsl.semantics.limits import LIMITS, Limits
from archdsl.sweeps.axes import Axes, read_axes, size
from archdsl.sweeps.front import Objective, Point, front, read_objectives
from archdsl.sweeps.journal import Journal, Tried
from archdsl.sweeps.report import Sweep
from archdsl.sweeps.variant_bench import Order, VariantBench
from archdsl.sweeps.variants import Variant
from archdsl.sweeps.workers import shared

FIGURES = ("params", "macs")  # where none are asked for
FEW = 64  # variants that are done before another process has begun

Progress = Callable[[int, int], None]


def sweep(
    spec: str | Path,
    axes: Mapping[str, str | Sequence[object]],
    *,
    where: str = "",
    pareto: str | Sequence[str] = (),
    figures: Sequence[str] = (),
    input: Inputs = None,
    jobs: int | None = None,
    progress: Progress | None = None,
    keep: str | Path | None = None,
    limits: Limits = LIMITS,
) -> Sweep:
    """Audits every combination of the parameters in `axes`, without torch.

    `axes` maps parameters of the network to values: a sequence of them, or a text as the command
    line takes it (`"0.5:2:0.25"`, `"1,2,3"`). `where` is a condition as in `expect`, over figures
    and parameters; `pareto` names the objectives (`"params,receptive_field:max"`); `figures` those
    of `expect` that are wanted, `params` and `macs` without it. `jobs` processes share the work
    (all cores without it); `progress` is called with the variants tried and all. `keep` is a file
    to note down what is tried; the same call finds it there later and goes on. `limits` bound the
    work on each variant.

    A variant that cannot be built is a row with its diagnostic. An interrupted sweep (Ctrl-C) gives
    what it has. Raises `SpecError` where the spec cannot be read, and `Misuse`.
    """
    if not isinstance(axes, Mapping):
        raise Misuse("the parameters that vary are a dict, such as {'width': [1, 2]}")
    if jobs is not None:
        check_least("jobs", jobs, 1)
    objectives = read_objectives(pareto)
    read = read_axes(axes)
    wanted = _figures(figures, objectives, read)
    order = Order(find(str(spec)), input, read, wanted, where.strip(), limits)
    bench = _bench(order, objectives)
    journal = Journal(Path(keep), order, bench.prepared.sources) if keep is not None else None
    tried = _try_all(bench, jobs or _cores(), journal, progress or (lambda done, total: None))
    return _report(bench, objectives, tried)


def _figures(given: Sequence[str], objectives: Sequence[Objective], axes: Axes) -> tuple[str, ...]:
    """The figures to take: those asked for, and those that an objective needs."""
    parameters = [name for name, _ in axes]
    for name in given:
        if name in parameters:
            raise Misuse(f"`{name}` is a parameter here, so there is no figure of that name")
        if name not in FACTS:
            hint = did_you_mean(name, FACTS) or f"there are {', '.join(FACTS)}"
            raise Misuse(f"there is no figure `{name}`; {hint}")
    for objective in objectives:
        _check_objective(objective.name, parameters)
    needed = [o.name for o in objectives if o.name not in parameters]
    own = [name for name in FIGURES if name not in parameters]
    return tuple(dict.fromkeys([*(given or own), *needed]))


def _check_objective(name: str, parameters: Sequence[str]) -> None:
    known = [*parameters, *(fact for fact in FACTS if fact != "output")]
    if name not in known:
        hint = did_you_mean(name, known) or f"there are {', '.join(known)}"
        raise Misuse(f"`{name}` is no number to compare variants by; {hint}")


def _bench(order: Order, objectives: Sequence[Objective]) -> VariantBench:
    """A bench on which every value and the condition could be read."""
    bench = VariantBench(order)
    if any(d.severity is Severity.ERROR for d in bench.prepared.diagnostics):
        raise SpecError(bench.prepared.diagnostics)
    compared = [objective.name for objective in objectives]
    for name, texts in order.axes:
        for text in texts:
            value = bench.prepared.value(name, text)
            if name in compared and not is_number(value):
                raise Misuse(f"`{name}={text}` is no number to compare variants by")
    return bench


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


# --- the work ----------------------------------------------------------------------------------


def _try_all(bench: VariantBench, jobs: int, journal: Journal | None, progress: Progress) -> Tried:
    """Every variant, or as many as there were when the user interrupted."""
    total = size(bench.order.axes)
    tried = journal.recall() if journal is not None else {}
    if journal is not None:
        journal.open(tried)
    try:
        missing = [number for number in range(total) if number not in tried]
        with closing(_measured(bench, missing, jobs)) as measured:
            for number, variant in measured:
                tried[number] = variant
                if journal is not None:
                    journal.add(number, variant)
                progress(len(tried), total)
    except KeyboardInterrupt:
        if journal is not None:
            with uninterrupted():
                journal.close()
                journal.open(tried)  # the last line may lack, or be half there
        return tried
    finally:
        if journal is not None:
            journal.close()
    return tried


def _measured(
    bench: VariantBench, numbers: Sequence[int], jobs: int
) -> Generator[tuple[int, Variant | None], None, None]:
    """The variants: measured here where they are few, else in processes of their own."""
    if jobs < 2 or len(numbers) <= FEW:
        yield from ((number, bench.measure(number)) for number in numbers)
    else:
        yield from shared(bench.order, numbers, jobs)


# --- the result --------------------------------------------------------------------------------


def _report(bench: VariantBench, objectives: Sequence[Objective], tried: Tried) -> Sweep:
    measured = [variant for _, variant in sorted(tried.items()) if variant is not None]
    order = bench.order
    return Sweep(
        network=bench.prepared.name,
        axes=dict(order.axes),
        where=order.where,
        pareto=tuple(map(str, objectives)),
        figures=order.figures,
        total=size(order.axes),
        tried=len(tried),
        variants=_with_front(measured, objectives),
    )


def _with_front(
    variants: Sequence[Variant], objectives: Sequence[Objective]
) -> tuple[Variant, ...]:
    if not objectives:
        return tuple(variants)
    built = [place for place, variant in enumerate(variants) if variant.failure is None]
    best = {built[k] for k in front([_point(variants[p], objectives) for p in built])}
    return tuple(
        variant.model_copy(update={"front": place in best})
        for place, variant in enumerate(variants)
    )


def _point(variant: Variant, objectives: Sequence[Objective]) -> Point:
    return tuple(_sign(o) * _number(variant, o.name) for o in objectives)


def _sign(objective: Objective) -> int:
    return -1 if objective.largest else 1


def _number(variant: Variant, name: str) -> float:
    value = variant.number_of(name)
    assert value is not None  # objectives were checked before the work began
    return value
