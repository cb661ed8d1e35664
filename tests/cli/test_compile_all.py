"""Commands about all networks of a file."""

import re
from pathlib import Path

import pytest

from archdsl.cli import main

PAIR = """
network Net(width, classes=10):
    input 3x8x8
    conv(width, 1)
    global_avg_pool -> flatten -> linear(classes)

network small = Net(8)

network large = Net(16)
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    Path("nets.arch").write_text(PAIR, "utf-8")
    return "nets.arch"


def test_a_file_with_several_networks_is_one_file(file: str) -> None:
    assert main(["compile", file, "-o", "nets.py"]) == 0
    text = Path("nets.py").read_text("utf-8")
    assert "def small(**kwargs: Any) -> Net:" in text
    assert "def large(**kwargs: Any) -> Net:" in text
    assert text.count("class ") == 1
    assert re.search(r"from nets \(checksum [0-9a-f]{12}\)\.\n", text)
    Path(file).write_text(PAIR.replace("16", "24"), "utf-8")
    assert main(["compile", file, "-o", "nets.py"]) == 0  # a file of archdsl's own is replaced
    Path("my nets.arch").write_text(PAIR, "utf-8")
    assert main(["compile", "my nets.arch", "-o", "mine.py"]) == 0
    assert re.search(r"from my_nets \(checksum", Path("mine.py").read_text("utf-8"))


def test_one_of_them_is_written_alone(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compile", f"{file}:small"]) == 0
    assert "**kwargs" not in capsys.readouterr().out


def test_a_network_of_the_files_name_is_written_alone(
    file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("large.arch").write_text(PAIR, "utf-8")
    assert main(["compile", "large.arch"]) == 0
    assert "**kwargs" not in capsys.readouterr().out
    assert main(["compile", "large.arch", "--all"]) == 0
    assert "def small(**kwargs: Any) -> Net:" in capsys.readouterr().out


def test_all_is_the_file_of_a_network_of_the_catalogue(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compile", "squeezenet1_1", "--all"]) == 0
    assert "def squeezenet1_0(**kwargs: Any)" in capsys.readouterr().out


def test_what_is_fixed_in_all_of_them_is_told(
    file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = PAIR.replace("classes=10", "classes=10, deep=true")
    Path(file).write_text(text.replace("(width, 1)", "(width, 3 if deep else 1)"), "utf-8")
    assert main(["compile", file, "--explain"]) == 0
    out, err = capsys.readouterr()
    assert '"""Fixed: deep=True."""' in out
    assert "Net: deep is fixed at True" in err


@pytest.mark.parametrize(
    "given, said",
    [
        (["-p", "classes=3"], "-p and --input vary one network"),
        (["--input", "3x16x16"], "-p and --input vary one network"),
        (["--form", "deploy"], "name one, nets.arch:NAME"),
        (["--recompute", "cell"], "name one, nets.arch:NAME"),
    ],
)
def test_what_is_for_one_network_alone_is_refused(
    file: str, given: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compile", file, *given]) != 0
    assert said in capsys.readouterr().err


def test_a_mistake_in_one_of_them_is_told_once(
    file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(file).write_text(PAIR.replace("conv(width, 1)", "conv(width, 9)"), "utf-8")
    assert main(["compile", file]) == 1
    err = capsys.readouterr().err
    assert err.count("error[") == 1
    assert "nets.arch has 1 error" in err


def test_verify_compares_the_function_of_a_family(capsys: pytest.CaptureFixture[str]) -> None:
    command = ["verify", "squeezenet1_1", "--all", "--against", "torchvision:squeezenet1_1"]
    assert main(command) == 0
    assert "the largest difference is 0" in capsys.readouterr().out
