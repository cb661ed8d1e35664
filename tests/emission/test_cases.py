"""Every case and every network of the catalogue: as expected, clean, and the program itself."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import torch
from cases import FOLDER, SPECS, complete, emitted, program
from interpreter import Interpreted
from small_networks import SIBLINGS
from torch import nn

from archdsl.backends.python import emit, network_class
from archdsl.ir.graph import Program, Scope, state_dict, walk
from archdsl.ir.shape import DType
from archdsl.runtime.build import build, load_source
from archdsl.transforms.step_names import named_alike

QUICK = {"alexnet", "googlenet", "resnet50", "vit_b_16"}
LARGE = [name for name in complete() if name not in SIBLINGS]
EVERY = [
    *(pytest.param(str(spec), id=spec.stem) for spec in SPECS),
    *(
        pytest.param(name, id=f"catalogue-{name}", marks=() if name in QUICK else pytest.mark.slow)
        for name in LARGE
    ),
]
EVERYDAY = [*map(str, SPECS), *sorted(QUICK)]
RARE = [name for name in LARGE if name not in QUICK]
RUFF = [sys.executable, "-m", "ruff"]


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.stem)
def test_source_is_as_expected(spec: Path) -> None:
    assert emit(program(spec)) == spec.with_suffix(".py").read_text(encoding="utf-8")


def test_every_source_has_its_spec() -> None:
    assert {p.stem for p in FOLDER.glob("*.py")} == {spec.stem for spec in SPECS}


@pytest.mark.parametrize("specs", [EVERYDAY, pytest.param(RARE, marks=pytest.mark.slow)])
def test_ruff_has_nothing_to_say(specs: list[str], tmp_path: Path) -> None:
    """All in one process of ruff for each question."""
    for number, spec in enumerate(specs):
        (tmp_path / f"net{number}.py").write_text(emitted(spec)[1], encoding="utf-8")
    for words in (
        ["check", "--isolated", "--no-cache", "--extend-select", "I"],
        ["format", "--isolated", "--no-cache", "--diff"],
    ):
        done = subprocess.run([*RUFF, *words, tmp_path], text=True, capture_output=True)
        assert done.returncode == 0, done.stdout
    assert f"{len(specs)} files already formatted" in done.stderr


@pytest.mark.one_in(2)
@pytest.mark.parametrize("spec", EVERY)
def test_state_dict_is_the_programs(spec: str) -> None:
    made, text = emitted(spec)
    model = build(made, text, device="meta")
    actual = [(key, tuple(value.shape)) for key, value in model.state_dict().items()]
    assert actual == [(key, weight.shape) for key, weight in state_dict(made.root)]


@pytest.mark.one_in(2)
@pytest.mark.parametrize("spec", EVERY)
def test_every_step_runs_once_for_each_use(spec: str) -> None:
    made, text = emitted(spec)
    model = build(made, text, device="meta").train()
    calls: Counter[str] = Counter()
    for path, module in model.named_modules():
        if path and not isinstance(module, nn.Identity):
            module.register_forward_hook(lambda *_, path=path: calls.update([path]))
    model(*inputs(made, "meta"))
    assert calls == uses(made, model)


@pytest.mark.one_in(2)
@pytest.mark.parametrize("spec", EVERY)
def test_shapes_are_the_programs(spec: str) -> None:
    made, text = emitted(spec)
    model = build(made, text, device="meta").eval()
    results = flat(model(*inputs(made, "meta")))
    assert [tuple(r.shape[1:]) for r in results] == [t.shape for t in made.root.outputs]


@pytest.mark.one_in(2)
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.stem)
@pytest.mark.parametrize("training", [False, True], ids=["evaluation", "training"])
def test_outputs_are_those_of_the_graph(spec: Path, training: bool) -> None:
    """The emitted network beside the graph run step by step: same weights, same numbers."""
    torch.manual_seed(0)
    made, text = emitted(str(spec))
    ours = build(made, text).train(training)
    heads = tuple(head.step for head in made.heads)
    theirs = Interpreted(made.root, vars(load_source(made.name, text)), heads).train(training)
    ours.load_state_dict(theirs.state_dict(), strict=True)
    for module in [*ours.modules(), *theirs.modules()]:
        if "drop" in type(module).__name__.lower():
            module.eval()
    given = inputs(made, "cpu")
    for mine, other in zip(flat(ours(*given)), flat(theirs(*given)), strict=True):
        torch.testing.assert_close(mine, other, rtol=0, atol=0)


@pytest.mark.one_in(2)
@pytest.mark.parametrize("seed", ["1", "2"])
def test_bytes_do_not_depend_on_the_hash_seed(seed: str) -> None:
    script = (
        "from cases import SPECS, program\n"
        "from archdsl.backends.python import emit\n"
        "import sys\n"
        "sys.stdout.write(''.join(emit(program(spec)) for spec in SPECS))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=FOLDER.parent,
        env={"PYTHONHASHSEED": seed, "PYTHONPATH": f"{FOLDER.parent}:{FOLDER.parents[2]}"},
        capture_output=True,
        check=True,
    )
    expected = b"".join(spec.with_suffix(".py").read_bytes() for spec in SPECS)
    assert done.stdout == expected


def test_emitted_classes_can_be_pickled_and_inspected() -> None:
    import inspect
    import linecache
    import pickle

    made = program(SPECS[0])
    text = emit(made)
    model = build(made, text)
    copied = pickle.loads(pickle.dumps(model))
    assert type(copied) is type(model)
    assert inspect.getsource(type(model)).startswith(f"class {network_class(made)}(")
    linecache.clearcache()  # as a tool may do at any time
    again = build(made, text)
    assert inspect.getsource(type(again)).startswith(f"class {network_class(made)}(")


def inputs(made: Program, device: str) -> list[torch.Tensor]:
    """Two samples of every input."""
    return [
        torch.zeros((2, *t.shape), dtype=torch.long, device=device)
        if t.dtype is DType.INT
        else torch.randn((2, *t.shape), device=device)
        for t in made.root.inputs
    ]


def flat(value: object) -> list[torch.Tensor]:
    return [value] if isinstance(value, torch.Tensor) else [t for v in value for t in flat(v)]


def uses(made: Program, model: nn.Module) -> Counter[str]:
    """How often the program uses each step that holds a module."""
    holders = dict(model.named_modules())
    tensors = {name for name, _ in (*model.named_parameters(), *model.named_buffers())}
    paths: Counter[str] = Counter()
    (written,), _ = named_alike((made,), ())
    for path, scope, step in walk(written.root):
        holds = (
            isinstance(step.target, Scope) or step.target.emit(scope.types_of(step.inputs)).build
        )
        if holds is None:
            continue
        if path in holders:
            paths[path] += not isinstance(holders[path], nn.Identity)
        else:
            assert path in tensors, f"{path} is missing"
    return +paths
