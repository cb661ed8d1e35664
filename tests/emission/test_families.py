"""The networks of a file as one file: classes that they share, and a function for each."""

import inspect
from pathlib import Path
from types import ModuleType

import pytest
import torch

import archdsl
from archdsl import driver
from archdsl.runtime.build import load_source
from tests.parts import parts

SPECS = Path(__file__).parents[2] / "specs"
SMALL = """
fn half(n) = max(4, n // 2)

block cell(channels, body: block):
    conv(half(channels), 1)
    body
    conv(channels, 1)

network Net(depth, width, body: block, classes=10):
    \"\"\"Cells one after the other.\"\"\"
    input 3x16x16
    stem = conv(width, 1)
    for i in range(depth):
        cell{i} = cell(width, body)
    global_avg_pool -> flatten -> linear(classes)

network small = Net(2, 8, relu):
    \"\"\"Two cells.\"\"\"

network large = Net(4, 6, relu, classes=20):
    \"\"\"Four cells.\"\"\"

network smooth = Net(3, 32, gelu)
"""


def written(tmp_path: Path, text: str) -> tuple[archdsl.Family, ModuleType]:
    """The family of a spec, and its source as a module."""
    file = tmp_path / "nets.arch"
    file.write_text(text, "utf-8")
    family = archdsl.family(file)
    return family, load_source("nets", family.source())


def compare(family: archdsl.Family, module: ModuleType) -> None:
    """Every function makes the network that is written alone: the same keys in the same order, and
    with the same weights the same results."""
    for name, net in family.items():
        ours, alone = getattr(module, family.makers[name])().eval(), net.build().eval()
        assert list(ours.state_dict()) == list(alone.state_dict())
        ours.load_state_dict(alone.state_dict())
        images = torch.randn(2, *net.program.root.inputs[0].shape)
        assert torch.equal(ours(images), alone(images))


def test_variants_share_a_class_and_have_a_function_each(tmp_path: Path) -> None:
    family, module = written(tmp_path, SMALL)
    assert list(family) == ["small", "large", "smooth"]
    compare(family, module)
    assert module.small.__doc__ == "Two cells." and module.Net.__doc__ == (
        "Cells one after the other."
    )
    parameters = inspect.signature(module.Net).parameters
    assert parameters["depth"].default is inspect.Parameter.empty
    made = [module.small(), module.large(), module.smooth()]
    assert all(type(one) is module.Net for one in made)
    assert isinstance(made[2].cell0.body, torch.nn.GELU)
    fewer = module.small(classes=7)
    assert fewer(torch.randn(2, 3, 16, 16)).shape == (2, 7)
    assert made[1].cell0.conv.out_channels == 4  # half of 6, and 4 at least


def test_the_source_of_a_family_is_written_once_more_the_same(tmp_path: Path) -> None:
    family, _ = written(tmp_path, SMALL)
    assert family.source() == archdsl.family(tmp_path / "nets.arch").source()
    assert f"Written by archdsl {archdsl.__version__} from nets.\n" in family.source()


def test_more_variants_need_no_more_siblings(tmp_path: Path) -> None:
    asked = []
    for more in (0, 5):
        variants = (f"\nnetwork net{n} = Net({n + 5}, {8 * n + 64}, relu)\n" for n in range(more))
        file = tmp_path / f"{more}.arch"
        file.write_text(SMALL + "".join(variants), "utf-8")
        asked.append(len(driver.family(str(file)).siblings()))
    assert asked[0] == asked[1]


def test_networks_of_other_blocks_keep_their_parameters_too() -> None:
    source = archdsl.family(SPECS / "resnet3d.arch").source()
    assert source.count("classes: int = 400") == 2
    assert "Fixed:" not in source


def test_networks_that_are_no_variants_have_classes_of_their_own(tmp_path: Path) -> None:
    text = (
        SMALL
        + """
network other:
    input 3x8x8
    stem = cell(24, relu)
    aux early = 0.4: global_avg_pool -> flatten -> linear(3)
    flatten -> linear(5)
"""
    )
    family, module = written(tmp_path, text.replace("    aux early = 0.4: ", "    tail = "))
    compare(family, module)
    assert [word for word in ("Net", "Other", "Cell") if hasattr(module, word)] == [
        "Net",
        "Other",
        "Cell",
    ]


def test_results_with_names_and_heads_stay_with_their_network(tmp_path: Path) -> None:
    files = (SPECS / "googlenet.arch", SPECS / "googlenet_2014.arch")
    file = tmp_path / "both.arch"
    file.write_text("\n".join(each.read_text("utf-8") for each in files), "utf-8")
    family = archdsl.family(file)
    module = load_source("both", family.source())
    images = torch.empty(2, 3, 224, 224, device="meta")
    for name in family:
        with torch.device("meta"):
            ours = getattr(module, name)()
        alone = family[name].build(device="meta")
        assert list(ours.state_dict()) == list(alone.state_dict())
        assert ours.train()(images)._fields == alone.train()(images)._fields


NAMES = ["len", "lambda", "Net", "__net", "half", "torch", "Cell", "DropPath"]


@pytest.mark.one_in(4)
@pytest.mark.parametrize("name", NAMES)
def test_a_network_may_have_any_name(tmp_path: Path, name: str) -> None:
    text = SMALL.replace("network small", f"network {name}").replace("Net(", "Base(")
    if name == "half":
        text = text.replace("fn half", "fn fourth").replace("half(", "fourth(")
    family, module = written(tmp_path, text.replace("    body\n", "    body -> drop_path(0.1)\n"))
    assert next(iter(family)) == name
    compare(family, module)


def test_a_family_with_its_numbers_fixed(tmp_path: Path) -> None:
    family, _ = written(tmp_path, SMALL)
    module = load_source("nets", family.source(fixed=True))
    compare(family, module)
    assert {"depth", "width"} < inspect.signature(module.Net).parameters.keys()


def test_a_mistake_of_any_network_is_told(tmp_path: Path) -> None:
    file = tmp_path / "nets.arch"
    file.write_text(SMALL.replace("gelu)", "gelu, classes=0)"), "utf-8")
    with pytest.raises(archdsl.SpecError, match="linear"):
        archdsl.family(file)


def test_a_file_without_a_network_that_stands_alone_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "nets.arch"
    file.write_text("network Net(n):\n    input 3x8x8\n    conv(n, 1)\n", "utf-8")
    with pytest.raises(archdsl.Misuse, match="no network that can stand alone"):
        archdsl.family(file)


def test_the_vggs_are_one_class() -> None:
    family = archdsl.family("vgg11")
    module = load_source("vgg", family.source())
    with torch.device("meta"):
        assert {type(getattr(module, name)()) for name in ("vgg11", "vgg19_bn")} == {module.VGG}
    assert str(inspect.signature(module.VGG)) == (
        "(convs: tuple[int, int, int, int, int], norm: bool = False, classes: int = 1000,"
        " drop: float = 0.5) -> None"
    )


FAMILIES = sorted(
    file.stem
    for file in SPECS.glob("*.arch")
    if sum(line.startswith("network ") for line in file.read_text("utf-8").splitlines()) > 1
)


LARGEST = {"efficientnet", "regnet", "swin_v2"}  # half of the time of all


@pytest.mark.parametrize("file", parts(FAMILIES, (), [f for f in FAMILIES if f not in LARGEST]))
def test_families_of_the_catalogue_are_their_networks(file: str) -> None:
    """Keys and shapes, without memory: the text was proved against each program before it left."""
    family = archdsl.family(SPECS / f"{file}.arch")
    for name, net in family.items():
        mine, other = (
            [(key, value.shape) for key, value in model.state_dict().items()]
            for model in (family.build(name, device="meta"), net.build(device="meta"))
        )
        assert mine == other
