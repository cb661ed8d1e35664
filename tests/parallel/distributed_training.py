"""Two steps of training in one process or in several, and the losses: what the tests compare.

`python distributed_training.py NETWORK INPUT WORLD FOLDER JOB…` trains in so many processes; the
first of them writes the losses of each job into the folder. They are forks of one that has imported
all that they need, which takes longer than their work.
"""

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.nn.parallel import DistributedDataParallel

import archdsl
import archdsl.parallel

if TYPE_CHECKING:  # their import takes longer than a step of training
    from torch.distributed.pipelining import ScheduleGPipe

STEPS = 2
SHARE = 2  # samples that a process, or one microbatch of a pipeline, has in a step
PATIENCE = timedelta(seconds=60)

Losses = list[float]


def network(spec: str, shape: str) -> tuple[archdsl.Network, nn.Module]:
    """The network with ten classes and the same weights in every process."""
    net = archdsl.load(spec, input=shape, classes=10)
    torch.manual_seed(0)
    return net, net.build()


def batch(net: archdsl.Network, step: int, shares: int) -> tuple[Tensor, Tensor]:
    draw = torch.Generator().manual_seed(step)
    count = SHARE * shares
    images = torch.randn(count, *net.program.root.inputs[0].shape, generator=draw)
    return images, torch.randint(10, (count,), generator=draw)


def loss_of(result: Tensor | tuple[Tensor, ...], labels: Tensor) -> Tensor:
    """Of the output and of the training heads, where there are some."""
    outputs = result if isinstance(result, tuple) else (result,)
    return sum((cross_entropy(output, labels) for output in outputs), torch.zeros(()))


def optimiser(module: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.SGD(module.parameters(), lr=0.05, momentum=0.9)


def alone(spec: str, shape: str, shares: int) -> Losses:
    """One process that sees the shares of all one after another and adds up their gradients.

    Each share goes through batch norms by itself, as in every process of the others.
    """
    net, model = network(spec, shape)
    steps = optimiser(model)
    losses = []
    for step in range(STEPS):
        images, labels = batch(net, step, shares)
        steps.zero_grad()
        parts = zip(images.split(SHARE), labels.split(SHARE), strict=True)
        of_parts = [loss_of(model(x), y) / shares for x, y in parts]
        for loss in of_parts:
            loss.backward()
        steps.step()
        losses.append(float(torch.stack(of_parts).detach().sum()))
    return losses


# --- several processes ------------------------------------------------------------------------


def data_parallel(spec: str, shape: str) -> Losses:
    net, model = network(spec, shape)
    return _on_shares(net, DistributedDataParallel(model))


def sharded(spec: str, shape: str) -> Losses:
    """FSDP2 with the spec's innermost blocks as its units."""
    from torch.distributed.fsdp import fully_shard

    net, model = network(spec, shape)
    for path in blocks(net):
        fully_shard(model.get_submodule(path))
    return _on_shares(net, fully_shard(model))


def blocks(net: archdsl.Network) -> list[str]:
    """The paths of the uses of blocks that hold no other block."""
    paths = [row.path for row in net.audit().blocks if row.block]
    return [path for path in paths if not any(p.startswith(f"{path}.") for p in paths)]


def _on_shares(net: archdsl.Network, model: nn.Module) -> Losses:
    steps = optimiser(model)
    losses = []
    for step in range(STEPS):
        images, labels = (x.chunk(dist.get_world_size()) for x in batch(net, step, _world()))
        steps.zero_grad()
        loss = loss_of(model(images[dist.get_rank()]), labels[dist.get_rank()])
        loss.backward()
        steps.step()
        mean = loss.detach() / _world()
        dist.all_reduce(mean)
        losses.append(float(mean))
    return losses


def piped(spec: str, shape: str) -> Losses:
    """A stage in each process, as planned, and as many microbatches as there are stages."""
    from torch.distributed.pipelining import ScheduleGPipe, SplitPoint, pipeline

    net, model = network(spec, shape)
    plan = archdsl.parallel.plan(net, stages=_world())
    for path in plan.split_points:
        model.get_submodule(path).register_forward_pre_hook(contiguous)
    points = dict.fromkeys(plan.split_points, SplitPoint.BEGINNING)
    example = batch(net, 0, 1)[0]
    stages = pipeline(model, (example,), split_spec=points)
    own = stages.build_stage(dist.get_rank(), torch.device("cpu"))
    assert sum(p.numel() for p in own.submod.parameters()) == plan.stages[dist.get_rank()].params
    schedule = ScheduleGPipe(own, _world(), loss_fn=loss_of)
    steps = optimiser(own.submod)
    return [_piped_step(schedule, steps, batch(net, step, _world())) for step in range(STEPS)]


def contiguous(module: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """What a process can send: attention gives its result transposed."""
    return tuple(tensor.contiguous() for tensor in inputs)


def _piped_step(
    schedule: "ScheduleGPipe", steps: torch.optim.Optimizer, data: tuple[Tensor, Tensor]
) -> float:
    images, labels = data
    of_parts: list[Tensor] = []
    steps.zero_grad()
    first, last = dist.get_rank() == 0, dist.get_rank() == _world() - 1
    given = (images,) if first else ()
    schedule.step(*given, **({"target": labels, "losses": of_parts} if last else {}))
    steps.step()
    loss = torch.stack(of_parts).mean().detach() if last else torch.zeros(())
    dist.broadcast(loss, _world() - 1)
    return float(loss)


def _world() -> int:
    return dist.get_world_size()


JOBS: dict[str, Callable[[str, str], Losses]] = {
    "data_parallel": data_parallel,
    "sharded": sharded,
    "piped": piped,
}


def main(spec: str, shape: str, world: str, folder: str, *jobs: str) -> int:
    """The exit status: 1 if a process failed, which ends the others too."""
    from torch.distributed import fsdp, pipelining  # noqa: F401

    running = {_fork(spec, shape, rank, int(world), folder, jobs) for rank in range(int(world))}
    while running:
        ended, status = os.wait()
        running.remove(ended)
        if status:
            for process in running:
                os.kill(process, signal.SIGKILL)
            return 1
    return 0


def _fork(spec: str, shape: str, rank: int, world: int, folder: str, jobs: tuple[str, ...]) -> int:
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        one_of(spec, shape, rank, world, folder, jobs)
        status = 0
    except Exception:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def one_of(
    spec: str, shape: str, rank: int, world: int, folder: str, jobs: tuple[str, ...]
) -> None:
    torch.set_num_threads(1)
    store = dist.FileStore(f"{folder}/store", world)
    dist.init_process_group("gloo", store=store, rank=rank, world_size=world, timeout=PATIENCE)
    losses = {job: JOBS[job](spec, shape) for job in jobs}
    if rank == 0:
        (Path(folder) / "losses.json").write_text(json.dumps(losses))
    dist.destroy_process_group()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
