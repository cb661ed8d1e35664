"""The preview in Chromium: the diagram's page within it, which keeps what is chosen over a save."""

import shutil
import threading
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from archdsl.preview.server import Preview

pytestmark = pytest.mark.browser
SPEC = """\
block two(k):
    conv(k, 3, padding=1) -> relu
    conv(k, 3, padding=1) -> relu

network small:
    input 3x8x8
    first = two(4)
    second = two(8)
    flatten -> linear(10)
"""


def test_what_is_open_and_chosen_stays_so_over_a_save(tmp_path: Path) -> None:
    file = tmp_path / "small.arch"
    file.write_text(SPEC)
    server = Preview(file)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            wrong: list[str] = []
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.on("console", lambda line: wrong.append(line.text))
            page.goto(server.address)
            diagram = page.frame_locator("#drawing")
            diagram.locator("g.box", has_text="second").locator(".badge").click()
            diagram.locator("g.box", has_text="conv 3x3 8").first.click()
            assert "second.conv" in diagram.locator("#panel h2").inner_text()
            file.write_text(SPEC.replace("linear(10)", "linear(12)"))
            diagram.locator("g.box", has_text="linear 12").wait_for()
            assert "second.conv" in diagram.locator("#panel h2").inner_text()
            assert diagram.locator("g.box", has_text="conv 3x3 8").count() == 2
            file.write_text(SPEC.replace("linear(10)", "linear(12, 3, 4, 5)"))
            page.locator("#findings pre").wait_for()
            assert diagram.locator("g.box", has_text="mistake").count() == 1
            assert [line for line in wrong if "favicon" not in line] == []
            browser.close()
    finally:
        server.shutdown()
        thread.join(10)
