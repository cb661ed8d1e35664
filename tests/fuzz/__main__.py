"""`python -m tests.fuzz ops --cases 100000 --seed 1`, `programs`, and `--case I` for one again."""

import argparse
import os
import sys
import warnings
from contextlib import ExitStack
from tempfile import TemporaryDirectory

import torch

from .running import Fuzzer, run

KINDS = ("ops", "programs", "fields", "sizes", "onnx", "wrong", "mutated", "forms", "commands",
         "interrupts", "kills")  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--cases", type=int, default=1000, help="how many (1000)")
    parser.add_argument("--seed", type=int, default=1, help="another seed gives other cases (1)")
    parser.add_argument("--start", type=int, default=0, help="the number of the first case (0)")
    parser.add_argument("--case", type=int, help="this case alone")
    given = parser.parse_args()
    numbers = range(given.start, given.start + given.cases)
    if given.case is not None:
        numbers = range(given.case, given.case + 1)
    warnings.filterwarnings("ignore")  # PyTorch's about slow paths and empty inputs
    torch.set_num_threads(1)
    with ExitStack() as stack:
        os.environ["ARCHDSL_CACHE_DIR"] = stack.enter_context(TemporaryDirectory())
        return min(run(_fuzzer(given.kind, stack), given.kind, given.seed, numbers), 1)


def _fuzzer(kind: str, stack: ExitStack) -> Fuzzer:
    """The one of that kind; each imports what it needs alone."""
    match kind:
        case "ops":
            from .single_ops import OpFuzzer

            return stack.enter_context(OpFuzzer())
        case "fields":
            from .fields import FieldFuzzer

            return FieldFuzzer()
        case "sizes":
            from .sizes import SizesFuzzer

            return SizesFuzzer()
        case "onnx":
            from .onnx_files import OnnxFuzzer

            return OnnxFuzzer()
        case "wrong":
            from .wrong import WrongFuzzer

            return WrongFuzzer()
        case "mutated":
            from .mutated import MutatedFuzzer

            return MutatedFuzzer()
        case "forms":
            from .both_forms import FormsFuzzer

            return FormsFuzzer()
        case "commands" | "interrupts" | "kills":
            from . import processes

            return processes.FUZZERS[kind]()
        case _:
            from .programs import ProgramFuzzer

            return ProgramFuzzer()


sys.exit(main())
