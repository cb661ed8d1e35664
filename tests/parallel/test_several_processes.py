"""The emitted module as it is under DDP, FSDP2 and in a pipeline: the losses of one process."""

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import distributed_training as training
import pytest

RESIDUAL = str(Path(__file__).with_name("residual.arch"))
PATIENCE = 120  # seconds for all processes of a test


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("processes")


@pytest.fixture(scope="module")
def two_processes(folder: Path) -> dict[str, training.Losses]:
    return run(RESIDUAL, "3x16x16", 2, folder, *training.JOBS)


@pytest.fixture(scope="module")
def one_process() -> training.Losses:
    return training.alone(RESIDUAL, "3x16x16", 2)


@pytest.mark.parametrize("job", training.JOBS)
def test_two_processes(
    job: str, two_processes: dict[str, training.Losses], one_process: training.Losses
) -> None:
    first, second = one_process
    assert abs(first - second) > 1e-2  # the first step has changed something
    assert two_processes[job] == pytest.approx(one_process, rel=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize(("spec", "shape"), [("shufflenet_v2_x0_5", "3x64x64")])
def test_four_processes(spec: str, shape: str, tmp_path: Path) -> None:
    losses = run(spec, shape, 4, tmp_path, *training.JOBS)
    alone = training.alone(spec, shape, 4)
    for job in training.JOBS:
        assert losses[job] == pytest.approx(alone, rel=1e-3), job


@pytest.mark.slow
def test_a_pipeline_of_attention(tmp_path: Path) -> None:
    losses = run("vit_b_32", "3x32x32", 2, tmp_path, "piped")
    assert losses["piped"] == pytest.approx(training.alone("vit_b_32", "3x32x32", 2), rel=1e-3)


def run(spec: str, shape: str, world: int, folder: Path, *jobs: str) -> dict[str, training.Losses]:
    """The losses of each job; a process that fails ends them all."""
    process = subprocess.Popen(
        [sys.executable, training.__file__, spec, shape, str(world), str(folder), *jobs],
        env=os.environ | {"GLOO_SOCKET_IFNAME": "lo", "OMP_NUM_THREADS": "1"},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        _, errors = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, errors
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    data: dict[str, training.Losses] = json.loads((folder / "losses.json").read_text())
    return data
