"""What is not installed with archdsl itself, asked for where it is needed."""

from collections.abc import Iterator
from contextlib import contextmanager

from archdsl.base.told import Told


class NotInstalled(Told, ImportError):
    """A library that is not installed; the message says what needs it, and how to get it."""


@contextmanager
def needs_torch(what: str) -> Iterator[None]:
    """Around imports of the runtime: raises `NotInstalled` where `what` has no torch."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
        raise NotInstalled(f"{what} needs PyTorch: pip install 'archdsl[torch]'") from None
