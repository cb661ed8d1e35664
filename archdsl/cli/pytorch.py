"""The rooms that need torch, which a command asks for when it runs."""

from importlib import import_module
from types import ModuleType

from archdsl.base.exceptions import NotInstalled, needs_torch
from archdsl.cli.terminal import Stop


def needed(what: str, *rooms: str) -> ModuleType:
    """`archdsl.runtime` with these rooms of it; stops where torch, which `what` needs, lacks."""
    try:
        with needs_torch(what):
            for room in rooms:
                import_module(f"archdsl.runtime.{room}")
    except NotInstalled as lacking:
        raise Stop(str(lacking)) from None
    return import_module("archdsl.runtime")
