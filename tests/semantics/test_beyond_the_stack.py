"""Limits that are set higher than Python's stack end in a diagnostic, not in a traceback."""

from archdsl import driver
from archdsl.semantics.limits import Limits

CALLS = """
fn f(n) = f(n - 1) if n > 0 else 1
network T:
    input 3x8x8
    conv(f(100000), 1)
"""
BLOCKS = """
block b(n):
    if n > 0:
        b(n - 1)
    else:
        relu
network T:
    input 3x8x8
    b(5000)
"""


def test_functions_within_functions() -> None:
    limits = Limits(calls=100_000_000, evaluations=100_000_000)
    (diagnostic,) = driver.loads(CALLS, limits=limits).diagnostics
    assert (diagnostic.code, diagnostic.line) == ("E0503", 3)


def test_blocks_within_blocks() -> None:
    limits = Limits(nesting=100_000, depth=100_000)
    (diagnostic,) = driver.loads(BLOCKS, limits=limits).diagnostics
    assert (diagnostic.code, diagnostic.line) == ("E0503", 7)


def test_the_limits_of_everyone_say_where() -> None:
    for text, line in ((CALLS, 2), (BLOCKS, 4)):
        (diagnostic,) = driver.loads(text).diagnostics
        assert (diagnostic.code, diagnostic.line) == ("E0503", line)
