"""Which of many cases every run takes, which a full run, and which only one that takes all."""

from collections.abc import Collection, Iterable
from typing import Any

import pytest


def parts(
    names: Iterable[str], often: Collection[str], full: Collection[str], prefix: str = ""
) -> list[Any]:
    """Parameters: those that are taken often, those of a full run, which are `slow`, and the rest,
    which is `exhaustive`. The prefix stands before them in the names of the tests."""

    def marks(name: str) -> tuple[pytest.MarkDecorator, ...]:
        if name in often:
            return ()
        return (pytest.mark.slow if name in full else pytest.mark.exhaustive,)

    return [pytest.param(name, marks=marks(name), id=prefix + name) for name in names]
