"""Many variants of one network, audited without torch: the grid, its figures, its front.

Knows the driver, and processes to work in.
Gives a `Sweep`, its journal and its documents.
Must not know how one variant is elaborated.
"""

from archdsl.sweeps.report import Sweep
from archdsl.sweeps.run import sweep
from archdsl.sweeps.variants import Failure, Variant

__all__ = ["Failure", "Sweep", "Variant", "sweep"]
