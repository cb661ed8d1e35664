"""`path(…)` and merges in parentheses mean what they mean on indented lines, names included."""

import pytest

from archdsl import driver
from archdsl.ir.graph import state_dict

LINES = """
    path:
        conv1 = conv(8, 3, padding=1)
        relu
    concat:
        narrow = conv(4, 1)
        path:
            wide_1 = conv(4, 1)
            wide_2 = conv(4, 3, padding=1)
"""
PARENTHESES = """
    path(conv1=conv(8, 3, padding=1), relu)
        -> concat(narrow=conv(4, 1), path(wide_1=conv(4, 1), wide_2=conv(4, 3, padding=1)))
"""


def loaded(lines: str) -> driver.Loaded:
    return driver.loads(f"network Net:\n    input 3x16x16\n{lines}")


def keys(lines: str) -> list[tuple[str, tuple[int, ...]]]:
    network = loaded(lines)
    assert network.program is not None, [d.message for d in network.diagnostics]
    return [(key, weight.shape) for key, weight in state_dict(network.program.root)]


def test_the_same_as_on_lines() -> None:
    assert keys(PARENTHESES) == keys(LINES)


def test_a_name_before_it_makes_a_module() -> None:
    assert keys("    stem = path(conv1=conv(8, 3), relu, conv(4, 1))") == [
        ("stem.conv1.weight", (8, 3, 3, 3)),
        ("stem.conv1.bias", (8,)),
        ("stem.2.weight", (4, 8, 1, 1)),
        ("stem.2.bias", (4,)),
    ]


def test_names_are_taps_afterwards() -> None:
    lines = "    path(a=conv(3, 1), relu)\n    add(identity, b=conv(3, 1))\n    add(a, b)"
    assert [key for key, _ in keys(lines)][::2] == ["a.weight", "b.weight"]


def test_a_merge_keeps_its_arguments() -> None:
    lines = "    concat(a=conv(3, 1), b=conv(3, 1), dim=height)\n    expect output == 3x32x16"
    assert not loaded(lines).failed


def test_in_a_loop_every_round_has_its_own() -> None:
    lines = "    for c in (8, 4):\n        stage{c} = path(conv1=conv(c, 1), relu)"
    assert [key for key, _ in keys(lines)][::2] == ["stage8.conv1.weight", "stage4.conv1.weight"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("path()", "E0208"),
        ("path(1)", "E0401"),
        ("path(relu for i in range(2))", "E0401"),
        ("path(a=relu, a=relu)", "E0802"),
        ("path(relu):\n        relu", "E0215"),
        ("concat(a=relu):\n        relu", "E0215"),
        ("concat(dmi=2, identity, relu)", "E0202"),
        ("concat(dmi=2):\n        relu\n        bn", "E0202"),
    ],
)
def test_mistakes(line: str, code: str) -> None:
    assert [d.code for d in loaded(f"    {line}\n").diagnostics] == [code]


def test_the_name_of_a_branch_is_known_whatever_the_parameters_are() -> None:
    """A network is looked at once more with parameters that could be anything."""
    loaded = driver.loads(
        "network Net(k=4):\n    input 4x8x8\n    add(a=conv(k, 1), b=conv(4, 1))\n"
        "    add(a, identity)\n"
    )
    assert [d.message for d in loaded.diagnostics] == []
