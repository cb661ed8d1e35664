"""In a sequence a step's name becomes no attribute of Python: it can hold `-`."""

from archdsl import driver, network

STAGE = """\
network Net:
    input 3x8x8
    trunk = path:
        for j in range(2):
            block1{"-"}{j} = conv(4, 1)
"""


def test_keys() -> None:
    module = network.loads(STAGE).build()
    assert [key for key in module.state_dict() if key.endswith("weight")] == [
        "trunk.block1-0.weight",
        "trunk.block1-1.weight",
    ]


def test_as_an_attribute_it_is_refused() -> None:
    loaded = driver.loads('network Net:\n    input 3x8x8\n    block1{"-"}{0} = conv(4, 1)\n')
    assert [d.code for d in loaded.diagnostics] == ["E0801"]
    assert "block1_0" in loaded.diagnostics[0].hint


def test_words_of_python_and_of_modules_stay_refused() -> None:
    for name in ("class", "forward", "_x"):
        loaded = driver.loads(STAGE.replace('block1{"-"}{j}', f'{{"{name}"}}'))
        assert {d.code for d in loaded.diagnostics} == {"E0801"}, name
