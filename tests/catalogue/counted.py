"""Figures of the published models that `models.json` does not have, taken from the models.

`python -m tests.catalogue.counted` writes `tests/data/counted.json`. Counting runs on the meta
device, without memory or work, and counts what torchvision publishes as GMACs.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from archdsl import driver
from archdsl.runtime.reference_models import reference

from .references import DATA, Reference, figures, load, references

COUNTED = DATA / "counted.json"


def digest(keys: Iterable[tuple[str, Iterable[int]]]) -> str:
    """What stands for an ordered list of keys and shapes."""
    listed = [[key, list(shape)] for key, shape in keys]
    return hashlib.sha256(json.dumps(listed).encode()).hexdigest()[:16]


def count(model: Reference) -> dict[str, Any]:
    """Learned weights, multiply-adds of one sample of the network's own input size, and keys."""
    (shape,) = (type_.shape for type_ in load(model.name).root.inputs)
    # RegNet computes its widths with tensors, which the meta device does not hold
    with torch.device("cpu" if model.name.startswith("regnet") else "meta"):
        module = reference(f"{model.collection}:{model.name}").module.eval().to("meta")
    state = module.state_dict()
    counter = FlopCounterMode(display=False)
    torch.backends.mha.set_fastpath_enabled(False)
    with counter, sdpa_kernel(SDPBackend.MATH), torch.no_grad():
        module(torch.empty(1, *shape, device="meta"))
    return {
        "input": list(shape),
        "params": sum(p.numel() for p in module.parameters()),
        "macs": counter.get_total_flops() // 2,
        "keys": len(state),
        "digest": digest((key, tensor.shape) for key, tensor in state.items()),
    }


def main() -> None:
    known = {model.name for model in figures()}
    held = {entry.name for entry in driver.listing()}
    wanted = [r for r in references() if r.name not in known and r.name in held]
    lines = ",\n".join(f"  {json.dumps(r.name)}: {json.dumps(count(r))}" for r in wanted)
    COUNTED.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
