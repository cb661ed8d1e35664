"""Exceptions whose message says it all."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from archdsl.base.suggest import did_you_mean


class Explained(Exception):
    """A mistake of the caller's, told in full by its message.

    IPython shows it without a traceback: the frames in between are archdsl's own.
    """

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


class Misuse(Explained):
    """The command or call was misused: no such file, network, or parameter (exit code 2)."""


def check_word(what: str, word: object, known: Sequence[str]) -> None:
    """Raises `Misuse` for an unknown word."""
    if word in known:
        return
    near = did_you_mean(word, known) if isinstance(word, str) else ""
    hint = near or f"choose from {', '.join(known)}"
    raise Misuse(f"`{what}` cannot be {word!r}; {hint}")


def check_least(what: str, number: int, least: int) -> None:
    """Raises `Misuse` for a number that is smaller than the least."""
    if number < least:
        raise Misuse(f"`{what}` is at least {least}, not {number}")


class NotInstalled(Explained, ImportError):
    """A library that is not installed; the message says what needs it, and how to get it."""


@contextmanager
def needs(what: str, module: str, library: str, install: str) -> Iterator[None]:
    """Around imports of a library: raises `NotInstalled` where `what` has none to import."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != module:
            raise
        raise NotInstalled(f"{what} needs {library}: pip install {install}") from None


def needs_torch(what: str) -> AbstractContextManager[None]:
    """Around imports of the runtime: raises `NotInstalled` where `what` has no torch."""
    return needs(what, "torch", "PyTorch", "'archdsl[torch]'")
