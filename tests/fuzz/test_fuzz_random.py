"""Some of the random cases each time, more of them in a slow run; all of them: docs/fuzzing.md."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from archdsl.ops.registry import ops

from .fields import FieldFuzzer
from .flops import Flops
from .onnx_files import OnnxFuzzer
from .programs import ProgramFuzzer
from .running import Fuzzer, of_case, outcomes
from .single_ops import WORDS, OpFuzzer
from .sizes import SizesFuzzer

SEED = 2


@contextmanager
def quiet_and_single() -> Iterator[None]:
    """PyTorch on one thread, without its warnings about slow paths."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with warnings.catch_warnings(action="ignore"):
        yield
    torch.set_num_threads(threads)


def agreed(fuzzer: Fuzzer, numbers: range) -> int:
    """All agree; how many cases are legal."""
    legal = 0
    with quiet_and_single():
        for number, outcome in outcomes(fuzzer, SEED, numbers):
            legal += outcome.legal
            if outcome.disagreement is not None:
                shown = fuzzer.shown(of_case(SEED, number))
                pytest.fail(f"seed {SEED}, case {number}: {outcome.disagreement}\n{shown}")
    return legal


def check(fuzzer: Fuzzer, numbers: range) -> None:
    """All agree, and a fair part of the cases is legal, and a fair part not."""
    legal = agreed(fuzzer, numbers)
    assert 0.3 * len(numbers) < legal < 0.9 * len(numbers)


def some_and_many(some: int, many: int) -> pytest.MarkDecorator:
    """The first cases each time, and those behind them in a long run."""
    slow = pytest.param(range(some, many), marks=pytest.mark.slow, id="many")
    return pytest.mark.parametrize("numbers", [pytest.param(range(some), id="some"), slow])


@some_and_many(300, 8_000)
def test_ops_are_as_in_pytorch(numbers: range) -> None:
    with OpFuzzer() as fuzzer:
        check(fuzzer, numbers)


@some_and_many(20, 500)
def test_programs_are_as_in_pytorch(numbers: range) -> None:
    check(ProgramFuzzer(), numbers)


@some_and_many(12, 150)
def test_fields_are_as_gradients_say(numbers: range) -> None:
    assert agreed(FieldFuzzer(), numbers) > 0.9 * len(numbers)


@some_and_many(8, 100)
def test_sizes_are_those_that_the_reference_takes(numbers: range) -> None:
    assert agreed(SizesFuzzer(), numbers) > 0.1 * len(numbers)


@pytest.mark.slow
def test_onnx_files_give_the_numbers_of_the_module() -> None:
    assert agreed(OnnxFuzzer(), range(15)) > 4


def test_every_op_is_drawn() -> None:
    assert set(WORDS) == set(ops())


def test_a_case_depends_on_the_seed_and_its_number_alone() -> None:
    fuzzer = ProgramFuzzer()
    programs = [str(fuzzer.draw(of_case(5, number))) for number in range(20)]
    assert str(fuzzer.draw(of_case(5, 13))) == programs[13]
    assert str(fuzzer.draw(of_case(6, 13))) != programs[13]


def test_operations_are_counted_as_pytorch_counts() -> None:
    net = torch.nn.Sequential(
        torch.nn.Conv2d(3, 8, 3, groups=1),
        torch.nn.ConvTranspose2d(8, 4, 2, stride=2),
        torch.nn.Flatten(2),
        torch.nn.Linear(144, 16),
        torch.nn.TransformerEncoderLayer(16, 2, batch_first=True),
    ).to("meta")
    x = torch.zeros(2, 3, 8, 8, device="meta")
    with FlopCounterMode(display=False) as theirs:
        net(x)
    with Flops() as ours:
        net(x)
    assert ours.total == theirs.get_total_flops() > 0
