"""Sources broken on purpose: each is refused, or PyTorch sees no difference either."""

import sys
from pathlib import Path

import pytest
from campaign import Campaign, emissions

sys.path.insert(0, str(Path(__file__).parents[1] / "emission"))
from cases import SPECS


@pytest.mark.one_in(8)
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.stem)
def test_what_is_changed_is_refused(spec: Path) -> None:
    _campaign(spec, 4)


@pytest.mark.slow
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.stem)
def test_much_that_is_changed_is_refused(spec: Path) -> None:
    _campaign(spec, 12)


def _campaign(spec: Path, each: int) -> None:
    campaign = Campaign(seed=sum(map(ord, spec.stem)))
    for emission in emissions([str(spec)]):
        campaign.run(emission, each)
    assert campaign.made >= each
    assert [survivor for survivor in campaign.survivors if survivor.difference] == []
