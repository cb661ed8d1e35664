"""Mutants that change nothing although they could have: kept with the reason, in a file.

`equivalent.toml` has for each its file, the line as it becomes, and why no test can notice it.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .mutants import Mutant

RECORD = Path(__file__).with_name("equivalent.toml")


@dataclass(frozen=True)
class Equivalent:
    """One line of one file as mutants leave it: all of them are explained by one reason."""

    file: str
    becomes: str
    reason: str

    def explains(self, mutant: Mutant) -> bool:
        return (self.file, self.becomes) == (mutant.file, _becomes(mutant))


def equivalents() -> list[Equivalent]:
    """All that are recorded."""
    return [Equivalent(**entry) for entry in tomllib.loads(RECORD.read_text("utf-8"))["mutant"]]


def unexplained(mutants: Iterable[Mutant]) -> list[Mutant]:
    """Those that no record explains."""
    known = equivalents()
    return [mutant for mutant in mutants if not any(one.explains(mutant) for one in known)]


def stale(files: Iterable[str], survivors: list[Mutant]) -> list[Equivalent]:
    """Records of these files that no survivor needs: the line is another one, or tests notice."""
    known = [one for one in equivalents() if one.file in set(files)]
    return [one for one in known if not any(map(one.explains, survivors))]


def _becomes(mutant: Mutant) -> str:
    """What the changed lines are then, without the spaces around them."""
    lines = (line[1:].strip() for line in mutant.diff.splitlines() if line.startswith("+"))
    return " ".join(lines)
