"""A thousand variants of EfficientNet, beside building and counting each on the meta device.

    python benchmarks/sweep.py --variants 1000 --built 12

The variants are a grid of widths and depths. archdsl audits all of them, in one process and in one
for each core; torchvision's model is built and counted with FlopCounterMode for some of them, from
all over the grid, which is enough to know what one costs. Their figures are compared. Both ways go
through whole rounds in turns, and what is printed is a ratio of medians: of the processor's time
for what runs in one process, of the clock on the wall for all cores.
"""

import argparse
import statistics
import time

import torch
from torch.utils.flop_counter import FlopCounterMode
from turns import machine

import archdsl
from archdsl.runtime.reference_models import reference

SPEC = "efficientnet_b0"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--variants", type=int, default=1000)
    parser.add_argument("--built", type=int, default=12, help="variants that are built in torch")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    torch.set_num_threads(1)
    print(f"torch {torch.__version__}, {machine()}, medians of {options.rounds} rounds")
    reference(
        "torchvision:efficientnet_b0"
    )  # makes torchvision importable where its operators are not
    axes = _axes(options.variants)
    total = len(axes["width"]) * len(axes["depth"])
    some = [number * total // options.built for number in range(options.built)]
    walls: dict[str, list[float]] = {"one process": [], "all cores": [], "built": []}
    own: dict[str, list[float]] = {name: [] for name in walls}
    for _ in range(options.rounds):
        for name, jobs in (("one process", 1), ("all cores", None)):
            begin = time.perf_counter(), time.process_time()
            found = archdsl.sweep(SPEC, axes, jobs=jobs)
            _note(name, begin, total, walls, own)
        begin = time.perf_counter(), time.process_time()
        counted = [_counted(*_combination(axes, number)) for number in some]
        _note("built", begin, len(some), walls, own)
    by_number = {variant.number: variant.figures for variant in found.variants}
    for number, (params, macs) in zip(some, counted, strict=True):
        figures = by_number[number]
        assert (figures["params"], figures["macs"]) == (params, macs), _combination(axes, number)
    print(f"{total} variants of {SPEC}; params and MACs of {len(some)} are torchvision's")
    for name, times in (("one process", own), ("all cores", walls)):
        built, each = (statistics.median(times[who]) * 1e3 for who in ("built", name))
        told = f"{name:<12} {each:7.2f} ms a variant, built and counted {built:7.1f} ms"
        print(f"  {told}  {built / each:5.0f}x")


def _note(
    name: str,
    begin: tuple[float, float],
    variants: int,
    walls: dict[str, list[float]],
    own: dict[str, list[float]],
) -> None:
    """Takes down what each variant took: on the wall, and of the processor."""
    walls[name].append((time.perf_counter() - begin[0]) / variants)
    own[name].append((time.process_time() - begin[1]) / variants)


def _axes(variants: int) -> dict[str, list[float]]:
    """25 depths and as many widths as are needed."""
    widths = max(2, round(variants / 25))
    return {
        "width": [round(0.5 + 1.5 * k / (widths - 1), 4) for k in range(widths)],
        "depth": [round(0.8 + 0.05 * k, 2) for k in range(25)],
    }


def _combination(axes: dict[str, list[float]], number: int) -> tuple[float, float]:
    depths = axes["depth"]
    return axes["width"][number // len(depths)], depths[number % len(depths)]


def _counted(width: float, depth: float) -> tuple[int, int]:
    """What torchvision's model has: params and multiply-adds."""
    from torchvision.models import efficientnet

    stages, last = efficientnet._efficientnet_conf(
        "efficientnet_b0", width_mult=width, depth_mult=depth
    )
    with torch.device("meta"):
        model = efficientnet.EfficientNet(stages, 0.2, last_channel=last).eval()
    counter = FlopCounterMode(display=False)
    with counter:
        model(torch.empty((1, 3, 224, 224), device="meta"))
    return sum(p.numel() for p in model.parameters()), counter.get_total_flops() // 2


if __name__ == "__main__":
    main()
