"""Neovim with what `archdsl editor neovim --write` wrote, as somebody types in it."""

import json
import subprocess
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from programs import PATIENCE, SMALL, WILD, archdsl, program, surroundings, until

pytestmark = pytest.mark.editors


class Neovim:
    """A running one with a file, to type into and to ask."""

    def __init__(self, folder: Path) -> None:
        archdsl(folder, "editor", "neovim", "--write")
        self.file = folder / "small.arch"
        self.file.write_text(SMALL)
        self.socket = folder / "socket"
        self.variables = surroundings(folder)
        command = [program("nvim"), "--headless", "--listen", str(self.socket), str(self.file)]
        self.process = subprocess.Popen(
            command, env=self.variables, stdin=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def begin(self) -> None:
        """Waits for it and for the server."""
        until(self.socket.exists)
        until(lambda: self.lua("#vim.lsp.get_clients({ name = 'archdsl' })"))

    def remote(self, *words: str) -> str:
        command = [program("nvim"), "--server", str(self.socket), *words]
        done = subprocess.run(
            command, env=self.variables, capture_output=True, text=True, timeout=PATIENCE
        )
        assert done.returncode == 0, done.stderr
        return done.stdout or done.stderr

    def type(self, keys: str) -> None:
        self.remote("--remote-send", keys)

    def lua(self, expression: str) -> Any:
        quoted = f"vim.json.encode({expression})".replace("'", "''")
        return json.loads(self.remote("--remote-expr", f"luaeval('{quoted}')"))

    def lines(self) -> list[str]:
        return self.lua("vim.api.nvim_buf_get_lines(0, 0, -1, false)")

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    neovim = Neovim(tmp_path_factory.mktemp("neovim"))
    try:
        neovim.begin()
        yield neovim
    finally:
        neovim.end()


@pytest.fixture
def neovim(running):
    """The editor with the small network, unchanged."""
    running.type("<C-\\><C-n>")
    running.file.write_text(SMALL)
    running.type(":edit!<CR>")
    until(lambda: "\n".join(running.lines()) + "\n" == SMALL)
    return running


def test_a_mistake_is_told(neovim):
    neovim.type("4Gccadd(identity, conv(8, 1))<Esc>")
    (answer,) = until(lambda: neovim.lua("vim.diagnostic.get(0)"))
    assert answer["code"] == "E0301" and answer["lnum"] == 3
    shown = "vim.diagnostic.config(nil, vim.lsp.diagnostic.get_namespace(1)).virtual_text"
    assert neovim.lua(shown) is True


def test_the_shape_stands_behind_a_line(neovim):
    labels = until(
        lambda: [h["inlay_hint"]["label"] for h in neovim.lua("vim.lsp.inlay_hint.get()")]
    )
    assert " 16x32x32" in labels
    assert neovim.lua("vim.lsp.inlay_hint.is_enabled({ bufnr = 0 })") is True


def test_the_figures_stand_above_a_network(neovim):
    neovim.type("ia<BS><Esc>")
    answer = until(lambda: neovim.lua("vim.lsp.codelens.get(0)"))
    assert answer[0]["command"]["title"].startswith("618 params")


def test_a_word_is_completed(neovim):
    neovim.type("4Gocon<C-x><C-o>")
    until(lambda: neovim.lua("vim.fn.pumvisible()") == 1)
    words = [item["word"] for item in neovim.lua("vim.fn.complete_info({ 'items' }).items")]
    assert {"conv", "concat"} <= {word.split("(")[0] for word in words}


def test_proposals_leave_what_is_typed(neovim):
    neovim.type("4Gobn -> ")
    until(lambda: neovim.lua("vim.fn.pumvisible()") == 1)
    neovim.type("relu<CR>bn<Esc>")
    until(lambda: neovim.lines()[4:6] == ["    bn -> relu", "    bn"])


def test_a_step_is_renamed(neovim):
    neovim.type("3G05l:lua vim.lsp.buf.rename('first')<CR>")  # its name is a key of saved weights
    until(lambda: "Rename it once more to do so." in neovim.lua("vim.fn.execute('messages')"))
    neovim.type("3G05l:lua vim.lsp.buf.rename('first')<CR>")
    until(lambda: "    first = conv(16, 3, padding=1)" in neovim.lines())


def test_a_save_writes_the_canonical_layout(neovim):
    neovim.type(":%s/conv(.*/conv( 16,3,padding = 1 )/<CR>")
    until(lambda: "\n".join(neovim.lines()) + "\n" == WILD)
    neovim.type(":write<CR>")
    until(lambda: neovim.file.read_text() == SMALL)


def test_words_are_coloured_with_and_without_the_server(neovim):
    assert neovim.lua("vim.fn.synIDattr(vim.fn.synID(3, 12, 1), 'name')") == "archOp"
    meant = "vim.lsp.semantic_tokens.get_at_pos(0, 2, 12)"
    assert until(lambda: neovim.lua(meant))[0]["type"] == "function"


def test_the_preview_opens_in_the_browser(neovim):
    neovim.lua("(function() vim.ui.open = function(where) opened = where end return 0 end)()")
    neovim.type(":ArchPreview<CR>")
    address = until(lambda: neovim.lua("opened or ''"))
    with urlopen(f"{address}state") as answer:
        assert json.load(answer)["headline"].startswith("small · 618 params")
