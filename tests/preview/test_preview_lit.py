"""In Chromium: the box of the cursor's line is lit, a click leads to a line, differences are seen,
and a save is on the page at once."""

import shutil
import threading
import time
from contextlib import contextmanager
from functools import partial

import pytest
from playwright.sync_api import expect, sync_playwright

from archdsl.driver.before import other
from archdsl.preview.feed import Typed
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
SOON = 0.15  # seconds from a save to the page, where nothing else runs
SLOW = 20  # times as long where much else does


@contextmanager
def page_of(server, ended=False):
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            wrong = []
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.on("console", lambda line: wrong.append(line.text))
            page.goto(server.address)
            yield page
            assert ended or [line for line in wrong if "favicon" not in line] == []
            browser.close()
    finally:
        server.shutdown()
        thread.join(10)


LIT, CHANGED = "group.style.filter", "group.hasAttribute('data-changed')"


def styled(page, frame, text, what):
    box = page.frame_locator(frame).locator("g.box", has_text=text).first
    box.wait_for()
    return box.evaluate(f"group => {what}")


def until(page, wanted, *asked):
    for _ in range(100):
        if bool(styled(page, *asked)) == wanted:
            return True
        time.sleep(0.05)
    return False


def test_the_box_under_the_cursor_is_lit_and_a_click_leads_to_its_line(tmp_path):
    path, led = tmp_path / "small.arch", []
    path.write_text(SPEC)
    feed = Typed(path, SPEC, {})
    with page_of(Preview(path, feed=feed, goto=led.append)) as page:
        diagram = page.frame_locator("#drawing")
        diagram.locator("g.box", has_text="second").wait_for()
        feed.at(8)
        assert until(page, True, "#drawing", "second", LIT)
        assert not styled(page, "#drawing", "first", LIT)
        feed.put(SPEC.replace("second = two(8)", "second = two(6)"), {})
        diagram.locator("g.box", has_text="6").first.wait_for()
        assert until(page, True, "#drawing", "second", LIT)
        diagram.locator("g.box", has_text="first").locator("rect").first.click()
        for _ in range(100):
            if led:
                break
            time.sleep(0.05)
        assert led == [7]


def test_two_specs_side_by_side_show_the_differences_in_colour(tmp_path):
    old, new = tmp_path / "old.arch", tmp_path / "new.arch"
    old.write_text(SPEC)
    new.write_text(SPEC.replace("second = two(8)", "second = two(12)"))
    with page_of(Preview(new, against=partial(other, str(old)))) as page:
        for frame in ("#before", "#drawing"):
            assert until(page, True, frame, "second", CHANGED)
            assert not styled(page, frame, "first", CHANGED)
        page.get_by_role("button", name="changes").click()
        assert "second" in page.locator("#words").inner_text()


def test_a_save_is_on_the_page_at_once(tmp_path):
    path = tmp_path / "small.arch"
    path.write_text(SPEC)
    with page_of(Preview(path)) as page:
        diagram = page.frame_locator("#drawing")
        diagram.locator("g.box", has_text="linear 10").wait_for()
        times = []
        for width in range(11, 18):
            begun = time.perf_counter()
            path.write_text(SPEC.replace("linear(10)", f"linear({width})"))
            diagram.locator("g.box", has_text=f"linear {width}").wait_for()
            times.append(time.perf_counter() - begun)
        print(f"from save to page: {sorted(times)[len(times) // 2] * 1e3:.0f} ms")
        assert min(times) < SOON * SLOW


def test_a_slow_server_and_one_that_has_ended_are_told_of(tmp_path):
    path = tmp_path / "small.arch"
    path.write_text(SPEC)
    server = Preview(path)
    with page_of(server, ended=True) as page:
        diagram, status = page.frame_locator("#drawing"), page.locator("#status")
        diagram.locator("g.box", has_text="linear 10").wait_for()
        expect(status).to_be_hidden()
        held = []
        page.route("**/state*", lambda route: held.append(route))
        path.write_text(SPEC.replace("linear(10)", "linear(12)"))
        expect(status).to_have_text("working on the next version …")
        page.route("**/state*", lambda route: route.continue_())
        for route in held:
            route.continue_()
        diagram.locator("g.box", has_text="linear 12").wait_for()
        expect(status).to_be_hidden()
        page.route("**/state*", lambda route: route.abort("connectionreset"))
        path.write_text(SPEC)
        expect(status).to_have_text("archdsl could not show this version")
        page.route("**/state*", lambda route: route.continue_())
        path.write_text(SPEC.replace("linear(10)", "linear(14)"))
        diagram.locator("g.box", has_text="linear 14").wait_for()
        expect(status).to_be_hidden()
        server.watched.end()
        server.shutdown()
        expect(status).to_have_text("archdsl serve has ended")
        assert "lost" in status.get_attribute("class")


def test_a_server_that_says_nothing_any_more_is_told_of(tmp_path):
    path = tmp_path / "small.arch"
    path.write_text(SPEC)
    server = Preview(path)
    with page_of(server) as page:
        page.clock.install()
        page.reload()
        page.frame_locator("#drawing").locator("g.box", has_text="linear 10").wait_for()
        page.clock.fast_forward(31_000)
        expect(page.locator("#status")).to_have_text("archdsl serve does not answer")
        server.watched.tell(1)
        expect(page.locator("#status")).to_be_hidden()


def test_texts_that_take_long_leave_no_word_behind(tmp_path):
    """The diagram is there, so that the page says nothing of a next version."""
    path = tmp_path / "small.arch"
    path.write_text(SPEC)
    with page_of(Preview(path)) as page:
        held = []
        expect(page.locator("#table")).to_contain_text("10")
        page.route("**/texts*", lambda route: held.append(route))
        path.write_text(SPEC.replace("linear(10)", "linear(12)"))
        diagram = page.frame_locator("#drawing")
        diagram.locator("g.box", has_text="linear 12").wait_for()
        page.wait_for_timeout(1_500)  # longer than an answer may take without a word
        assert len(held) == 1
        expect(page.locator("#status")).to_be_hidden()
        held[0].continue_()
        expect(page.locator("#table")).to_contain_text("12")
        expect(page.locator("#status")).to_be_hidden()
