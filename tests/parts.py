"""What every run takes of many cases, what only a full run takes, and what only one that takes all.

The cases of a full run alone have the mark `slow`, and `.ci/run` runs them too; those that are left
out even there have the mark `exhaustive`. A test chooses by hand (`parts`), takes the first case of
each kind (`first_of_each`), or is marked `one_in(n)`.
"""

import os
from collections.abc import Callable, Collection, Iterable
from itertools import groupby
from typing import Any
from zlib import crc32

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


def first_of_each(names: Iterable[str], kind: Callable[[str], str]) -> list[Any]:
    """Parameters: the first of each kind, as of each family of networks, is taken in every run; the
    others are `slow`."""
    names = list(names)
    first = {kind(name): name for name in reversed(names)}
    return parts(names, [*first.values()], names)


def leave_to_the_full_run(items: Iterable[pytest.Item]) -> None:
    """Of a test that is marked `one_in(n)`, one case in n stays in every run; the others become
    `slow`. Where a row of n begins depends on the name of the test: so tests over the same cases
    take different ones. At least one case stays; all stay where `ARCHDSL_EVERY_CASE` is set."""
    if os.environ.get("ARCHDSL_EVERY_CASE"):
        return
    for name, cases in groupby(items, key=lambda item: item.nodeid.partition("[")[0]):
        row = list(cases)
        marker = row[0].get_closest_marker("one_in")
        if marker is None:
            continue
        ordinary = [case for case in row if not _is_left_out(case)]
        (n,) = marker.args
        step = min(n, len(ordinary))
        for number, case in enumerate(ordinary):
            if number % step != crc32(name.encode()) % step:
                case.add_marker(pytest.mark.slow)


def _is_left_out(case: pytest.Item) -> bool:
    return any(case.get_closest_marker(mark) for mark in ("slow", "exhaustive"))
