"""Which version of the program this is; emitted code names it."""

__version__ = "0.1.0"
