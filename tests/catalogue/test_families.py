"""Families of the catalogue written as files: what the docs say of them, and torchvision's own."""

from pathlib import Path

import pytest

from tests.catalogue.families import FAMILIES, differing, length, statements

PAGE = Path(__file__).parents[2] / "docs" / "emitted.md"


def test_statements_have_a_line_each_however_they_are_laid_out() -> None:
    text = (
        '"""A file."""\n\nx = f(\n    1,\n    2,\n)  # a comment\n\n\ndef f():\n    """None."""\n'
    )
    assert statements(text) == 3  # x, def and what stands in for its body


@pytest.mark.one_in(2)
@pytest.mark.parametrize("file", ["mnasnet", "shufflenet_v2"])
def test_the_page_has_the_length_of_a_family(file: str) -> None:
    assert length(file).row() in PAGE.read_text("utf-8").splitlines()


@pytest.mark.slow
@pytest.mark.parametrize("file", sorted(FAMILIES.keys() - {"efficientnet", "regnet", "swin"}))
def test_the_page_has_the_lengths_of_all(file: str) -> None:
    assert length(file).row() in PAGE.read_text("utf-8").splitlines()


@pytest.mark.slow
@pytest.mark.parametrize("file", ["squeezenet", "shufflenet_v2", "mnasnet"])
def test_the_functions_of_a_family_make_torchvisions_networks(file: str) -> None:
    assert differing(file) == []
