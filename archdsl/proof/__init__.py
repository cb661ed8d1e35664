"""Emitted source against the program it was made of: read back, run over stand-ins, compared."""

from archdsl.proof.algebra import check_deployed
from archdsl.proof.difference import Difference
from archdsl.proof.network import proved

__all__ = ["Difference", "check_deployed", "proved"]
