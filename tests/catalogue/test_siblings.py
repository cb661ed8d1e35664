"""The networks that long tests leave out differ from others of their files in sizes alone."""

from collections import defaultdict

import pytest
from small_networks import SIBLINGS

from archdsl import driver
from archdsl.ir.graph import Scope

from .references import load

Kinds = frozenset[str]


@pytest.mark.slow
def test_a_network_of_the_same_ops_and_blocks_is_kept() -> None:
    alike: dict[tuple[str, Kinds], set[str]] = defaultdict(set)
    for entry in driver.listing():
        alike[entry.file, kinds(load(entry.name).root)].add(entry.name)
    assert {name for names in alike.values() for name in names} > SIBLINGS
    assert [names for names in alike.values() if names <= SIBLINGS] == []


def kinds(scope: Scope) -> Kinds:
    """The ops and blocks of a scope and of those within it."""
    found: set[str] = set()
    for step in scope.steps:
        if isinstance(step.target, Scope):
            definition = step.target.definition
            found |= kinds(step.target) | ({definition.name.id} if definition else set())
        else:
            found.add(step.target.word)
    return frozenset(found)
