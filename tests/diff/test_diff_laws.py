"""What holds for the difference of any two networks: random chains with random edits."""

from hypothesis import given, settings
from hypothesis import strategies as st

import archdsl

STEPS = ("conv(4, 1)", "conv(6, 1)", "bn", "relu", "silu", "conv(4, 3, padding=1)", "dropout(0.1)")
CHAINS = st.lists(st.sampled_from(STEPS), min_size=2, max_size=7)


def network(chain):
    return archdsl.loads(f"network N:\n    input 4x8x8\n    body = {' -> '.join(chain)}\n")


@settings(max_examples=60, deadline=None)
@given(CHAINS, CHAINS)
def test_every_key_and_step_is_in_one_place(old, new):
    before, after = network(old), network(new)
    difference, back = before.diff(after), after.diff(before)
    keys = difference.keys
    assert (
        keys.same + len(keys.moved) + len(keys.reshaped) + len(keys.removed) == difference.old.keys
    )
    assert keys.same + len(keys.moved) + len(keys.reshaped) + len(keys.added) == difference.new.keys
    kinds = [step.change for step in difference.steps]
    assert kinds.count("added") - kinds.count("removed") == len(new) - len(old)
    assert difference.equal == back.equal == (before.source() == after.source())


@settings(max_examples=40, deadline=None)
@given(CHAINS, st.data())
def test_one_step_put_in_is_one_addition(chain, data):
    """A step that keeps the channels, so that nothing but numbers changes behind it."""
    place = data.draw(st.integers(0, len(chain)))
    difference = network(chain).diff(network([*chain[:place], "elu", *chain[place:]]))
    kinds = [step.change for step in difference.steps]
    assert kinds.count("added") == 1
    assert kinds.count("moved") == len(chain) - place
    assert set(kinds) <= {"added", "moved"}
    assert not (difference.keys.removed or difference.keys.added or difference.keys.reshaped)
