"""Defaults that are tables are laid out as ruff does it."""

import subprocess
import sys
from pathlib import Path

import pytest

import archdsl

NETWORK = """
network T(rows={}):
    input 3x32x32
    trunk = path:
        for row in rows:
            conv(row[0], row[1], padding=row[1] // 2) -> relu
"""
ROWS = {
    "short": ((16, 3), (24, 5)),
    "many": ((16, 3), (16, 3), (24, 5), (24, 5)),
    "wide": ((1600, 3, 1111), (1600, 3, 2222), (2400, 5, 3333), (2400, 5, 4444)),
    "long": tuple((16 + 8 * k, 3) for k in range(12)),
}


@pytest.mark.parametrize("rows", ROWS.values(), ids=ROWS)
def test_ruff_has_nothing_to_say(rows: object, tmp_path: Path) -> None:
    source = archdsl.loads(NETWORK.format(rows)).source()
    assert "rows: tuple[" in source
    (tmp_path / "net.py").write_text(source, encoding="utf-8")
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--no-cache", "--diff"]
    done = subprocess.run([*command, tmp_path], text=True, capture_output=True)
    assert done.returncode == 0, done.stdout
