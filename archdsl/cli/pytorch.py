"""The rooms that need torch, which a command asks for when it runs."""

from importlib import import_module
from types import ModuleType

from archdsl.cli.terminal import Stop


def needed(what: str, *rooms: str) -> ModuleType:
    """`archdsl.runtime` with these rooms of it; stops where torch, which `what` needs, lacks."""
    try:
        for room in rooms:
            import_module(f"archdsl.runtime.{room}")
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
        raise Stop(f"{what} needs PyTorch: pip install 'archdsl[torch]'") from None
    return import_module("archdsl.runtime")
