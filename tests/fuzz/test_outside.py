"""A few cases of each campaign from outside; `python -m tests.fuzz KIND` runs as many as wanted."""

import pytest

from tests.fuzz.both_forms import FormsFuzzer
from tests.fuzz.mutated import MutatedFuzzer
from tests.fuzz.processes import CommandFuzzer, InterruptFuzzer, KillFuzzer
from tests.fuzz.running import Fuzzer, outcomes

FEW = {
    "mutated": (MutatedFuzzer, 10),
    "forms": (FormsFuzzer, 5),
    "commands": (CommandFuzzer, 3),
    "interrupts": (InterruptFuzzer, 1),
    "kills": (KillFuzzer, 4),
}


@pytest.mark.parametrize("kind", FEW)
def test_nothing_breaks(kind: str) -> None:
    made, count = FEW[kind]
    fuzzer: Fuzzer = made()
    disagreements = [o.disagreement for _, o in outcomes(fuzzer, 3, range(count))]
    assert disagreements == [None] * count
