"""`archdsl editor`: what is printed, what is written where, and what of the user's is kept."""

import json
import plistlib
import re
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import pytest

from archdsl.cli import main
from archdsl.cli.command_table import COMMANDS
from archdsl.editors.__main__ import PAGE
from archdsl.editors.machine import Machine, emacs_init, helix, nano, neovim, vim
from archdsl.editors.programs import programs
from archdsl.editors.setup_page import printed
from archdsl.editors.setups import EDITORS

SHARED = [name for name in EDITORS if name in ("emacs", "helix", "nano")]
OWN = [name for name in EDITORS if name not in SHARED]


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A Linux machine whose user has an empty home."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    return Machine("linux", tmp_path, {})


def editor(*words: str) -> int:
    return main(["editor", *words])


@pytest.mark.parametrize("name", EDITORS)
def test_what_is_printed_is_what_is_written(name, machine, capsys):
    assert editor(name) == 0
    lines, told = capsys.readouterr()
    setup = EDITORS[name].setup(machine, "")
    assert str(setup.lines.path) in told and not setup.lines.path.exists()
    assert editor(name, "--write") == 0
    assert lines in setup.lines.path.read_text(encoding="utf-8")
    if setup.colours is not None:
        written = setup.colours.path.read_text(encoding="utf-8")
        assert written.startswith(setup.colours.text)


@pytest.mark.parametrize("program, name", [("nvim", "neovim"), ("hx", "helix")])
def test_the_name_of_the_program_will_do(program, name, machine, capsys):
    assert editor(name) == 0
    lines = capsys.readouterr()
    assert editor(program) == 0
    assert capsys.readouterr() == lines


@pytest.mark.parametrize("name", SHARED)
def test_of_a_file_of_the_users_only_archdsls_part_is_replaced(name, machine, capsys):
    path = EDITORS[name].setup(machine, "").lines.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("before\n")
    assert editor(name, "--write") == 0
    path.write_text(path.read_text() + "\nbehind\n")
    first = path.read_text()
    assert editor(name, "--write") == 0
    assert path.read_text() == first
    assert first.startswith("before\n\n") and first.endswith("\n\nbehind\n")
    edited = first.replace("archdsl: begin\n", "archdsl: begin\nmine\n")
    path.write_text(edited)
    assert editor(name, "--write") == 2
    assert path.read_text() == edited and "edited since" in capsys.readouterr().err
    assert editor(name, "--write", "--force") == 0
    assert path.read_text() == first
    cut = first.replace("written by archdsl", "written by me")
    path.write_text(cut)
    assert editor(name, "--write", "--force") == 2
    assert path.read_text() == cut


@pytest.mark.parametrize("name", SHARED)
@pytest.mark.parametrize(
    "mine",
    [b"caf\xe9\r\nmine\r\n\r\n", b"\xef\xbb\xbfcaf\xc3\xa9\n", b"no end", b"  \n\t\nx\n\n\n"],
)
def test_a_file_of_the_users_stays_byte_for_byte(name, mine, machine):
    path = EDITORS[name].setup(machine, "").lines.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(mine)
    assert editor(name, "--write") == 0
    first = path.read_bytes()
    assert first.startswith(mine)
    breaks = b"\r\n" if b"\r" in mine else b"\n"
    assert first.count(breaks) == first.count(b"\n") and first.endswith(breaks)
    path.write_bytes(first + b"behind\xff")
    assert editor(name, "--write") == 0
    assert path.read_bytes() == first + b"behind\xff"
    other = b"\n" if breaks == b"\r\n" else b"\r\n"
    path.write_bytes(first.replace(breaks, other))  # as another system's editor saves it
    assert editor(name, "--write") == 0
    assert path.read_bytes() == first.replace(breaks, other)


@pytest.mark.parametrize("name", SHARED)
def test_a_file_that_takes_no_part_is_left_alone(name, machine, capsys):
    path = EDITORS[name].setup(machine, "").lines.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes("mine\n".encode("utf-16"))
    assert editor(name, "--write", "--force") == 2
    assert path.read_bytes() == "mine\n".encode("utf-16") and "by hand" in capsys.readouterr().err
    path.unlink()
    path.mkdir()
    assert editor(name, "--write") == 2
    assert "cannot write" in capsys.readouterr().err


@pytest.mark.parametrize("name", OWN)
def test_a_file_that_archdsl_did_not_write_is_left_alone(name, machine, capsys):
    path = EDITORS[name].setup(machine, "").lines.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("mine")
    assert editor(name, "--write") == 2
    assert path.read_text() == "mine" and "--force" in capsys.readouterr().err
    assert editor(name, "--write", "--force") == 0
    assert editor(name, "--write") == 0


def test_the_command_is_quoted_in_every_format():
    command = 'C:\\a "b"\\archdsl'
    machine = Machine("linux", Path("/home/u"), {})
    lines = {name: one.setup(machine, command).lines.text for name, one in EDITORS.items()}
    assert tomllib.loads(lines["helix"])["language-server"]["archdsl"]["command"] == command
    assert json.loads(lines["kate"])["servers"]["arch"]["command"] == [command, "lsp"]
    client = json.loads(lines["sublime"])["clients"]["archdsl"]
    assert client["command"] == [command, "lsp"]
    assert all("COMMAND" not in text for text in lines.values())


def test_the_colours_are_well_formed():
    machine = Machine("linux", Path("/home/u"), {})
    kate = ElementTree.fromstring(EDITORS["kate"].setup(machine, "").colours.text)
    assert kate.attrib["extensions"] == "*.arch"
    bundle = plistlib.loads(EDITORS["sublime"].setup(machine, "").colours.text.encode())
    assert bundle["scopeName"] == "source.arch"


def test_the_page_has_the_set_ups_of_today():
    """`python -m archdsl.editors` writes them."""
    page = PAGE.read_text(encoding="utf-8")
    assert page == printed(page)
    for name, one in EDITORS.items():
        assert f"### {one.title}\n" in page and f"`archdsl editor {name} --write`" in page


def test_folders_are_those_of_the_system(tmp_path):
    linux = Machine("linux", tmp_path, {"XDG_CONFIG_HOME": "/config"})
    windows = Machine("win32", tmp_path, {"APPDATA": "/roaming", "LOCALAPPDATA": "/local"})
    assert (neovim(linux), neovim(windows)) == (Path("/config/nvim"), Path("/local/nvim"))
    assert (helix(linux), helix(windows)) == (Path("/config/helix"), Path("/roaming/helix"))
    assert (vim(linux), vim(windows)) == (tmp_path / ".vim", tmp_path / "vimfiles")


def test_the_file_that_an_editor_reads_first_is_taken(tmp_path):
    machine = Machine("linux", tmp_path, {})
    assert emacs_init(machine) == tmp_path / ".emacs.d" / "init.el"
    assert nano(machine) == tmp_path / ".nanorc"
    for path in (tmp_path / ".config/nano/nanorc", tmp_path / ".config/emacs/init.el"):
        path.parent.mkdir(parents=True)
        path.touch()
    assert emacs_init(machine) == tmp_path / ".config" / "emacs" / "init.el"
    assert nano(machine) == tmp_path / ".config" / "nano" / "nanorc"
    (tmp_path / ".emacs").touch()
    (tmp_path / ".nanorc").touch()
    assert emacs_init(machine) == tmp_path / ".emacs"
    assert nano(machine) == tmp_path / ".nanorc"


def test_a_program_of_a_mac_is_found_in_its_application(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    inside = tmp_path / "Applications/Cursor.app/Contents/Resources/app/bin"
    inside.mkdir(parents=True)
    (inside / "cursor").touch()
    assert programs(Machine("darwin", tmp_path, {})) == {"cursor": str(inside / "cursor")}
    assert programs(Machine("linux", tmp_path, {})) == {}


def test_jetbrains_editors_are_set_up_by_hand(capsys):
    assert editor("jetbrains") == 0
    folder = capsys.readouterr().out.splitlines()[0].rpartition("folder ")[2]
    assert (Path(folder) / "syntaxes" / "arch.tmLanguage.json").is_file()
    assert editor("jetbrains", "--write") == 2
    assert editor("neovim", "-o", "x.vsix") == 2


# What the editors take that cannot be run here, as their documentation has it: Helix's page on
# languages, the schema of Sublime's package LSP, Kate's page on its LSP client. Helix refuses a
# whole file for one key that it does not know.
HELIX_LANGUAGE = {
    *("name", "scope", "file-types", "comment-token", "indent", "auto-format", "roots"),
    *("language-id", "language-servers", "formatter", "injection-regex", "shebangs", "grammar"),
    *("block-comment-tokens", "text-width", "soft-wrap", "rulers", "auto-pairs", "debugger"),
}
HELIX_SERVER = {"command", "args", "config", "timeout", "environment", "required-root-patterns"}
SUBLIME_CLIENT = {"enabled", "command", "selector", "env", "initializationOptions", "settings"}
KATE_SERVER = {
    *("command", "highlightingModeRegex", "rootIndicationFileNames", "url", "root", "path"),
    *("rootIndicationFilePatterns", "initializationOptions", "settings", "documentLanguageId"),
}


@pytest.fixture
def lines():
    machine = Machine("linux", Path("/home/u"), {})
    return {name: one.setup(machine, "archdsl").lines.text for name, one in EDITORS.items()}


def test_helix_is_told_what_it_takes(lines):
    data = tomllib.loads(lines["helix"])
    assert set(data) == {"language", "language-server"}
    (language,) = data["language"]
    assert {"name", "scope", "file-types"} <= set(language) <= HELIX_LANGUAGE
    assert set(language["indent"]) == {"tab-width", "unit"}
    assert language["language-servers"] == list(data["language-server"])
    (server,) = data["language-server"].values()
    assert "command" in server and set(server) <= HELIX_SERVER
    assert isinstance(server["command"], str) and server["args"] == ["lsp"]
    assert language["comment-token"] == "#" and language["file-types"] == ["arch"]


def test_sublime_and_kate_are_told_what_they_take(lines):
    sublime, kate = json.loads(lines["sublime"]), json.loads(lines["kate"])
    assert set(sublime) == {"show_inlay_hints", "lsp_format_on_save", "clients"}
    (client,) = sublime["clients"].values()
    assert {"enabled", "command", "selector"} <= set(client) <= SUBLIME_CLIENT
    assert set(kate) == {"servers"}
    (server,) = kate["servers"].values()
    assert {"command", "highlightingModeRegex"} <= set(server) <= KATE_SERVER
    coloured = ElementTree.fromstring(
        EDITORS["kate"].setup(Machine("linux", Path("/home/u"), {}), "").colours.text
    )
    assert re.match(server["highlightingModeRegex"], coloured.attrib["name"])


def test_the_lines_start_commands_that_there_are(lines):
    started = {
        name: re.findall(r"""(?:["']|archdsl )(lsp|fmt)\b""", text) for name, text in lines.items()
    }
    assert all(
        set(words) == {"fmt" if name == "nano" else "lsp"} for name, words in started.items()
    )
    assert {"lsp", "fmt"} <= set(COMMANDS)
