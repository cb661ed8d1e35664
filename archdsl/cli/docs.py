"""`python -m archdsl.cli.docs`: writes the reference pages into `docs/` (or the folder given)."""

import sys
from pathlib import Path

from archdsl import codes, driver
from archdsl.backends.audit import as_schema, difference, sizes
from archdsl.backends.reference import blocks_document, errors_document, ops_document
from archdsl.base.files import write_whole
from archdsl.ops.registry import ops
from archdsl.sweeps.documents import as_schema as sweep_schema


def documents() -> dict[str, str]:
    """Every printed page by its file's name."""
    return {
        "ops.md": ops_document(ops().values()),
        "blocks.md": blocks_document(block.declaration for block in driver.blocks()),
        "errors.md": errors_document(codes.pages(), codes.renamed()),
        "schema/audit.json": as_schema(),
        "schema/diff.json": difference.as_schema(),
        "schema/sizes.json": sizes.as_schema(),
        "schema/sweep.json": sweep_schema(),
    }


def write(folder: Path) -> None:
    """Writes the pages into the folder."""
    for name, text in documents().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        write_whole(folder / name, text.encode())


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))
