"""Warnings as commands and Python calls tell them."""

import json
import re

import pytest

import archdsl
from archdsl.cli import main

SPEC = (
    "network N:\n    input 3x32x32\n    conv(16, 3) -> bn -> relu\n"
    "    conv(30, 3)\n    global_avg_pool -> flatten -> linear(8)\n"
)


@pytest.fixture
def blurred(tmp_path):
    path = tmp_path / "n.arch"
    path.write_text(SPEC, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("flags", "codes"),
    [
        ([], ["W0101"]),
        (["--lints", "default"], ["W0101"]),
        (["--lints", "all"], ["W0101", "W0203", "W0204"]),
        (["--lints", "none"], []),
    ],
)
def test_check_tells_warnings_and_is_content(blurred, capsys, flags, codes):
    for _ in range(2):  # a second time, when verdicts could be remembered
        assert main(["check", blurred, "--json", *flags]) == 0
        told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert [d["code"] for d in told] == codes
        assert {d["severity"] for d in told} <= {"warning"}


def test_check_still_says_that_the_network_is_sound(blurred, capsys):
    assert main(["check", blurred]) == 0
    told = capsys.readouterr()
    assert told.out.split()[-1] == "ok"
    assert told.err.startswith("warning[W0101]: ")


def test_github_has_annotations(blurred, capsys):
    main(["check", blurred, "--format", "github"])
    assert capsys.readouterr().out.startswith(f"::warning file={blurred},line=3,")


def test_other_commands_count_them(blurred, capsys):
    assert main(["audit", blurred]) == 0
    assert re.fullmatch(
        r"archdsl: \d warnings?; `archdsl check .*` tells (it|them)\n", capsys.readouterr().err
    )


def test_a_network_with_errors_is_not_reviewed(tmp_path, capsys):
    path = tmp_path / "n.arch"
    path.write_text(SPEC.replace("linear(8)", "linea(8)"), encoding="utf-8")
    assert main(["check", str(path), "--json"]) == 1
    (only,) = capsys.readouterr().out.splitlines()
    assert json.loads(only)["code"].startswith("E")


def test_a_broken_promise_comes_with_the_warning_that_says_why(tmp_path, capsys):
    path = tmp_path / "n.arch"
    lines = ("input 3x8x8", "conv(16, 3)", "linear(10)", "expect output == 10")
    path.write_text("network N:\n" + "".join(f"    {line}\n" for line in lines), encoding="utf-8")
    assert main(["check", str(path), "--json"]) == 1
    data = [json.loads(line)["code"] for line in capsys.readouterr().out.splitlines()]
    assert data == ["W0109", "E0701"]


def test_a_code_is_explained(capsys):
    assert main(["explain", "W0104"]) == 0
    assert "Odena" in capsys.readouterr().out


def test_from_python():
    net = archdsl.loads(SPEC)
    assert [d.code for d in net.lint()] == ["W0101"]
    assert {d.code for d in net.lint(everything=True)} == {"W0101", "W0203", "W0204"}
