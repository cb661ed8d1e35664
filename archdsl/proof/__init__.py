"""Emitted source against the program it was made of: read back, run over stand-ins, compared.

Knows Python's syntax, stand-ins for torch, and the program.
Gives nothing, or a `Difference`.
Must not know the class plan, or the printer that wrote the source.
"""

from archdsl.proof.algebra import check_deployed
from archdsl.proof.unproven import Unproven
from archdsl.proof.whole_file import proved

__all__ = ["Unproven", "check_deployed", "proved"]
