"""Many cases in a row: each depends on the seed and its number only, so it can be had again."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Protocol

EVERY = 100  # cases between two words about progress


@dataclass(frozen=True)
class Outcome:
    """Whether both sides accept a case, and what they say differently of it, if anything."""

    legal: bool
    disagreement: str | None = None


class Fuzzer(Protocol):
    """Draws a case from random numbers and has archdsl and PyTorch judge it."""

    def judge(self, rng: Random) -> Outcome: ...

    def shown(self, rng: Random) -> str:
        """The case as a person may read it, as small as it gets while it is judged the same."""
        ...


def of_case(seed: int, number: int) -> Random:
    """The random numbers of one case."""
    return Random(f"{seed}-{number}")


def outcomes(fuzzer: Fuzzer, seed: int, numbers: Sequence[int]) -> Iterator[tuple[int, Outcome]]:
    for number in numbers:
        yield number, fuzzer.judge(of_case(seed, number))


def run(fuzzer: Fuzzer, kind: str, seed: int, numbers: Sequence[int]) -> int:
    """Judges the cases and prints the disagreements; gives how many there were."""
    legal = disagreements = 0
    for done, (number, outcome) in enumerate(outcomes(fuzzer, seed, numbers), 1):
        legal += outcome.legal
        if outcome.disagreement is not None:
            disagreements += 1
            print(f"{kind} --seed {seed} --case {number}: {outcome.disagreement}")
            print(fuzzer.shown(of_case(seed, number)), flush=True)
        if done % EVERY == 0 and sys.stderr.isatty():
            print(f"\r{done:,} of {len(numbers):,} cases", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    print(
        f"{len(numbers):,} {kind} cases with seed {seed}, {legal:,} of them legal: "
        f"{disagreements:,} disagreements"
    )
    return disagreements
