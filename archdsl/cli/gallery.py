"""`python -m archdsl.cli.gallery`: writes the gallery's pages and diagrams into `docs/gallery`,
and what `archdsl list` tells beside the specs.

What both say of the files, their papers among it, stands in the folder's `families.toml`.
"""

import sys
import tomllib
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from archdsl import catalogue, driver, network
from archdsl.analyses.figures.depth import depth
from archdsl.analyses.figures.receptive_field import receptive_fields
from archdsl.backends.audit.row_words import shapes, sizes
from archdsl.backends.gallery import Exhibit, GalleryPage, Publication, family_page, gallery_index
from archdsl.base.files import write_whole

Entries = tuple[driver.CatalogueEntry, ...]


def entries() -> dict[str, Entries]:
    """The catalogue's networks by the stem of their file."""
    by_file = groupby(driver.listing(), key=lambda entry: Path(entry.file).stem)
    return {stem: tuple(of_file) for stem, of_file in by_file}


def described(folder: Path) -> dict[str, dict[str, Any]]:
    """The contents of `families.toml`, by the stem of the file."""
    return tomllib.loads((folder / "families.toml").read_text(encoding="utf-8"))


def families(folder: Path) -> Iterator[GalleryPage]:
    """Every file of the catalogue, its networks loaded and counted when it is asked for."""
    said = described(folder)
    for stem, of_file in entries().items():
        yield family(stem, of_file, said[stem])


def family(stem: str, networks: Entries, said: dict[str, Any]) -> GalleryPage:
    """One file of the catalogue with what is said of it."""
    return GalleryPage(
        stem,
        said["name"],
        said["line"],
        said.get("pictured", networks[0].name),
        tuple(Publication(*paper) for paper in said["papers"]),
        tuple(map(_exhibit, networks)),
        driver.source_of(networks[0].name),
    )


def _exhibit(entry: driver.CatalogueEntry) -> Exhibit:
    net = network.load(entry.name)
    return Exhibit(
        entry.name,
        entry.summary,
        shapes(net.input),
        shapes(net.output),
        net.params,
        net.macs,
        sizes(receptive_fields(net.program).network),
        depth(net.program),
    )


def picture(shown: GalleryPage) -> bytes:
    """The diagram that stands for the family."""
    return network.load(shown.pictured).draw()


def listed(shown: GalleryPage) -> tuple[catalogue.Listed, ...]:
    """The entries of `archdsl list` for a file's networks."""
    file = f"specs/{shown.stem}.arch"
    return tuple(
        catalogue.Listed(e.name, file, e.summary, e.input, e.output, e.params, e.macs)
        for e in shown.networks
    )


def shelves(folder: Path, shown: Sequence[GalleryPage]) -> tuple[catalogue.ListedFile, ...]:
    """The families that `archdsl list` tells of, with the networks of all files listed there."""
    said = described(folder)
    return tuple(
        catalogue.ListedFile(
            family.stem,
            family.name,
            family.line,
            tuple(
                network
                for other in sorted(shown, key=lambda f: "listed_in" not in said[f.stem])
                if said[other.stem].get("listed_in", other.stem) == family.stem
                for network in listed(other)
            ),
        )
        for family in shown
        if "listed_in" not in said[family.stem]
    )


def write(folder: Path) -> None:
    """Writes the index, each family's page and diagram, and the list."""
    written = tuple(families(folder))
    write_whole(catalogue.LIST, catalogue.encoded(shelves(folder, written)))
    write_whole(folder / "README.md", gallery_index(written).encode())
    for each in written:
        write_whole(folder / f"{each.stem}.md", family_page(each).encode())
        write_whole(folder / f"{each.stem}.svg", picture(each))


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/gallery"))
