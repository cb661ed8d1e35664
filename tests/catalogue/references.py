"""What the catalogue is compared with: `references.toml`, and figures taken once and kept."""

import json
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from archdsl import driver
from archdsl.backends.python import emit
from archdsl.base.render import render
from archdsl.ir.graph import Program
from archdsl.runtime.build import build
from archdsl.runtime.input_source import source
from archdsl.runtime.randomise import randomise
from archdsl.runtime.reference_models import reference
from archdsl.runtime.trials import Pair, Trial, run
from archdsl.runtime.verify import Verification, verify

HERE = Path(__file__).parent
DATA = HERE.parent / "data"
COLLECTIONS = ("torchvision", "timm")

Keys = list[tuple[str, tuple[int, ...]]]


@dataclass(frozen=True)
class Reference:
    """A published model with a network of its name; `input` empty: of the network's own size."""

    name: str
    collection: str
    input: str
    ordinary: bool

    def verify(self) -> Verification:
        """The network beside the live model with the same random weights."""
        program = load(self.name, self.input)
        return verify(program, emit(program), f"{self.collection}:{self.name}")

    def agrees(self) -> bool:
        """Whether both give equal outputs for a sample in evaluation."""
        program = load(self.name, self.input)
        ours, theirs = build(program, emit(program)), reference(f"{self.collection}:{self.name}")
        randomise(theirs.module, seed=0)
        pair = Pair(ours, theirs.module)
        pair.share()
        inputs = source(program, ours, theirs.module).inputs(0, 1)
        return run(pair, Trial(inputs)).ok


@dataclass(frozen=True)
class Figures:
    """What was counted on a published model."""

    name: str
    params: int
    macs: int

    @property
    def keys(self) -> Keys:
        """Its `state_dict`: keys and shapes in order."""
        text = (DATA / "state_dict" / f"{self.name}.json").read_text(encoding="utf-8")
        return [(key, tuple(shape)) for key, shape in json.loads(text)]


@cache
def references() -> tuple[Reference, ...]:
    """All lines of `references.toml`."""
    data = tomllib.loads((HERE / "references.toml").read_text(encoding="utf-8"))
    return tuple(
        Reference(name, collection, size, name in data["ordinary"])
        for collection in COLLECTIONS
        for name, size in data[collection].items()
    )


@cache
def figures() -> tuple[Figures, ...]:
    """The models of `tests/data/models.json`."""
    models = json.loads((DATA / "models.json").read_text(encoding="utf-8"))["models"]
    return tuple(Figures(m["name"], m["params"], m["macs"]) for m in models)


@cache
def load(spec: str, input: str = "", **parameters: object) -> Program:
    """A network without mistakes and with its promises kept, elaborated once for all tests."""
    loaded = driver.load(spec, parameters=parameters, input=input or None)
    assert loaded.program is not None and not loaded.failed, "\n".join(
        render(d) for d in loaded.diagnostics
    )
    return loaded.program
