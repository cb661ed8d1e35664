"""`python -m archdsl.cli`."""

from archdsl.cli import entry

entry()
