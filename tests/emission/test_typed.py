"""Emitted files are typed: mypy finds nothing in any form of any network. It is strict but for
torch's own modules, whose calls give `Any`."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest
from cases import FOLDER, SPECS, complete
from small_networks import EACH_OP
from test_tensors_as_arguments import CASES, network

import archdsl
from archdsl.ir.graph import Scope, different_steps
from tests.parts import parts

MYPY = (sys.executable, "-m", "mypy", "--strict", "--no-warn-return-any", "--config-file=")


TENSORS = "tensors as arguments"
NETWORKS = {"each op": EACH_OP, TENSORS: [*CASES], "all": complete()}


@pytest.mark.parametrize("networks", parts(NETWORKS, (), ("each op", TENSORS)))
def test_mypy_finds_nothing(networks: str, tmp_path: Path) -> None:
    """All in one process, which reads torch once."""
    folder = tmp_path / "emitted"
    folder.mkdir()
    for case in FOLDER.glob("*.py"):
        copy(case, folder)
    for name in NETWORKS[networks]:
        net = network(name)[0] if networks == TENSORS else archdsl.load(name)
        for form, source in forms(net):
            file = f"{name.lower().replace(' ', '_')}_{form}.py"
            (folder / file).write_text(source, encoding="utf-8")
    files = len(list(folder.iterdir()))
    assert files >= len(SPECS) + 2 * len(NETWORKS[networks])
    assert checked(folder) == f"Success: no issues found in {files} source files"


def test_mypy_would_find_something(tmp_path: Path) -> None:
    (tmp_path / "wrong.py").write_text("def length(x: str) -> str:\n    return len(x)\n")
    assert checked(tmp_path).startswith("Found 1 error")


def forms(net: archdsl.Network) -> Iterator[tuple[str, str]]:
    """Its sources: for training, for inference, with all its blocks computed again, and with what
    grows computed again, where there is either."""
    yield "train", net.source()
    yield "deploy", net.source(form="deploy")
    steps = (scope.steps[index].target for scope, index in different_steps(net.program.root))
    blocks = {inner.block for inner in steps if isinstance(inner, Scope) and inner.block}
    if blocks:
        yield "recompute", net.source(recompute=sorted(blocks))
    if net.name.startswith("densenet"):
        yield "joined", net.source(recompute=["concat"])


def checked(folder: Path) -> str:
    """mypy's last line; what it finds is printed."""
    cache = f"--cache-dir={folder.parent / 'cache'}"
    told = subprocess.run((*MYPY, cache, str(folder)), capture_output=True, text=True).stdout
    print(told)
    return told.splitlines()[-1]
