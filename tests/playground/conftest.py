"""The fixtures of commands."""

from tests.cli.conftest import archdsl, spec

__all__ = ["archdsl", "spec"]
