"""The audit's JSON: the fields that scripts rely on, and the formats made from it."""

import csv
import io
import json

import pytest

from archdsl import driver
from archdsl.analyses.figures.report import audit
from archdsl.backends.audit import FORMATS, render


@pytest.fixture(scope="module")
def resnet18():
    return audit(driver.load("resnet18").program)


@pytest.fixture(scope="module")
def googlenet():
    return audit(driver.load("googlenet").program)


def test_the_documented_json(resnet18):
    data = json.loads(render(resnet18, "json"))
    assert data["network"] == "resnet18"
    assert data["input"] == [3, 224, 224]
    assert data["output"] == [1000]
    assert data["params"] == 11_689_512
    assert data["macs"] == 1_814_073_344
    first = data["layers"][0]
    assert list(first)[:9] == [
        "path", "op", "block", "input", "output", "params", "macs", "receptive_field", "line",
    ]  # fmt: skip
    expected = {
        "path": "conv1",
        "op": "conv",
        "block": "resnet18",
        "input": [3, 224, 224],
        "output": [64, 112, 112],
        "params": 9408,
        "macs": 118013952,
        "receptive_field": [7, 7],
    }
    assert first.items() >= expected.items()
    block = next(row for row in data["blocks"] if row["path"] == "layer1.0")
    assert block["block"] == "basic_block"
    assert (block["params"], block["macs"]) == (73984, 231211008)
    assert block["output"] == [64, 56, 56]


def test_layers_add_up_to_the_network(googlenet):
    for column in ("params", "macs", "elementwise", "activation", "memory"):
        assert sum(getattr(row, column) for row in googlenet.layers) == getattr(googlenet, column)


def test_training_only_heads_are_apart(googlenet):
    # torchvision: 13,004,888 with its two heads, 6,624,904 without
    assert googlenet.params == 13_004_888
    assert googlenet.params - googlenet.aux_params == 6_624_904
    heads = {row.path for row in googlenet.blocks if row.training_only and "." not in row.path}
    assert heads == {"aux1", "aux2"}


def test_batch_and_element_type_scale_the_memory():
    program = driver.load("lenet5").program
    half = audit(program, batch=32, dtype="float16")
    assert half.memory == half.activation * 32 * 2
    assert half.layers[0].memory == 6 * 28 * 28 * 32 * 2


def test_several_inputs_and_outputs_are_objects_by_name():
    audited = audit(
        driver.loads(
            "network Two:\n"
            "    input left: 1x8x8\n"
            "    input right: 2x8x8\n"
            "    both = concat(left, right)\n"
            "    deep = conv(4, 3)\n"
            "    output both, deep\n"
        ).program
    )
    assert audited.input == {"left": (1, 8, 8), "right": (2, 8, 8)}
    assert audited.output == {"both": (3, 8, 8), "deep": (4, 6, 6)}
    assert audited.layers[0].input == ((1, 8, 8), (2, 8, 8))


@pytest.mark.parametrize("depth", [None, 1, 2])
def test_csv_columns_add_up_at_every_depth(googlenet, depth):
    rows = list(csv.DictReader(io.StringIO(render(googlenet, "csv", depth=depth))))
    assert sum(int(row["params"]) for row in rows) == googlenet.params
    assert sum(int(row["macs"]) for row in rows) == googlenet.macs


@pytest.mark.one_in(4)
@pytest.mark.parametrize("depth", [1, 2, 3, 9])
@pytest.mark.parametrize("name", ["lenet5", "resnet50", "googlenet", "vgg16"])
def test_tables_fit_into_120_characters(name, depth):
    text = render(audit(driver.load(name).program), "table", depth=depth)
    assert max(map(len, text.splitlines())) <= 120


def test_blocks_fold_at_the_depth(resnet18):
    paths = [line.split()[0] for line in render(resnet18, "table").splitlines()[4:15]]
    assert paths == ["conv1", "bn1", "relu", "maxpool", *[f"layer{n}" for n in range(1, 5)],
                     "avgpool", "flatten", "fc"]  # fmt: skip
    assert "layer1.0" in render(resnet18, "table", depth=2)
    assert "layer1.0.conv1" not in render(resnet18, "table", depth=2)


def test_the_table_of_lenet():
    assert render(audit(driver.load("lenet5").program), "table") == LENET


LENET = """\
lenet5: 1x28x28 -> 10

path        op or block     output    params  par %   MACs  MAC %  FLOPs/B    memory  field  jump  centre
─────────────────────────────────────────────────────────────────────────────────────────────────────────
conv        conv 5x5        6x28x28      156   0.3%   118K  28.2%     10.4  18.4 KiB      5     1       0
sigmoid     sigmoid         6x28x28                                         18.4 KiB      5     1       0
avg_pool    avg_pool 2x2/2  6x14x14                                         4.59 KiB      6     2     0.5
conv_2      conv 5x5        16x10x10   2,416   3.9%   240K  57.6%     23.1  6.25 KiB     14     2     4.5
sigmoid_2   sigmoid         16x10x10                                        6.25 KiB     14     2     4.5
avg_pool_2  avg_pool 2x2/2  16x5x5                                          1.56 KiB     16     4     5.5
flatten     flatten         400                                             1.56 KiB     16
linear      linear 120      120       48,120  78.0%  48.0K  11.5%     0.49     480 B    all
sigmoid_3   sigmoid         120                                                480 B    all
linear_2    linear 84       84        10,164  16.5%  10.1K   2.4%     0.49     336 B    all
sigmoid_4   sigmoid         84                                                 336 B    all
linear_3    linear 10       10           850   1.4%    840   0.2%     0.44      40 B    all
─────────────────────────────────────────────────────────────────────────────────────────────────────────
total                       10        61,706          417K            2.27  58.6 KiB     16     4

params: 61,470 weights, 236 biases, 0 of norms
work: 833K FLOPs, 12.8K element-wise operations · depth 5
held at once: weights 241 KiB, an inference ≈ 39.8 KiB, a training step ≈ 299 KiB
memory: all results, 1 sample in float32 · FLOPs/B: for each byte moved
field, jump, centre: of what an element sees, in input elements
MACs: multiply-adds of convolutions, linear layers and matrix products, as torchvision counts
"""  # noqa: E501


def test_html_is_one_sound_page(googlenet):
    from html.parser import HTMLParser

    class Tags(HTMLParser):
        def handle_starttag(self, tag, attrs):
            opened.append(tag)

        def handle_endtag(self, tag):
            closed.append(tag)

    opened: list[str] = []
    closed: list[str] = []
    Tags().feed(render(googlenet, "html"))
    assert sorted(t for t in opened if t not in ("meta", "br")) == sorted(closed)
    assert opened.count("tr") == 1 + 22 + 1


def test_every_format_ends_with_one_line_break(resnet18):
    for format in FORMATS:
        text = render(resnet18, format)
        assert text.endswith("\n")
        assert not text.endswith("\n\n")
