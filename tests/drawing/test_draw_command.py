"""`archdsl draw` from the command line: its formats, depths and colours."""

from pathlib import Path

import pytest

import archdsl
from archdsl.cli import main


def drawn(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["draw", *arguments]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return out


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["draw", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    return err


def test_html_by_its_ending(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "net.html"
    assert drawn(capsys, "lenet5", "-o", str(file)) == ""
    assert file.read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(("ending", "format"), [("gv", "dot"), ("mmd", "mermaid")])
def test_other_endings_of_a_format(
    ending: str, format: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    by_command, by_python = tmp_path / f"a.{ending}", tmp_path / f"b.{ending}"
    assert drawn(capsys, "lenet5", "-o", str(by_command)) == ""
    wanted = archdsl.load("lenet5").draw(by_python)
    assert wanted == archdsl.load("lenet5").draw(format=format)
    assert by_command.read_bytes() == by_python.read_bytes()


def test_depths(capsys: pytest.CaptureFixture[str]) -> None:
    """ResNet-18: four stages; two levels of blocks, so that `2` is `all`."""
    text = {
        depth: drawn(capsys, "resnet18", "--format", "dot", "--depth", depth)
        for depth in ("0", "1", "2", "all", "auto")
    }
    assert text["2"] == text["all"]
    assert text["auto"] == drawn(capsys, "resnet18", "--format", "dot")
    frames = {depth: dot.count("subgraph cluster_") - 1 for depth, dot in text.items()}
    assert (frames["0"], frames["1"], frames["2"]) == (0, 3, 10)


@pytest.mark.parametrize("depth", ["-1", "1.5", "deep", ""])
def test_a_depth_that_is_none(depth: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "all or auto" in refused(capsys, "lenet5", f"--depth={depth}")


def test_heat(capsys: pytest.CaptureFixture[str]) -> None:
    text = drawn(capsys, "lenet5", "--format", "dot", "--heat", "params")
    assert "share of the network's 61.7K params" in text  # 61,706, as LeNet-5 is taught
    assert "did you mean memory" in refused(capsys, "lenet5", "--heat", "memori")


@pytest.mark.parametrize("format", ["dot", "mermaid", "html", "svg"])
def test_a_mistake_is_in_the_drawing(
    format: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = tmp_path / "broken.arch"
    spec.write_text("network Broken:\n    input 3x9x9\n    conv(8, 3)\n    conv(8, 99)\n")
    assert main(["draw", str(spec), "--format", format]) == 1
    out = capsys.readouterr().out
    assert "mistake: E03" in out
    assert "as far as it is known" in out


def test_a_broken_promise_leaves_the_drawing_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = tmp_path / "budget.arch"
    spec.write_text("network Big:\n    input 3x8x8\n    conv(8, 1)\n    expect params <= 30\n")
    assert main(["draw", str(spec), "--format", "dot"]) == 1
    out = capsys.readouterr().out
    assert "mistake" not in out
    assert "as far as" not in out
