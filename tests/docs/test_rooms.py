"""Who may import whom: the contracts of `.importlinter`, and the page that tells of them; which
files are short."""

import ast
import configparser
import re
import tokenize
from collections.abc import Iterator
from contextlib import redirect_stdout
from functools import cache
from io import StringIO
from pathlib import Path

import pytest
from fences import ROOT, read
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

CONTRACTS = ROOT / ".importlinter"
PACKAGE = ROOT / "archdsl"
ROOMS = sorted(path for path in PACKAGE.rglob("__init__.py") if path.parent != PACKAGE)


def test_no_import_breaks_a_contract() -> None:
    told = StringIO()
    with redirect_stdout(told):
        status = lint_imports(config_filename=str(CONTRACTS), no_cache=True)
    assert status == EXIT_STATUS_SUCCESS, told.getvalue()


def test_the_rooms_on_the_page_are_in_the_order_of_the_contract() -> None:
    settings = configparser.ConfigParser()
    settings.read(CONTRACTS, encoding="utf-8")
    layers = settings["importlinter:contract:rooms"]["layers"].split()[::-1]
    said = re.search(r"Left never imports right\*\*: `([^`]+)`", read("docs/architecture.md"))
    assert said is not None
    rooms = re.split(r"\s*←\s*", said[1])
    assert len(rooms) > 10
    assert rooms == [layer for layer in layers if layer in rooms]


@pytest.mark.parametrize("room", ROOMS, ids=lambda path: str(path.parent.relative_to(PACKAGE)))
def test_a_room_says_what_it_knows_and_gives_and_what_it_must_not(room) -> None:
    doc = ast.get_docstring(tree(room)) or ""
    lines = [
        line for line in doc.splitlines() if line.startswith(("Knows ", "Gives ", "Must not "))
    ]
    assert [line.split()[0] for line in lines] == ["Knows", "Gives", "Must"]


def test_nothing_inside_comes_in_by_the_front_door() -> None:
    """What users import from `archdsl` itself leads to all rooms: a room that asks it for a name
    imports in a circle, which the contracts do not see."""
    modules = {path.stem for path in PACKAGE.glob("*.py")} | {p.parent.name for p in ROOMS}
    names = {path: _from_the_door(path) for path in PACKAGE.rglob("*.py")}
    assert any(names.values())
    assert not {str(path) for path, asked in names.items() if asked - modules}


@cache
def tree(path: Path) -> ast.Module:
    """What a file says; read once."""
    return ast.parse(path.read_text("utf-8"))


def _from_the_door(path: Path) -> set[str]:
    nodes = ast.walk(tree(path))
    asking = (n for n in nodes if isinstance(n, ast.ImportFrom) and n.module == "archdsl")
    return {alias.name for node in asking for alias in node.names}


# --- short files ------------------------------------------------------------------------------

SHORT, FULL = 40, 200  # lines: of a file that needs a reason, and of one that takes in no other
DOORS = ("__init__", "__main__", "mistakes")


def test_a_short_file_serves_more_than_the_file_beside_it() -> None:
    assert list(_moving_in(PACKAGE)) == []


def test_a_file_for_one_other_moves_in(tmp_path) -> None:
    room = tmp_path / "room"
    room.mkdir()
    (room / "__init__.py").write_text("from archdsl.room.gathered import g\n")
    for name in ("gathered", "asked_twice", "serving", "late", "no_room", "mistakes"):
        (room / f"{name}.py").write_text("")
    (room / "one.py").write_text(
        "from archdsl.room.asked_twice import a\nfrom archdsl.room.serving import s\n"
        "from archdsl.room import mistakes\n"
        "def f():\n    from archdsl.room.late import l\n"
    )
    long = "from archdsl.room.asked_twice import a\nfrom archdsl.room.no_room import n\n"
    (room / "other.py").write_text(long + "\n" * FULL)
    assert list(_moving_in(tmp_path)) == ["room/serving.py -> room/one.py"]


def _moving_in(package: Path) -> Iterator[str]:
    """The short files that only one file of their folder imports, and that has room for them."""
    files = sorted(package.rglob("*.py"))
    imported = {path: set(_imports(path)) for path in files}
    lines = {path: len(path.read_text("utf-8").splitlines()) for path in files}
    for path in files:
        name = ".".join(("archdsl", *path.relative_to(package).with_suffix("").parts))
        asking = [other for other in files if name in imported[other]]
        if lines[path] >= SHORT or path.stem in DOORS or len(asking) != 1:
            continue
        (one,) = asking
        beside = one.parent == path.parent and one.stem not in DOORS
        if beside and lines[path] + lines[one] < FULL:
            yield f"{path.relative_to(package)} -> {one.relative_to(package)}"


def _imports(path: Path) -> Iterator[str]:
    """The modules that a file imports as it is loaded itself."""
    for node in tree(path).body:
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


# --- words -----------------------------------------------------------------------------------

QUESTION = re.compile(r"(What|Whether|Which|Where|When|Who|Whose|Why|How)\b(?! far\b)")
STUMBLE = re.compile(
    r"\b(bears?|borne|comes? to\b(?! an end)|came to|hands? on|handed on|called so|so many"
    r"|(?<!no )such(?! as\b)|those \w+ that)\b"
)


def test_docstrings_say_with_nouns_what_a_thing_is() -> None:
    assert list(_complaints(PACKAGE)) == []


def test_questions_and_words_that_must_be_read_twice_are_noticed(tmp_path) -> None:
    (tmp_path / "plain.py").write_text(
        '"""The names of steps."""\nMOST = 3  # steps, such as convolutions\n'
    )
    (tmp_path / "odd.py").write_text(
        '"""What steps are called."""\nMOST = 3  # so many\n\ndef f():\n'
        '    """A block that bears but a number."""\n    return "it bears"\n'
    )
    assert list(_complaints(tmp_path)) == ["odd.py:1: What", "odd.py:2: so many", "odd.py:5: bears"]


def _complaints(package: Path) -> Iterator[str]:
    """The docstrings that begin with a question, and the words of docstrings and comments that
    stop a reader."""
    for path in sorted(package.rglob("*.py")):
        said = sorted((*_docstrings(tree(path)), *_comments(path.read_text("utf-8"))))
        for line, words, opens in said:
            question = QUESTION.match(words) if opens else None
            odd = question or STUMBLE.search(words)
            if odd is not None:
                yield f"{path.relative_to(package)}:{line}: {odd[0]}"


def _docstrings(read: ast.Module) -> Iterator[tuple[int, str, bool]]:
    """Each docstring with its line."""
    for node in ast.walk(read):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            doc = ast.get_docstring(node)
            if doc:
                yield node.body[0].lineno, " ".join(doc.split()), True


def _comments(text: str) -> Iterator[tuple[int, str, bool]]:
    for token in tokenize.generate_tokens(StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string, False


# --- chains of imports ------------------------------------------------------------------------

LONGEST_CHAIN = 36  # modules, each of which imports the next


def test_no_chain_of_imports_is_long() -> None:
    chain = _longest_chain(_importing(PACKAGE))
    assert len(chain) <= LONGEST_CHAIN, " -> ".join(chain)


def test_a_chain_of_imports_is_measured() -> None:
    importing = {"a": {"b", "d"}, "b": {"c"}, "c": {"d"}, "d": set[str](), "e": {"d"}}
    assert _longest_chain(importing) == ["a", "b", "c", "d"]


def _importing(package: Path) -> dict[str, set[str]]:
    """The modules of the package that each of its modules imports as it is loaded."""
    files = {_name(path, package): path for path in sorted(package.rglob("*.py"))}
    asked = {name: {*_imports(path)} & files.keys() - {name} for name, path in files.items()}
    return {name: {m for m in own if not _is_door(m, own)} for name, own in asked.items()}


def _is_door(module: str, asked: set[str]) -> bool:
    """True where an import names a folder only on the way to a module in it."""
    return any(other.rpartition(".")[0] == module for other in asked)


def _name(path: Path, package: Path) -> str:
    parts = path.relative_to(package.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _longest_chain(importing: dict[str, set[str]]) -> list[str]:
    known: dict[str, list[str]] = {}

    def chain(name: str) -> list[str]:
        if name not in known:
            known[name] = [name, *max(map(chain, sorted(importing[name])), key=len, default=[])]
        return known[name]

    return max(map(chain, importing), key=len)
