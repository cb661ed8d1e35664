"""The extension for VS Code: a sound `.vsix` that says what it brings, and starts this archdsl."""

import json
import re
import shutil
import stat
import subprocess
import zipfile
from io import BytesIO
from xml.etree import ElementTree

import pytest
from programs import SMALL, program

from archdsl.base.version import __version__
from archdsl.cli import main
from archdsl.editing.commands import COMMANDS
from archdsl.editors.__main__ import HERE
from archdsl.editors.extension import vsix
from archdsl.editors.textmate import textmate
from archdsl.ops.registry import ops
from archdsl.server.command_requests import PREVIEW

FOLDER = HERE / "vscode"
PACKAGE = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))
BUILT = ("extension.js", "bridge.js", "languageclient.js", "languageclient.LICENSES.txt")


@pytest.fixture(scope="module")
def packed() -> dict[str, bytes]:
    """The files of the `.vsix` by their names."""
    with zipfile.ZipFile(BytesIO(vsix("/usr/bin/archdsl"))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_it_names_the_language_its_grammar_and_its_commands(packed):
    package = json.loads(packed["extension/package.json"])
    brought = package["contributes"]
    (language,) = brought["languages"]
    (grammar,) = brought["grammars"]
    assert language["id"] == grammar["language"] == "arch"
    assert language["extensions"] == [".arch"]
    colours = json.loads(packed["extension/syntaxes/arch.tmLanguage.json"])
    assert colours == json.loads(textmate()) and colours["scopeName"] == grammar["scopeName"]
    source = packed["extension/out/extension.js"].decode()
    shown = set(json.loads(re.search(r"SHOWS = (\[.*?\]);", source)[1]))
    assert {f"archdsl.server.{name}" for name in shown} == {*COMMANDS, PREVIEW}
    own = re.search(r"const commands\d* = \{(.*?)\};", source, re.DOTALL)[1]
    registered = {*re.findall(r"^    (\w+)[:,]?", own, re.MULTILINE), *shown}
    assert {one["command"] for one in brought["commands"]} == {f"archdsl.{n}" for n in registered}


def test_every_file_that_it_names_is_in_it(packed):
    package = json.loads(packed["extension/package.json"])
    brought = package["contributes"]
    steps = [step for one in brought["walkthroughs"] for step in one["steps"]]
    named = [
        package["main"],
        brought["languages"][0]["configuration"],
        brought["snippets"][0]["path"],
        *(step["media"]["markdown"] for step in steps),
    ]
    for name in named:
        assert f"extension/{name.removeprefix('./')}" in packed
    assert {f"extension/out/{name}" for name in BUILT} <= set(packed)
    assert not any("node_modules" in name or name.endswith(".ts") for name in packed)


def test_its_manifests_are_well_formed(packed):
    manifest = ElementTree.fromstring(packed["extension.vsixmanifest"])
    identity = manifest.find(".//{*}Identity")
    assert identity is not None and identity.attrib["Version"] == __version__ == PACKAGE["version"]
    for asset in manifest.iterfind(".//{*}Asset"):
        assert asset.attrib["Path"] in packed
    types = ElementTree.fromstring(packed["[Content_Types].xml"])
    known = {one.attrib["Extension"] for one in types}
    assert {f".{name.rpartition('.')[2]}" for name in packed} - {".xml"} <= known


def test_the_same_bytes_every_time_and_the_archdsl_that_it_starts(packed):
    assert vsix() == vsix()
    assert json.loads(packed["extension/installed.json"]) == {"command": "/usr/bin/archdsl"}


def test_every_snippet_is_a_text_of_the_language(tmp_path):
    """Filled in with its own proposals; the last place with an op."""
    snippets = json.loads((FOLDER / "snippets" / "arch.json").read_text(encoding="utf-8"))
    assert {"network", "block", "for", "add:"} <= set(snippets)
    for name, snippet in snippets.items():
        text = re.sub(r"\$\{\d+:([^}]*)\}", r"\1", "\n".join(snippet["body"])).replace("$0", "relu")
        (tmp_path / f"{re.sub('[^a-z]', '', name)}.arch").write_text(text + "\n")
    alone = tmp_path / "network.arch"
    assert main(["check", str(alone)]) == 0


def test_the_problem_matcher_reads_what_check_prints(tmp_path, capsys):
    file = tmp_path / "wrong.arch"
    file.write_text(SMALL.replace("relu", "add(conv(8, 1), identity)"))
    assert main(["check", str(file)]) == 1
    lines = capsys.readouterr().err.splitlines()
    (matcher,) = PACKAGE["contributes"]["problemMatchers"]
    first, second = (pattern["regexp"] for pattern in matcher["pattern"])
    severity, code, message = re.match(first, lines[0]).groups()
    assert (severity, code) == ("error", "E0301") and "channels" in message
    assert re.match(second, lines[1]).groups() == (str(file), "4", "5")


def test_it_is_installed_into_every_editor_of_the_family(tmp_path, monkeypatch, capsys):
    """Programs that note what they are given; one fails."""
    for name, status in (("codium", 0), ("cursor", 3)):
        script = tmp_path / name
        script.write_text(
            f'#!/bin/sh\ncp "$2" "{tmp_path}/{name}.vsix"\necho "$1 $3" >&2\nexit {status}\n'
        )
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr("archdsl.editors.programs.NAMES", ("codium", "cursor"))
    assert main(["editor", "vscode"]) == 0
    told = capsys.readouterr().err
    assert "codium: the extension is installed" in told
    assert "cursor: --install-extension --force" in told
    assert zipfile.is_zipfile(tmp_path / "codium.vsix")
    (tmp_path / "codium").unlink()
    assert main(["editor", "vscode"]) == 2
    (tmp_path / "cursor").unlink()
    assert main(["editor", "vscode"]) == 2
    assert "-o archdsl.vsix" in capsys.readouterr().err
    assert main(["editor", "vscode", "-o", str(tmp_path / "a.vsix")]) == 0
    assert zipfile.is_zipfile(tmp_path / "a.vsix")


def test_its_client_is_shipped_with_its_licences():
    """Every package that the lock file has for users, but for those that carry no licence text."""
    lock = json.loads((FOLDER / "package-lock.json").read_text(encoding="utf-8"))
    text = (FOLDER / "out" / "languageclient.LICENSES.txt").read_text(encoding="utf-8")
    for path, entry in lock["packages"].items():
        if path and not entry.get("dev"):
            assert f"== {path.rpartition('node_modules/')[2]} {entry['version']}: " in text
            assert entry["license"] in ("MIT", "ISC", "BlueOak-1.0.0")
    assert "resolved" not in (FOLDER / "package-lock.json").read_text(encoding="utf-8")


def test_words_of_the_grammar_are_those_of_today():
    assert set(ops()) <= set(re.findall(r"\w+", textmate()))


# --- with npm --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory):
    """The extension's folder as npm makes it from the sources."""
    folder = tmp_path_factory.mktemp("extension") / "vscode"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("node_modules", "out"))
    for words in (("ci",), ("run", "build")):
        subprocess.run([program("npm"), *words], cwd=folder, check=True, timeout=600)
    return folder


@pytest.mark.editors
@pytest.mark.parametrize("name", BUILT)
def test_the_built_files_are_what_the_sources_give(name, rebuilt):
    assert (FOLDER / "out" / name).read_bytes() == (rebuilt / "out" / name).read_bytes()


@pytest.mark.editors
def test_npm_alone_packs_the_same_files(rebuilt):
    subprocess.run([program("npm"), "run", "package"], cwd=rebuilt, check=True, timeout=600)
    (made,) = rebuilt.glob("*.vsix")
    with zipfile.ZipFile(made) as theirs, zipfile.ZipFile(BytesIO(vsix())) as ours:
        packed = {name.lower(): theirs.read(name) for name in theirs.namelist()}
        for name in ours.namelist():
            if name.startswith("extension/") and not name.endswith("package.json"):
                assert packed.pop(name.lower()) == ours.read(name)
        assert set(packed) == {
            "extension.vsixmanifest",
            "[content_types].xml",
            "extension/package.json",
        }
