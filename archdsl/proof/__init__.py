"""Emitted source against the program it was made of: read back, run over stand-ins, compared."""

from archdsl.proof.difference import Difference
from archdsl.proof.network import proved

__all__ = ["Difference", "proved"]
