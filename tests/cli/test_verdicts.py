"""`archdsl check` remembers what was sound, and nothing else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from archdsl.base import cache_folder
from archdsl.cli import main, verdicts

SOUND = "network n(width=4):\n    input 3x8x8\n    conv(width, 3)\n"
LINE = "n                                  112 params   3.89K MACs  ok\n"
HEAVY = "print(sorted({'lark', 'pydantic', 'archdsl.driver'} & set(sys.modules)))"
PROGRAM = f"import sys; from archdsl.cli import main; main(sys.argv[1:]); {HEAVY}"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ARCHDSL_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "n.arch").write_text(SOUND)
    return tmp_path


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The specs that were really checked, in order."""
    from archdsl.cli import judge

    seen: list[str] = []
    work = judge.judge

    def watched(spec: str, *rest: object) -> object:
        seen.append(spec)
        return work(spec, *rest)

    monkeypatch.setattr(judge, "judge", watched)
    return seen


def test_a_second_check_imports_nothing_heavy() -> None:
    for heavy in ("['archdsl.driver', 'lark', 'pydantic']", "[]"):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, "check", "n.arch"],
            env=os.environ,
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == f"{LINE}{heavy}\n"


def test_a_text_that_was_read_before_needs_no_lark() -> None:
    """Nor do arguments that were met before need pydantic: only the verdict is a new one."""
    met = []
    for options in ([], ["--all"]):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, "check", "n.arch", *options],
            env=os.environ,
            capture_output=True,
            text=True,
            check=True,
        )
        met.append(done.stdout.splitlines()[-1])
    assert met == ["['archdsl.driver', 'lark', 'pydantic']", "['archdsl.driver']"]


def test_the_same_line_again(judged: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        assert main(["check", "n.arch", "resnet18"]) == 0
        assert capsys.readouterr().out.startswith(LINE)
    assert judged == ["n.arch", "resnet18"]


def test_json_has_no_line_for_what_is_sound(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        assert main(["check", "n.arch", "--format", "json"]) == 0
        assert capsys.readouterr().out == ""
    assert main(["check", "n.arch"]) == 0
    assert capsys.readouterr().out == LINE


@pytest.mark.parametrize("change", ["width=5", "width=4 "])
def test_a_changed_file_is_checked(place: Path, judged: list[str], change: str) -> None:
    main(["check", "n.arch"])
    (place / "n.arch").write_text(SOUND.replace("width=4", change))
    main(["check", "n.arch"])
    assert judged == ["n.arch"] * 2


def test_a_changed_import_is_checked(
    place: Path, judged: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "parts.arch").write_text("block part:\n    relu\n")
    (place / "n.arch").write_text(f'from "parts.arch" import part\n\n{SOUND}    part\n')
    assert (main(["check", "n.arch"]), main(["check", "n.arch"])) == (0, 0)
    assert judged == ["n.arch"]
    (place / "parts.arch").write_text("block part:\n    rellu\n")
    assert main(["check", "n.arch"]) == 1
    (place / "parts.arch").unlink()
    assert main(["check", "n.arch"]) == 1
    assert judged == ["n.arch"] * 3
    assert capsys.readouterr().out == LINE * 2


def test_a_file_that_is_gone_is_missed(place: Path) -> None:
    main(["check", "n.arch"])
    (place / "n.arch").unlink()
    assert main(["check", "n.arch"]) == 2


def test_what_is_wrong_is_said_each_time(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "n.arch").write_text(SOUND.replace("conv", "cnov"))
    said = []
    for _ in range(2):
        assert main(["check", "n.arch"]) == 1
        said.append(capsys.readouterr().err)
    assert "cnov" in said[0]
    assert said[0] == said[1]


@pytest.mark.parametrize("options", [["-p", "width=5"], ["--input", "3x9x9"], ["--all"]])
def test_other_options_are_another_question(judged: list[str], options: list[str]) -> None:
    main(["check", "n.arch"])
    main(["check", "n.arch", *options])
    assert judged == ["n.arch"] * 2


def test_the_same_name_in_another_folder_is_another_file(
    place: Path, judged: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    main(["check", "n.arch"])
    (place / "other").mkdir()
    monkeypatch.chdir(place / "other")
    (place / "other" / "n.arch").write_text(SOUND)
    main(["check", "n.arch"])
    assert judged == ["n.arch"] * 2


def test_other_code_judges_again(judged: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    main(["check", "n.arch"])
    monkeypatch.setattr(verdicts, "_code", lambda: ["another"])
    main(["check", "n.arch"])
    assert judged == ["n.arch"] * 2


def test_a_verdict_of_another_machine_is_not_taken(
    place: Path, judged: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one that lies in a repository, or comes out of the cache of a pipeline."""
    try:
        for machine in ("theirs", "ours"):
            monkeypatch.setattr(
                cache_folder, "key_file", lambda key=tmp_path / machine / "key": key
            )
            cache_folder._key.cache_clear()
            assert main(["check", "n.arch"]) == 0
    finally:
        cache_folder._key.cache_clear()
    assert judged == ["n.arch"] * 2


@pytest.mark.parametrize("content", [b"", b"no json", b"[]", b"{}", b"1"])
def test_a_foreign_entry_is_not_taken(
    place: Path, judged: list[str], capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    main(["check", "n.arch"])
    (kept,) = (place / "cache").glob("verdict-*")
    cache_folder.keep(kept.name, content)
    assert main(["check", "n.arch"]) == 0
    assert judged == ["n.arch"] * 2
    assert capsys.readouterr().out == LINE * 2
