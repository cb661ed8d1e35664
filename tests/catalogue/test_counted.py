"""Published models beyond `models.json`: the same input, weights, multiply-adds and keys."""

import json
from typing import Any

import pytest

from archdsl.analyses.figures.costs import costs
from archdsl.ir.graph import state_dict

from .counted import COUNTED, digest
from .references import figures, load, references

FIGURES: dict[str, dict[str, Any]] = json.loads(COUNTED.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", FIGURES)
def test_figures(name: str) -> None:
    program = load(name)
    total = costs(program).total
    keys = [(key, weight.shape) for key, weight in state_dict(program.root)]
    assert FIGURES[name] == {
        "input": list(program.root.inputs[0].shape),
        "params": total.params,
        "macs": total.macs,
        "keys": len(keys),
        "digest": digest(keys),
    }


def test_every_reference_has_figures() -> None:
    assert {r.name for r in references()} == {m.name for m in figures()} | set(FIGURES)
