"""Many variants of one network, audited without torch: the grid, its figures, its front."""

from archdsl.sweeps.report import Failure, Sweep, Variant
from archdsl.sweeps.run import sweep

__all__ = ["Failure", "Sweep", "Variant", "sweep"]
