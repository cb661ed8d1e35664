"""The pictures on the page about editors, from the pages themselves in Chromium.

    python -m tools.pictures

Writes `docs/playground.gif`, in which a line is typed, broken and mended, and `docs/serve.png`, the
preview of a file that was saved with a mistake. Look at them before they are committed.
"""

import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from archdsl.playground.address import encode
from archdsl.playground.server import Playground
from archdsl.preview.server import Preview

DOCS = Path(__file__).parents[2] / "docs"
SMALL = """\
block unit(k, stride=1):
    add:
        conv_bn(k, 3, stride=stride)
        identity

network small(classes=10):
    input 3x32x32
    conv_bn(16, 3)
    unit(16)
    global_avg_pool -> flatten
    linear(classes)
"""
LINE = "    unit(16)"
TYPED = "unit(32, stride=2)"  # its branches differ
KEYS = 90  # milliseconds that each typed character is shown
WIDE = 1000  # pixels of a page
COLOURS = 128
Frames = list[tuple[Image.Image, int]]


@contextmanager
def running(server: Any) -> Iterator[str]:
    """The address of a server while it runs."""
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server.address
    finally:
        server.shutdown()
        thread.join(10)


def opened(browser: Browser, address: str, high: int) -> Page:
    page = browser.new_page(viewport={"width": WIDE, "height": high})
    page.goto(address)
    return page


def seen(page: Page) -> Image.Image:
    return Image.open(BytesIO(page.screenshot())).convert("RGB")


def held(page: Page, time: int, frames: Frames) -> None:
    """What is seen when all answers are there, for a while."""
    page.wait_for_timeout(800)
    frames.append((seen(page), time))


def playground(browser: Browser) -> Frames:
    """A line with which a block's branches differ, and the remedy."""
    frames: Frames = []
    with running(Playground()) as address:
        page = opened(browser, f"{address}#{encode(SMALL)}", 620)
        expect(page.locator("#sheet g.box").first).to_be_visible()
        page.locator(".cm-line", has_text=LINE.strip()).first.click()
        page.keyboard.press("End")
        held(page, 1500, frames)
        page.keyboard.press("Enter")
        for character in TYPED:
            page.keyboard.type(character)
            page.wait_for_timeout(60)
            frames.append((seen(page), KEYS))
        page.keyboard.press("Escape")  # proposals of how to go on
        expect(page.locator("#findings li.error", has_text="branches")).to_be_visible()
        held(page, 3000, frames)
        page.locator("#findings .remedy").first.click()
        expect(page.locator("#findings li.error")).to_have_count(0)
        held(page, 4000, frames)
    return frames


def moving(frames: Frames, path: Path) -> None:
    """Writes the frames as a GIF with the same colours in all of them."""
    palette = frames[-1][0].quantize(COLOURS)
    pictures = [
        picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture, _ in frames
    ]
    first, *others = pictures
    times = [held for _, held in frames]
    first.save(path, save_all=True, append_images=others, duration=times, loop=0, optimize=True)


def preview(browser: Browser) -> Image.Image:
    """The network as far as it goes, and the mistake of what was saved last."""
    file = Path("small.arch")
    file.write_text(SMALL)
    with running(Preview(file)) as address:
        page = opened(browser, address, 760)
        diagram = page.frame_locator("#drawing")
        expect(diagram.locator("g.box").first).to_be_visible()
        file.write_text(SMALL.replace(LINE, f"{LINE}\n    {TYPED}"))
        expect(page.locator("#findings pre").first).to_be_visible()
        page.wait_for_timeout(500)
        diagram.get_by_text("fit", exact=True).click()
        page.wait_for_timeout(500)
        return seen(page)


def write(folder: Path) -> None:
    """Writes both pictures into a folder."""
    chromium = shutil.which("chromium")
    with sync_playwright() as found, tempfile.TemporaryDirectory() as empty, chdir(empty):
        browser = found.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        moving(playground(browser), folder / "playground.gif")
        preview(browser).quantize(COLOURS).save(folder / "serve.png", optimize=True)
        browser.close()


if __name__ == "__main__":
    write(DOCS)
