"""A prepared cache folder runs no code, whatever its entries are."""

import ast
import os
import pickle
from pathlib import Path

import pytest

import archdsl
from archdsl.base import cache_folder
from archdsl.base.source import Source
from archdsl.cli import main
from archdsl.semantics.evaluate import argument_cache as accepted
from archdsl.syntax import flat, grammar, kept_trees
from archdsl.syntax.flat import Unfit, unflat

PACKAGE = Path(archdsl.__file__).parent
UNSAFE = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "yaml"}


class Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return exec, ("import archdsl; archdsl.harmed = True",)


def _imports(path: Path) -> set[str]:
    """The packages that a file imports, if one of those that are unsafe is named in it."""
    packages: set[str] = set()
    text = path.read_text("utf-8")
    for node in ast.walk(ast.parse(text if any(name in text for name in UNSAFE) else "")):
        if isinstance(node, ast.Import):
            packages |= {name.name.split(".")[0] for name in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            packages.add(node.module.split(".")[0])
    return packages


def test_nothing_in_the_package_unpickles() -> None:
    paths = list(PACKAGE.rglob("*.py"))
    assert len(paths) > 200
    assert not [(p, unsafe) for p in paths if (unsafe := _imports(p) & UNSAFE)]
    text = "".join(path.read_text("utf-8") for path in paths)
    assert "Lark.load(" not in text and "weights_only=False" not in text


def test_pickles_in_every_entry_are_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ARCHDSL_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "net.arch").write_text("network N:\n    input 3x8x8\n    dropout(0.25)\n")
    monkeypatch.chdir(tmp_path)
    _forget()
    assert main(["check", "net.arch"]) == 0
    told = capsys.readouterr().out
    accepted._keep()
    kept = [path.name for path in (tmp_path / "cache").iterdir()]
    assert {name.partition("-")[0] for name in kept} == {"arguments", "grammar", "tree", "verdict"}
    for stamped in (Evil(), ((), Evil()), (kept_trees._stamp(), Evil())):
        for name in kept:
            cache_folder.keep(name, pickle.dumps(stamped))
        _forget()
        assert main(["check", "net.arch"]) == 0
        assert capsys.readouterr().out == told
    assert not hasattr(archdsl, "harmed")


def _forget() -> None:
    """As in a new process."""
    from archdsl.syntax.parse import parse

    parse.cache_clear()
    grammar.grammar.cache_clear()
    accepted._earlier.cache_clear()
    accepted._made.clear()


SOUND = "network N:\n    input 3x8x8\n    conv(4, 3)\n"
ODD = [
    None, 5, [], [99], [0], [-2, 0, 10**6], [-2, 5, 1], ["x"], [-1, [2.5]],
    [flat._NUMBERS[flat.tree.Name], [-2, 0, 1], "x\nimport os"],
    [flat._NUMBERS[flat.tree.Name], [-2, 0, 1], "os.system('x')"],
    [flat._NUMBERS[flat.tree.Template], [-2, 0, 1], [-1, "a(b)"]],
]  # fmt: skip


@pytest.mark.parametrize("lists", ODD)
def test_lists_that_no_reading_made_are_no_tree(lists: object) -> None:
    source = Source("net.arch", SOUND)
    try:
        node = unflat(lists, source)
    except (Unfit, ValueError, TypeError):
        return
    assert not isinstance(node, flat.tree.File | flat.tree.Parsed | flat.tree.Name)


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o702])
def test_a_folder_that_others_may_write_to_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int
) -> None:
    monkeypatch.setenv("ARCHDSL_CACHE_DIR", str(tmp_path / "cache"))
    cache_folder.keep("a", b"one")
    assert cache_folder.recall("a") == b"one"
    (tmp_path / "cache").chmod(mode)
    assert cache_folder.recall("a") is None
    cache_folder.keep("b", b"two")
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["a"]


def test_a_folder_of_another_owner_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARCHDSL_CACHE_DIR", str(tmp_path / "cache"))
    cache_folder.keep("a", b"one")
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    assert cache_folder.recall("a") is None
