"""The cases: each `cases/NAME.arch` beside the `NAME.py` that it must give.

`python tests/emission/cases.py` writes the sources anew; read what changed.
"""

from functools import cache
from pathlib import Path

from archdsl import driver
from archdsl.backends.python import emit
from archdsl.ir.graph import Program

FOLDER = Path(__file__).parent / "cases"
SPECS = sorted(FOLDER.glob("*.arch"))


@cache
def program(spec: Path | str) -> Program:
    """The spec's program, which must have no errors; elaborated once."""
    loaded = driver.load(str(spec))
    assert not loaded.failed, [(d.code, d.message, d.hint) for d in loaded.diagnostics]
    assert loaded.program is not None
    return loaded.program


def complete() -> list[str]:
    """The catalogue's networks that stand by themselves: all but those that need arguments."""
    return [entry.name for entry in driver.listing()]


@cache
def emitted(spec: str) -> tuple[Program, str]:
    """The program and its source, worked out once."""
    made = program(spec)
    return made, emit(made)


def rewrite() -> None:
    for source in FOLDER.glob("*.py"):
        source.unlink()
    for spec in SPECS:
        spec.with_suffix(".py").write_text(emit(program(spec)), encoding="utf-8")


if __name__ == "__main__":
    rewrite()
