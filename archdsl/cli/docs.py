"""`python -m archdsl.cli.docs`: writes the reference pages into `docs/` (or the folder given)."""

import sys
from pathlib import Path

from archdsl import codes, driver
from archdsl.analyses.difference.report import Difference
from archdsl.analyses.figures.report import Audit
from archdsl.analyses.input_sizes.report import Sizes
from archdsl.backends.reference import blocks_document, errors_document, ops_document
from archdsl.backends.report_json import as_schema
from archdsl.base.files import write_all
from archdsl.ops.registry import ops
from archdsl.sweeps.report import Sweep


def documents() -> dict[str, str]:
    """Every printed page by its file's name."""
    return {
        "ops.md": ops_document(ops().values()),
        "blocks.md": blocks_document(block.declaration for block in driver.blocks()),
        "errors.md": errors_document(codes.pages(), codes.renamed()),
        "schema/audit.json": as_schema(Audit),
        "schema/diff.json": as_schema(Difference),
        "schema/sizes.json": as_schema(Sizes),
        "schema/sweep.json": as_schema(Sweep),
    }


if __name__ == "__main__":
    write_all(documents(), Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))
