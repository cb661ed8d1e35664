"""What the networks that long tests leave out have is in those that they keep, and in the small
forms of these."""

from collections import defaultdict
from itertools import pairwise

import pytest
from small_networks import EACH_OP, FEWER, SIBLINGS, UNSHRINKABLE, VARIED, small

from archdsl import driver
from archdsl.ir.graph import Scope, walk

from .references import load

Kinds = frozenset[str]


@pytest.mark.slow
def test_a_network_of_the_same_ops_and_blocks_is_kept() -> None:
    alike: dict[tuple[str, Kinds], set[str]] = defaultdict(set)
    for entry in driver.listing():
        alike[entry.file, kinds(load(entry.name).root)].add(entry.name)
    assert {name for names in alike.values() for name in names} > SIBLINGS
    assert [names for names in alike.values() if names <= SIBLINGS] == []


@pytest.mark.slow
def test_varied_networks_have_each_op_behind_each_other() -> None:
    others = {e.name for e in driver.listing()} - SIBLINGS.union(UNSHRINKABLE, VARIED)
    kept = set[tuple[str, str]]().union(*(neighbours(small(name).program.root) for name in VARIED))
    assert {name: rest for name in others if (rest := neighbours(load(name).root) - kept)} == {}


@pytest.mark.slow
def test_each_op_of_the_catalogue_is_in_one_of_them() -> None:
    words = {entry.name: ops(load(entry.name).root) for entry in driver.listing()}
    kept = set[str]().union(*(ops(small(name).program.root) for name in EACH_OP))
    assert set[str]().union(*words.values()) == kept


@pytest.mark.parametrize("name", FEWER)
def test_with_fewer_copies_a_network_has_the_same_ops_and_blocks(name: str) -> None:
    whole, fewer = load(name).root, small(name).program.root
    assert sum(1 for _ in walk(fewer)) < sum(1 for _ in walk(whole))
    assert kinds(fewer) == kinds(whole)
    assert neighbours(fewer) == neighbours(whole)


def ops(scope: Scope) -> set[str]:
    return {s.target.word for _, _, s in walk(scope) if not isinstance(s.target, Scope)}


def neighbours(scope: Scope) -> set[tuple[str, str]]:
    """The words of steps that run one behind the other."""
    targets = (step.target for _, _, step in walk(scope))
    return set(pairwise(t.word for t in targets if not isinstance(t, Scope)))


def kinds(scope: Scope) -> Kinds:
    """The ops and blocks of a scope and of those within it."""
    words: set[str] = set()
    for step in scope.steps:
        if isinstance(step.target, Scope):
            definition = step.target.definition
            words |= kinds(step.target) | ({definition.name.id} if definition else set())
        else:
            words.add(step.target.word)
    return frozenset(words)
