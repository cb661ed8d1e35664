"""How many of torchvision's classification models the catalogue holds.

`python -m tests.catalogue.coverage [NAME…]` compares each live: keys, counts and outputs.
"""

import sys
from collections.abc import Iterator

from archdsl import driver
from archdsl.runtime.reference_models import reference

from .references import Reference, references


def classification_models() -> list[str]:
    """The names of torchvision's classification models."""
    reference("torchvision:alexnet")  # imports torchvision the way that always works
    from torchvision import models

    names: list[str] = models.list_models(module=models)
    return names


def compared(names: list[str]) -> Iterator[tuple[str, str]]:
    """Each name with what stands in the way of its equality, or nothing."""
    known = {r.name: r for r in references() if r.collection == "torchvision"}
    held = {entry.name for entry in driver.listing()}
    for name in names:
        model = known.get(name)
        if name not in held:
            yield name, "not in the catalogue"
        elif model is None:
            yield name, "not in references.toml"
        else:
            yield name, _difference(model)


def _difference(model: Reference) -> str:
    verification = model.verify()
    return "" if verification.ok else verification.report()


def main(wanted: list[str]) -> int:
    names = classification_models()
    equal = 0
    for name, trouble in compared(wanted or names):
        equal += not trouble
        print(f"{name:<22} {trouble or 'equal'}", flush=True)
    print(f"\n{equal} of {len(names)} torchvision classification models, keys and outputs equal")
    return 0 if equal == len(wanted or names) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
