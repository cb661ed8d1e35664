"""Many variants of one network, audited without torch: the grid, its figures, its front."""

from archdsl.sweeps.report import Sweep
from archdsl.sweeps.run import sweep
from archdsl.sweeps.variants import Failure, Variant

__all__ = ["Failure", "Sweep", "Variant", "sweep"]
