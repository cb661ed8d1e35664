"""The pictures for the documentation: taken anew they show what they are for, and are small."""

from pathlib import Path

import pytest
from PIL import Image

from tools.pictures.__main__ import COLOURS, DOCS, TYPED, write

MOST = {"playground.gif": 1_000_000, "serve.png": 200_000}


@pytest.mark.parametrize("name", MOST)
def test_the_pictures_of_the_documentation_are_small_and_shown(name: str) -> None:
    assert 0 < (DOCS / name).stat().st_size < MOST[name]
    assert f'<img src="{name}"' in (DOCS / "editors.md").read_text(encoding="utf-8")


@pytest.mark.browser
def test_the_pictures_can_be_taken_anew(tmp_path: Path) -> None:
    write(tmp_path)
    for name, most in MOST.items():
        assert (tmp_path / name).stat().st_size < most
    with (
        Image.open(tmp_path / "playground.gif") as moving,
        Image.open(DOCS / "serve.png") as before,
    ):
        assert moving.n_frames >= len(TYPED)
        with Image.open(tmp_path / "serve.png") as now:
            assert now.size == before.size and len(now.getcolors()) <= COLOURS
