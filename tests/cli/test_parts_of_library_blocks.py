"""`archdsl blocks NAME` for what is only a part of a library block."""

import pytest

from archdsl import driver
from archdsl.cli import main

PARTS = [(part, block.name) for block in driver.blocks() for part in block.parts]


def test_there_are_some() -> None:
    assert ("dense_layer", "dense_block") in PARTS


@pytest.mark.parametrize(("part", "block"), PARTS)
def test_a_part_leads_to_its_block(part, block, capsys) -> None:
    assert main(["blocks", part]) == 2
    assert f"`archdsl show {block}`" in capsys.readouterr().err
    assert main(["show", block]) == 0
    assert f"block {part}" in capsys.readouterr().out
