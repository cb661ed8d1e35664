"""The version of the program; emitted code names it."""

__version__ = "0.1.0"
