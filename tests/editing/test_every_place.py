"""Whatever an editor offers wherever in a spec, PyTorch runs the same network after it."""

from functools import cache
from pathlib import Path

import pytest
from every_place import Changed, analysed, changes
from oracle import Compiled, calls, networks_of

from archdsl.editing.meaning import users
from archdsl.editing.places import declaration_at
from archdsl.ir.graph import state_dict
from tests.parts import parts

SPECS = Path(__file__).parents[2] / "specs"
OFFERS = Path(__file__).with_name("offers.arch")  # a small network with a place for each offer
MANY = ("cifar_cnn", "dcgan", "siamese", "squeezenet", "tcn", "unet")
LARGE = ("convnext", "densenet", "fpn", "ghostnet", "googlenet", "repvgg", "senet")


def keys(compiled: Compiled) -> set[str]:
    return {key for key, _ in state_dict(compiled.program.root)}


@cache
def compiled(path: Path, network: str) -> tuple[list[object], set[str]]:
    module = Compiled(path.read_text(encoding="utf-8"), path.parent, network)
    return calls(module), keys(module)


def compare(path: Path, changed: Changed) -> None:
    """Of the networks that have the place, the smallest one is the same, and of its keys those
    alone are gone that are told to change."""
    analysis = analysed(path)
    declaration = declaration_at(analysis.file, changed.offset)
    networks = users(analysis, declaration) if declaration is not None else ()
    network = min(networks or analysis.networks, key=lambda n: len(analysis.trace(n).uses))
    names = networks_of(changed.text, path.parent)
    assert len(names) == len(analysis.networks)
    now = Compiled(changed.text, path.parent, names[analysis.networks.index(network)])
    called, before = compiled(path, network)
    assert calls(now) == called
    assert before - keys(now) <= changed.renamed.keys()
    assert len(keys(now)) == len(before)


@pytest.mark.parametrize("name", parts((*MANY, *LARGE), (), MANY))
def test_every_offer_at_every_place_of_the_catalogue(name):
    every_offer_keeps_the_network(SPECS / f"{name}.arch")


def test_every_offer_at_every_place_keeps_the_network():
    offers = every_offer_keeps_the_network(OFFERS)
    assert offers >= {"extract", "name", "put", "rename", "write"}


def every_offer_keeps_the_network(path: Path) -> set[str]:
    """The first words of the offers; there are many."""
    count, offers = 0, set()
    for changed in changes(path):
        try:
            compare(path, changed)
        except AssertionError as why:
            row = path.read_text(encoding="utf-8").count("\n", 0, changed.offset) + 1
            raise AssertionError(f"{changed.title}, row {row}:\n{changed.text}") from why
        count += 1
        offers.add(changed.title.split()[0])
    assert count > 20
    return offers
