"""The blocks of the catalogue that become more than one class.

`python -m tests.catalogue.classes [NAME…]` prints for each network, and for each file with several
networks (`specs/resnet.arch`), the blocks and the named chains that have several classes; at the
end how many blocks and chains there are, and how many of them have more than one class.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from archdsl import driver
from archdsl.backends.python import planned

SPECS = Path(__file__).parents[2] / "specs"


def classes(spec: str) -> list[list[str]]:
    """The classes of a network, or of a file of networks, those of one definition together."""
    if driver.names_several(spec):
        family = driver.family(spec)
        plan = planned(tuple(family.programs), family.siblings())
    else:
        loaded = driver.load(spec)
        plan = planned((loaded.program,), loaded.siblings())
    by_definition: dict[int, list[str]] = {}
    for cls in plan.classes:
        by_definition.setdefault(cls.definition, []).append(cls.name)
    return list(by_definition.values())


def everything() -> Iterator[str]:
    """All networks of the catalogue, and all files with several."""
    yield from (entry.name for entry in driver.listing())
    for file in sorted(SPECS.glob("*.arch")):
        if driver.names_several(str(file)):
            yield str(file.relative_to(SPECS.parent))


def main(specs: list[str]) -> None:
    whole = several = 0
    for spec in specs or everything():
        for names in classes(spec):
            whole += 1
            if len(names) > 1:
                several += 1
                print(f"{spec}: {', '.join(names)}", flush=True)
    print(f"{whole} definitions, {several} of them with more than one class")


if __name__ == "__main__":
    main(sys.argv[1:])
