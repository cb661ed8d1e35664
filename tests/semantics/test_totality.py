"""Whatever a spec says, the compiler ends soon, with a code of its own, and always alike."""

import os
import subprocess
import sys
import time

import pytest
from small_specs import load, network

from archdsl import driver
from archdsl.base.render import render
from archdsl.semantics.limits import Limits

HOSTILE = {
    "copies": ("relu * 10 ** 12", "E0501"),
    "nested copies": ("((((relu * 900) * 900) * 900) * 900) * 900", "E0501"),
    "copies of nothing": ("(relu * 0) * 10 ** 12", "E0501"),
    "rounds": ("for i in range(90_000):\n    for j in range(90_000):\n        relu", "E0501"),
    "rounds of nothing": (
        "for i in range(90_000):\n    for j in range(90_000):\n        let k = 1\nrelu", "E0502"
    ),
    "blocks of blocks": ("a", "E0501"),
    "block in itself": ("b(0)", "E0503"),
    "block in itself, branched": ("c(0)", "E0503"),
    "block in itself, named": ("d(0)", "E0503"),
    "function in itself": ("conv(f(0), 1)", "E0503"),
    "function twice in itself": ("conv(g(99), 1)", "E0503"),
    "function tree": ("conv(h(40), 1)", "E0502"),
    "power": ("conv(9 ** 9 ** 9 ** 9, 1)", "E0502"),
    "power of a large number": ("let x = (10 ** 29) ** (10 ** 29)\nrelu", "E0502"),
    "digits": ("let x = round(5, -10 ** 20)\nrelu", "E0402"),
    "long tuple": ("let x = range(10 ** 20)\nrelu", "E0502"),
    "long tuple repeated": ("let x = (1, 2) * 10 ** 20\nrelu", "E0502"),
    "many long tuples": ("for i in range(90_000):\n    let x = range(90_000)\nrelu", "E0502"),
    "many sums": (
        "let x = range(90_000)\nfor i in range(90_000):\n    let y = sum(x)\nrelu",
        "E0502",
    ),
    "many searches": (
        "let x = range(90_000)\nfor i in range(90_000):\n    let y = -1 in x\nrelu",
        "E0502",
    ),
    "many wraps": (
        "let x = range(90_000)\nfor i in range(90_000):\n    let y = (x, i)\nrelu",
        "E0502",
    ),
    "doubled tuple": ("let x = (1, 2)\nfor i in range(99):\n    let x = (x, x)\nrelu", "E0502"),
    "doubled chain": ("let x = relu\nfor i in range(99):\n    let x = x -> x\nx", "E0502"),
    "doubled string": ('let x = "ab"\nfor i in range(99):\n    let x = x + x\nrelu', "E0502"),
    "deep tuple": ("let x = ()\nfor i in range(90_000):\n    let x = (x,)\nrelu", "E0503"),
    "deep chain": ("let x = relu\nfor i in range(90_000):\n    let x = x -> bn\nx", "E0503"),
    "deep merge": (
        "let x = relu\nfor i in range(90_000):\n    let x = add(x, identity)\nx",
        "E0503",
    ),
    "deep choice": (
        "let x = relu()\nfor i in range(90_000):\n    let x = x if true else x\nx",
        "E0503",
    ),
    "large tensor": ("conv(10 ** 9, 1) -> flatten -> linear(4 * 10 ** 18)", "E0504"),
}  # fmt: skip

ABOVE = """
block a1:
    relu * 900

block a2:
    a1 * 900

block a:
    a2 * 900

block b(n):
    b(n + 1)

block c(n):
    add:
        path:
            concat:
                identity
                c(n + 1)
        identity

block d(n):
    x = path:
        y = d(n + 1) -> relu

fn f(n) = 1 + (2 * (3 + (4 - (f(n + 1) + 1))))
fn g(n) = g(n - 1) + g(n - 1) if n > 0 else 1
fn h(n, k=0) = h(n - 1, 2 * k) + h(n - 1, 2 * k + 1) if n > 0 else 1
"""


@pytest.mark.one_in(6)
@pytest.mark.parametrize("name", HOSTILE)
def test_limits_are_reached_soon_and_said(name: str) -> None:
    lines, code = HOSTILE[name]
    started = time.process_time()
    loaded = load(lines, above=ABOVE)
    assert [d.code for d in loaded.diagnostics] == [code]
    assert loaded.program is None
    assert time.process_time() - started < 10  # seconds; far more than it takes


def test_limits_can_be_set() -> None:
    text = network("relu * 20")
    assert not driver.loads(text).failed
    failed = driver.loads(text, limits=Limits(scope_steps=10))
    assert [d.code for d in failed.diagnostics] == ["E0501"]


def test_deep_networks_are_far_from_the_limits() -> None:
    above = """
    block unit(c):
        add(identity, conv(c, 3, padding=1) -> bn -> relu)
    """
    loaded = load("body = unit(3) * 1001\nfor i in range(1001):\n    unit(3)", above=above)
    assert not loaded.diagnostics


def test_the_recursion_limit_is_as_before() -> None:
    before = sys.getrecursionlimit()
    load("b(0)", above=ABOVE)
    assert sys.getrecursionlimit() == before


IN_A_THREAD = """
import sys, threading
from archdsl import driver
def run():
    print([d.code for d in driver.loads(sys.argv[1]).diagnostics])
threading.stack_size(512 * 1024)
thread = threading.Thread(target=run)
thread.start()
thread.join()
"""


def test_in_a_thread_with_a_small_stack_too() -> None:
    """In a process of its own: other libraries take from the stacks of threads what they like."""
    text = network("c(0)", above=ABOVE)
    ran = subprocess.run(
        [sys.executable, "-c", IN_A_THREAD, text], capture_output=True, check=True, text=True
    )
    assert ran.stdout == "['E0503']\n"


SCRIPT = """
from archdsl import driver
from archdsl.base.render import render
from archdsl.ir.graph import state_dict, walk
good = driver.load("resnet18").program
print([path for path, _, _ in walk(good.root)], list(state_dict(good.root)), good.root.values)
bad = '''
network Net(width=8):
    input 3x32x32
    cnov(widht, 3) -> relu(inplac=true)
    conv(width, 3, padding=smae)
    init cnov: zeros
    for i in 3:
        a{i} = conv(8, zz)
'''
for diagnostic in driver.loads(bad).diagnostics:
    print(render(diagnostic))
"""


def test_the_hash_seed_changes_nothing() -> None:
    outputs = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(outputs) == 1
    assert "did you mean `conv`?" in outputs.pop()


def test_two_runs_say_the_same() -> None:
    text = network("cnov(3)\nadd(conv(8, 1), conv(4, 1))\nrleu")
    first, second = (
        [render(d) for d in driver.loads(text, name="net.arch").diagnostics] for _ in range(2)
    )
    assert first == second and len(first) == 2
