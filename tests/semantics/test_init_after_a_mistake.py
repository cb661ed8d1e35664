"""An `init` line is silent where a mistake may have kept away what it is for."""

from archdsl import driver

SPEC = """
network Net:
    input 3x8x8
    conv(8, {kernel})
    aux head = conv(8, 7) -> bn
    init "head.1": zeros
    init "tail": zeros
"""


def codes(kernel: int) -> list[str]:
    return [d.code for d in driver.loads(SPEC.format(kernel=kernel)).diagnostics]


def test_after_a_head_that_does_not_fit() -> None:
    assert codes(3) == ["E0303"]


def test_alone() -> None:
    assert codes(1) == ["E0813"]
