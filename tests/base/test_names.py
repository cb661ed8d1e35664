"""Names that Python and `nn.Module` can bear."""

import keyword

import pytest
import torch

from archdsl.base.names import MODULE_ATTRIBUTES, class_name, refusal, suggestion


def test_module_attributes_are_those_of_torch() -> None:
    public = {name for name in dir(torch.nn.Module()) if not name.startswith("_")}
    assert public - MODULE_ATTRIBUTES == set(), "torch has new attributes"
    assert MODULE_ATTRIBUTES - public == set(), "torch lost attributes"


@pytest.mark.parametrize("name", sorted(MODULE_ATTRIBUTES) + keyword.kwlist)
def test_taken_names_are_refused(name: str) -> None:
    assert refusal(name)
    assert refusal(suggestion(name)) is None


@pytest.mark.parametrize("name", ["conv1", "relu", "downsample", "0", "12", "layer4", "Mixed_5b"])
def test_names_that_models_have(name: str) -> None:
    assert refusal(name) is None
    module = torch.nn.Module()
    module.add_module(name, torch.nn.ReLU())
    assert dict(module.named_children())[name] is getattr(module, name)


@pytest.mark.parametrize("name", ["", "_x", "__init__", "größe", "a-b", "a.b", "1a", "²", "a b"])
def test_other_names_are_refused(name: str) -> None:
    assert refusal(name)
    assert refusal(suggestion(name)) is None


def test_suggestions() -> None:
    assert suggestion("type") == "type_"
    assert suggestion("class") == "class_"
    assert suggestion("_proj") == "proj"
    assert suggestion("a-b") == "a_b"


@pytest.mark.parametrize(
    "name, wanted",
    [
        ("basic_block", "BasicBlock"),
        ("resnet18", "Resnet18"),
        ("ResNet50", "ResNet50"),
        ("vgg_block", "VggBlock"),
        ("MBConv", "MBConv"),
        ("se_", "Se"),
    ],
)
def test_class_names(name: str, wanted: str) -> None:
    assert class_name(name) == wanted
