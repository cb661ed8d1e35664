"""`python -m archdsl.cli.gallery`: writes the gallery's pages and diagrams into `docs/gallery`.

What it says of the files, their papers among it, stands in the folder's `families.toml`.
"""

import sys
import tomllib
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from archdsl import driver, network
from archdsl.analyses.figures.depth import depth
from archdsl.analyses.figures.receptive_field import receptive_fields
from archdsl.backends.audit.words import shapes, sizes
from archdsl.backends.gallery import Exhibit, Family, Paper, family_page, gallery_index
from archdsl.base.files import write_whole
from archdsl.base.quantities import count, scaled

Entries = tuple[driver.CatalogueEntry, ...]


def entries() -> dict[str, Entries]:
    """The catalogue's networks by the stem of their file."""
    by_file = groupby(driver.listing(), key=lambda entry: Path(entry.file).stem)
    return {stem: tuple(found) for stem, found in by_file}


def described(folder: Path) -> dict[str, dict[str, Any]]:
    """What `families.toml` says, by the stem of the file."""
    return tomllib.loads((folder / "families.toml").read_text(encoding="utf-8"))


def families(folder: Path) -> Iterator[Family]:
    """Every file of the catalogue, its networks loaded and counted when it is asked for."""
    said = described(folder)
    for stem, found in entries().items():
        yield family(stem, found, said[stem])


def family(stem: str, found: Entries, said: dict[str, Any]) -> Family:
    """One file of the catalogue with what is said of it."""
    return Family(
        stem,
        said["name"],
        said.get("pictured", found[0].name),
        tuple(Paper(*paper) for paper in said["papers"]),
        tuple(map(_exhibit, found)),
        driver.source_of(found[0].name),
    )


def _exhibit(entry: driver.CatalogueEntry) -> Exhibit:
    net = network.load(entry.name)
    return Exhibit(
        entry.name,
        entry.summary,
        shapes(net.input),
        shapes(net.output),
        count(net.params),
        scaled(net.macs),
        sizes(receptive_fields(net.program).network),
        depth(net.program),
    )


def picture(shown: Family) -> bytes:
    """The diagram that stands for the family."""
    return network.load(shown.pictured).draw()


def write(folder: Path) -> None:
    """Writes the index, and each family's page and diagram."""
    written = tuple(families(folder))
    write_whole(folder / "README.md", gallery_index(written).encode())
    for each in written:
        write_whole(folder / f"{each.stem}.md", family_page(each).encode())
        write_whole(folder / f"{each.stem}.svg", picture(each))


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/gallery"))
