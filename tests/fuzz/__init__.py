"""Random ops and programs, legal and not, against PyTorch: `python -m tests.fuzz --help`.

The ops' generators are those of the tests in `tests/ops`, and the walk over an op's emitted code
that of `tests/emission`.
"""

import sys
from pathlib import Path

for folder in ("ops", "emission"):
    place = str(Path(__file__).parents[1] / folder)
    if place not in sys.path:
        sys.path.append(place)
