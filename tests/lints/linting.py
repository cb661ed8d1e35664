"""Warnings of small specs, as tests want them."""

from archdsl import driver
from archdsl.base.diagnostics import Diagnostic
from archdsl.review import reviewed


def warnings(text: str, *, everything: bool = True) -> tuple[Diagnostic, ...]:
    """What is told of a whole file, which must be without errors."""
    loaded = driver.loads(text)
    assert not loaded.failed, loaded.diagnostics
    return reviewed(loaded, everything=everything).diagnostics


def codes(body: str, *, shape: str = "8x32x32", everything: bool = True) -> list[str]:
    """The codes told of the lines of a network."""
    lines = "".join(f"    {line}\n" for line in body.strip("\n").splitlines())
    text = f"network N:\n    input {shape}\n{lines}"
    return [d.code for d in warnings(text, everything=everything)]
