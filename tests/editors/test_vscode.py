"""VS Code in a browser (code-server) with the extension that `archdsl editor vscode` installed,
used as somebody uses it: by keys and by what is seen.
"""

import json
import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Page, expect, sync_playwright
from programs import PATIENCE, SMALL, WILD, archdsl, program, surroundings, until

pytestmark = pytest.mark.editors
SETTINGS = {
    "workbench.startupEditor": "none",
    "telemetry.telemetryLevel": "off",
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "git.enabled": False,
    "chat.disableAIFeatures": True,
    "extensions.autoCheckUpdates": False,
    "editor.hover.enabled": "off",
}
TWICE = """\
block wide(channels):
    conv(channels, 1)

network small:
    input 3x32x32
    wide(8) -> wide(16)
"""
IMPORTING = """\
from "parts.arch" import part

network typed:
    input 3x32x32
    part(16)
"""
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)


class Code:
    """A window of the editor, and the folder that it shows."""

    def __init__(self, page: Page, folder: Path) -> None:
        self.page = page
        self.folder = folder
        self.file = folder / "small.arch"

    def open(self, text: str = SMALL) -> None:
        """A text in an editor of its own, all else closed."""
        self.command("View: Close All Editors")
        self.file.write_text(text)
        self.choose(self.file.name)
        expect(self.lines().first).to_contain_text(text[:5])
        self.seen("16x32x32")  # the server is there

    def choose(self, name: str) -> None:
        """Shows a file of the folder."""
        self.page.get_by_role("treeitem", name=name).dblclick()

    def command(self, title: str) -> None:
        self.page.keyboard.press("F1")
        field = self.page.locator(".quick-input-widget input[type=text]").first
        expect(field).to_be_visible()
        field.fill(f">{title}")
        rows = (
            f'.monaco-list-row[aria-label="{title}"]',
            f'.monaco-list-row[aria-label^="{title},"]',
        )
        self.page.locator(", ".join(f".quick-input-list {row}" for row in rows)).first.click()

    def lines(self):
        return self.page.locator(".editor-instance .view-line")

    def seen(self, text: str) -> None:
        """Waits for a line with the text in any editor; spaces are those that do not break."""
        pattern = re.compile(re.escape(text).replace(r"\ ", r"\s"))
        expect(self.lines().filter(has_text=pattern).first).to_be_visible()

    def go(self, place: str) -> None:
        """Goes to a line, or to a line and a column."""
        self.page.keyboard.press("Control+G")
        field = self.page.locator(".quick-input-widget input[type=text]").first
        expect(field).to_have_value(re.compile(":"))
        field.fill(f":{place}")
        self.page.keyboard.press("Enter")
        expect(field).to_be_hidden()

    def type_at(self, line: int, keys: str) -> None:
        """Types behind the text of a line."""
        self.go(str(line))
        self.page.keyboard.press("End")
        self.page.keyboard.type(keys)

    def rename(self, place: str, name: str) -> None:
        self.go(place)
        self.page.keyboard.press("F2")
        field = self.page.locator(".rename-box input")
        expect(field).to_be_visible()
        field.fill(name)
        self.page.keyboard.press("Enter")

    def problems(self) -> str:
        return self.page.locator("#status\\.problems a").get_attribute("aria-label") or ""

    def panel(self) -> FrameLocator:
        """The page of the preview: a frame within the frame of the panel."""
        return self.page.frame_locator("iframe.webview.ready").frame_locator("#active-frame")


def free_port() -> int:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def answers(port: int) -> bool:
    with closing(socket.socket()) as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def window(tmp_path_factory) -> Iterator[Code]:
    home = tmp_path_factory.mktemp("home")
    folder = home / "work"
    folder.mkdir()
    (folder / "small.arch").write_text(SMALL)
    settings = home / ".local" / "share" / "code-server" / "User" / "settings.json"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps(SETTINGS))
    program("code-server")
    assert "code-server: the extension is installed" in archdsl(home, "editor", "vscode").stderr
    port = free_port()
    quiet = ("--disable-telemetry", "--disable-update-check", "--disable-workspace-trust")
    server = subprocess.Popen(
        [program("code-server"), "--auth", "none", *quiet, "--bind-addr", f"127.0.0.1:{port}"],
        env=surroundings(home),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        until(lambda: answers(port))
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=program("chromium"), args=QUIET)
            page = browser.new_page(viewport={"width": 1300, "height": 760})
            page.set_default_timeout(PATIENCE * 1000)
            expect.set_options(timeout=PATIENCE * 1000)
            page.goto(f"http://127.0.0.1:{port}/?folder={folder}")
            expect(page.get_by_role("treeitem", name="small.arch")).to_be_visible()
            yield Code(page, folder)
            browser.close()
    finally:
        os.killpg(server.pid, signal.SIGTERM)  # Node may be another process than was started
        server.wait(PATIENCE)


@pytest.fixture
def code(window: Code, request) -> Iterator[Code]:
    window.open()
    yield window
    window.page.screenshot(path=window.folder.parent / f"{request.node.name}.png")
    window.command("View: Revert and Close Editor")
    told = window.page.locator(".notification-list-item").all_text_contents()
    assert not [words for words in told if "Error in server" in words]


def test_words_are_coloured_and_shapes_stand_behind_lines(code):
    expect(code.page.locator("#status\\.editor\\.mode")).to_contain_text("archdsl")
    spans = code.lines().first.locator("span span")
    colours = {spans.nth(i).text_content(): spans.nth(i).get_attribute("class") for i in range(3)}
    assert len(set(colours.values())) > 1, colours
    code.seen("16x32x32")
    assert code.problems() == "No Problems"


def test_a_mistake_is_told(code):
    code.type_at(4, " -> add(identity, conv(8, 1))")
    until(lambda: code.problems() == "Errors: 1")
    expect(code.page.locator(".squiggly-error").first).to_be_visible()


def test_a_word_is_completed_once(code):
    code.type_at(4, "\ncon")
    words = code.page.locator(".suggest-widget .monaco-list-row .label-name")
    expect(words.filter(has_text=re.compile("^conv$")).first).to_be_visible()
    code.page.keyboard.press("Escape")
    code.page.keyboard.type("\nfor")
    expect(words.filter(has_text=re.compile("^for$"))).to_have_count(1)


def test_a_parameter_is_renamed_and_a_step_whose_name_is_a_key_when_that_is_confirmed(code):
    code.rename("1:16", "kinds")
    code.seen("linear(kinds)")
    code.rename("3:6", "first")
    expect(code.page.get_by_role("tab", name="Refactor Preview")).to_be_visible()
    code.page.get_by_role("button", name="Discard").click()
    code.seen("stem = conv(16")


def test_a_save_writes_the_canonical_layout(code):
    code.page.keyboard.press("Control+A")
    code.page.keyboard.press("Delete")
    code.page.keyboard.insert_text(WILD)
    code.page.keyboard.press("Control+S")
    until(lambda: code.file.read_text() == SMALL)


def test_the_preview_shows_the_page_and_follows_what_is_typed(code):
    code.command("archdsl: Open Preview to the Side")
    headline = code.panel().locator("#headline")
    # 3·16·9 + 16 and 16·10 + 10 parameters
    expect(headline).to_contain_text("small · 618 params")
    picture = code.panel().frame_locator("#drawing")
    box = picture.locator("g.box").filter(has_text="conv 3x3").first
    expect(box).to_be_visible()
    box.click()  # leads to its line
    expect(code.page.get_by_text("Ln 3, Col 1")).to_be_visible()
    code.type_at(4, "\nconv(16, 1)")
    expect(headline).to_contain_text("small · 890 params")  # 16·16 + 16 more
    code.panel().get_by_role("button", name="PyTorch").click()
    expect(code.panel().locator("#source")).to_contain_text("class Small(nn.Module)")


def test_the_audit_and_the_module_open_beside_the_text(code):
    code.command("archdsl: Show the Network as PyTorch")
    code.seen("class Small(nn.Module):")
    code.command("archdsl: Audit the Network")
    code.seen("field, jump, centre")
    code.lines().first.click()
    code.page.locator(".codelens-decoration a").filter(has_text="draw").first.click()
    diagram = code.panel().locator("g.box").filter(has_text="conv 3x3")
    expect(diagram.first).to_be_visible()


def test_a_block_is_seen_from_one_of_its_uses(code):
    code.open(TWICE)
    code.seen("8x32x32 / 16x32x32")
    lenses = code.page.locator(".codelens-decoration")
    # 3·8 + 8 and 8·16 + 16 parameters
    expect(lenses.filter(has_text="32 … 144 params")).to_be_visible()
    lenses.locator("a").filter(has_text="seen from").first.click()
    expect(code.lines().filter(has_text=re.compile("/"))).to_have_count(0)
    code.seen("8x32x32")
    expect(lenses.filter(has_text="seen from wide")).to_be_visible()
    expect(lenses.filter(has_text="32 params")).to_be_visible()


def test_a_drawing_is_written(code):
    code.command("archdsl: Draw the Network into a File")
    field = code.page.locator(".quick-input-widget input[type=text]").first
    expect(field).to_have_value(re.compile(r"small\.svg$"))
    code.page.keyboard.press("Enter")
    until((code.folder / "small.svg").exists)
    expect(code.page.get_by_text("Drawn: ").first).to_be_visible()


def test_a_drawing_has_an_import_as_it_is_typed(code):
    part = code.folder / "parts.arch"
    part.write_text("block part(k):\n    conv(k, 1)\n")
    code.open(IMPORTING)
    code.command("File: Toggle Auto Save")
    code.choose("parts.arch")
    code.seen("block part")
    code.type_at(2, " -> max_pool(2)")
    code.choose("small.arch")
    code.seen("16x16x16")
    code.command("archdsl: Draw the Network into a File")
    field = code.page.locator(".quick-input-widget input[type=text]").first
    expect(field).to_have_value(re.compile(r"typed\.svg$"))
    code.page.keyboard.press("Enter")
    until((code.folder / "typed.svg").exists)
    assert "output 16x16x16" in (code.folder / "typed.svg").read_text()
    assert "max_pool" not in part.read_text()
    code.choose("parts.arch")
    code.command("View: Revert and Close Editor")
    expect(code.page.get_by_role("tab", name="parts.arch")).to_have_count(0)
    expect(code.page.locator(".quick-input-widget")).to_be_hidden()
    code.command("File: Toggle Auto Save")
    part.unlink()


def test_a_new_spec_begins_with_a_network(code):
    code.command("archdsl: New Spec")
    code.seen("network Name(classes=1000):")
    code.command("View: Revert and Close Editor")


def test_the_task_lists_the_problems_of_the_folder(code):
    (code.folder / "wrong.arch").write_text(SMALL.replace("relu", "conv(8, 99)"))
    code.command("Tasks: Run Task")
    for words in ("archdsl", "archdsl: check"):
        row = code.page.locator(".quick-input-list .monaco-list-row").filter(has_text=words).first
        expect(row).to_be_visible()
        row.click()
    until(lambda: code.problems() == "Errors: 1")
    (code.folder / "wrong.arch").unlink()
