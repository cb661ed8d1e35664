"""One class for what is one block, in the catalogue: all but those of which the docs say why."""

from .classes import SPECS, classes


def test_blocks_that_differ_in_parts_are_one_class() -> None:
    for spec in ("efficientnet_v2_s", "repvgg_a0", str(SPECS / "resnet.arch")):
        assert [names for names in classes(spec) if len(names) > 1] == []


def test_hrnet_has_several_classes_for_its_exchanges() -> None:
    several = [names[0] for names in classes("hrnet_w18_small") if len(names) > 1]
    assert several == ["Transition", "Branches", "FuseLayer", "FuseLayers", "StagePart", "Stage"]
