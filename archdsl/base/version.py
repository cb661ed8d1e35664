"""Which version of the program this is; emitted code names it."""

VERSION = "0.1.0"
