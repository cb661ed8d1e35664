"""The warnings of what nothing uses, which an editor shows faded."""

from archdsl.analyses.lints.mistakes import UNUSED_RESULT
from archdsl.semantics.elaborate.mistakes import UNUSED_STEP
from archdsl.semantics.names.mistakes import UNUSED_PARAMETER

UNUSED = (UNUSED_PARAMETER, UNUSED_STEP, UNUSED_RESULT)
