"""The gallery says what the catalogue holds now: every file, its figures, its spec, its diagram."""

from functools import cache
from pathlib import Path

import pytest
from test_facts import labels

from archdsl import catalogue, driver
from archdsl.backends.gallery import GalleryPage, Publication, family_page, gallery_index
from archdsl.cli import gallery

FOLDER = Path(__file__).resolve().parents[2] / "docs/gallery"
SAID = gallery.described(FOLDER)
ENTRIES = gallery.entries()
STEMS = sorted(ENTRIES)
UNPUBLISHED = {"cifar_cnn", "fashion_cnn"}  # of no paper: from teaching


def kept(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


@cache
def family(stem: str) -> GalleryPage:
    return gallery.family(stem, ENTRIES[stem], SAID[stem])


def test_every_file_is_described_and_no_other() -> None:
    assert sorted(SAID) == STEMS
    pages = {path.stem for path in FOLDER.glob("*.md")} - {"README"}
    assert pages == {path.stem for path in FOLDER.glob("*.svg")} == set(STEMS)


@pytest.mark.one_in(8)
@pytest.mark.parametrize("stem", STEMS)
def test_a_page_is_current(stem: str) -> None:
    shown = family(stem)
    assert shown.pictured in {exhibit.name for exhibit in shown.networks}
    assert bool(shown.papers) == (stem not in UNPUBLISHED)
    assert kept(f"{stem}.md") == family_page(shown)


@pytest.mark.slow  # all families at once
def test_the_index_is_current() -> None:
    assert kept("README.md") == gallery_index(map(family, ENTRIES))


@pytest.mark.slow
def test_the_list_is_current() -> None:
    shelves = gallery.shelves(FOLDER, tuple(map(family, ENTRIES)))
    assert catalogue.LIST.read_bytes() == catalogue.encoded(shelves)
    assert catalogue.shelves() == shelves
    listed = [network.name for shelf in shelves for network in shelf.networks]
    assert sorted(listed) == sorted(entry.name for entry in driver.listing())


@pytest.mark.slow
@pytest.mark.parametrize("stem", STEMS)
def test_a_diagram_says_what_is_drawn_now(stem: str) -> None:
    assert labels(kept(f"{stem}.svg")) == labels(gallery.picture(family(stem)).decode())


def test_figures_are_the_published_ones() -> None:
    """AlexNet as torchvision publishes it: 61.1 million weights, 0.71 billion multiply-adds."""
    (row,) = family("alexnet").networks
    assert (row.input, row.output) == ("3x224x224", "1000")
    assert (row.params, row.macs, row.depth) == (61_100_840, 714_188_480, 8)


def test_papers_are_cited_once() -> None:
    """One address has one citation, wherever it stands."""
    papers = {Publication(*paper) for said in SAID.values() for paper in said["papers"]}
    assert len({paper.address for paper in papers}) == len(papers)
    assert all(paper.address.startswith("https://") for paper in papers)
