"""What the page on compatibility promises: names that stay, and versions that are named."""

import ast
import json
import tomllib
from pathlib import Path

import pytest
from contract import RECORD, ROOT, contract
from fences import read

import archdsl
from archdsl.base.version import __version__
from archdsl.network import Form
from archdsl.syntax.words import LANGUAGE

SPEC = "network Net:\n    input 3x8x8\n    conv(4, 3) -> relu\n"
RECORDED = json.loads(RECORD.read_text(encoding="utf-8"))


@pytest.mark.parametrize("kind", RECORDED)
def test_names_become_more_and_never_fewer(kind: str) -> None:
    assert {*RECORDED[kind]} <= {*contract()[kind]}


def test_there_is_one_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert archdsl.__version__ == __version__ == project["version"]
    assert f"\n## {__version__}" in read("docs/changelog.md")


@pytest.mark.parametrize("form", ["train", "deploy"])
def test_emitted_code_names_the_version_that_wrote_it(form: Form) -> None:
    said = ast.get_docstring(ast.parse(archdsl.loads(SPEC).source(form))) or ""
    assert f"Written by archdsl {__version__} from Net" in said


def test_the_version_of_the_language_is_optional() -> None:
    assert archdsl.loads(f"archdsl {LANGUAGE}\n{SPEC}").source() == archdsl.loads(SPEC).source()


@pytest.mark.parametrize("version", [0, LANGUAGE + 1, 10**20])
def test_an_unknown_version_is_an_error_at_its_place(version: int) -> None:
    with pytest.raises(archdsl.SpecError) as refused:
        archdsl.loads(f"# a comment first\narchdsl {version}\n{SPEC}")
    (told,) = refused.value.diagnostics
    assert (told.code, told.primary.span.line, told.primary.span.column) == ("E0128", 2, 9)
    assert f"`archdsl {LANGUAGE}`" in told.hint


def test_an_imported_file_of_an_unknown_version(tmp_path: Path) -> None:
    (tmp_path / "part.arch").write_text("archdsl 2\nblock part:\n    relu\n")
    (tmp_path / "net.arch").write_text(
        'from "part.arch" import part\nnetwork Net:\n    input 3x8x8\n    part\n'
    )
    with pytest.raises(archdsl.SpecError) as refused:
        archdsl.load(tmp_path / "net.arch")
    assert [d.code for d in refused.value.diagnostics] == ["E0128"]
