"""The playground in Chromium: by the local server, and by the worker of the site."""

import functools
import math
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from archdsl.playground.address import encode
from archdsl.playground.server import Playground
from tests.playground.test_in_pyodide import collected as collected

pytestmark = pytest.mark.browser
SPEC = """\
network small:
    input 3x8x8
    first = conv(4, 3)
    flatten -> linear(10)
"""
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    server = Playground()
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield server.address
    server.shutdown()
    thread.join(10)


class Quiet(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def site(collected: Path) -> Iterator[str]:
    handler = functools.partial(Quiet, directory=str(collected))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Open]:
    """Opens an address; in the end no script has failed, and no other host was asked."""
    wrong: list[str] = []
    contexts = []

    def opened(address: str, ended: bool = False) -> Page:
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(90_000)
        own = ("/".join(address.split("/")[:3]), "data:", "blob:")
        page.on("pageerror", lambda error: wrong.append(str(error)))
        if not ended:  # Python tells there that it came to an end
            page.on("console", lambda line: wrong.append(line.text))
        page.on("request", lambda asked: asked.url.startswith(own) or wrong.append(asked.url))
        page.goto(address)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []


def shows(page: Page, words: str) -> None:
    expect(page.locator("#sheet svg text", has_text=words).first).to_be_attached(timeout=90_000)


def at_the_end_of(page: Page, line: str) -> None:
    page.mouse.move(0, 0)  # away from what is told of a word
    expect(page.locator(".cm-tooltip-hover")).to_have_count(0)
    page.locator(".cm-line", has_text=line).first.click()
    page.keyboard.press("End")


def test_a_spec_is_chosen_changed_broken_and_mended(served: str, visit: Open) -> None:
    page = visit(served)
    shows(page, "resnet18")
    page.locator("#open-catalogue").click()
    page.locator("#query").fill("lenet5")
    page.keyboard.press("Enter")
    shows(page, "lenet5")
    page.wait_for_url("**/*#name=lenet5")
    at_the_end_of(page, "linear(classes)")
    page.keyboard.type(" -> relu")
    shows(page, "linear 10 · relu")
    expect(page.locator("body")).not_to_have_class("stale")
    page.keyboard.type(" -> linar(3)")
    expect(page.locator("#findings li.error")).to_contain_text("linar")
    expect(page.locator("body")).to_have_class("stale")
    shows(page, "linear 10 · relu")  # the last good picture
    expect(page.locator(".cm-lintRange-error")).to_have_text("linar")
    page.locator("#findings .remedy").first.click()
    shows(page, "output 3")
    expect(page.locator("#findings li")).to_contain_text("E0701")  # a promise of the spec
    expect(page.locator("body")).not_to_have_class("stale")


def test_hints_hovers_and_proposals(served: str, visit: Open) -> None:
    page = visit(f"{served}#{encode(SPEC)}")
    expect(page.locator(".hint.shape").first).to_have_text("4x6x6")
    expect(page.locator(".hint.argument").first).to_have_text("kernel_size=")
    page.locator(".cm-line span", has_text="conv").first.hover()
    expect(page.locator(".cm-tooltip .told")).to_contain_text("torch.nn.Conv2d")
    at_the_end_of(page, "first =")
    page.keyboard.type(" -> max_po")
    expect(page.locator(".cm-completionLabel", has_text="max_pool").first).to_be_visible()
    page.wait_for_timeout(200)  # a key that was on its way chooses no proposal
    page.keyboard.press("Enter")
    page.keyboard.type("2")
    expect(page.locator(".hint.shape").first).to_have_text("4x3x3")


def test_the_other_views_and_the_way_from_a_box_to_its_line(served: str, visit: Open) -> None:
    page = visit(f"{served}#{encode(SPEC)}")
    shows(page, "small")
    page.locator("#sheet g.box", has_text="conv 3x3").click()
    expect(page.locator("#sheet g.box.lit")).to_contain_text("conv 3x3")
    page.locator("[role=tab][data-view=audit]").click()
    expect(page.locator("#table tfoot")).to_contain_text("1,562")
    page.locator("[role=tab][data-view=source]").click()
    expect(page.locator("#python")).to_contain_text("class Small(nn.Module):")
    at_the_end_of(page, "linear(10)")
    page.keyboard.type(" -> softmax")
    expect(page.locator("#python")).to_contain_text("self.softmax")


def test_what_is_saved_and_shared(served: str, visit: Open) -> None:
    page = visit(f"{served}#{encode(SPEC)}")
    shows(page, "small")
    for kind, begins in (
        ("arch", "network small"),
        ("py", '"""'),
        ("svg", "<?xml"),
        ("html", "<!doc"),
    ):
        page.locator("#save").click()
        with page.expect_download() as saved:
            page.locator(f"[data-save={kind}]").click()
        assert saved.value.suggested_filename == f"small.{kind}"
        assert Path(saved.value.path()).read_text().startswith(begins)
    at_the_end_of(page, "linear(10)")
    page.keyboard.type(" -> relu")
    shows(page, "relu")
    page.locator("#share").click()
    expect(page.locator("#note")).to_be_visible()
    shows(visit(page.url), "linear 10 · relu")


def test_nothing_of_a_spec_becomes_markup(served: str, visit: Open) -> None:
    evil = "<img src=x onerror=alert(1)>"
    text = SPEC.replace("small:\n", f'small:\n    """{evil}"""\n')
    page = visit(f"{served}#{encode(text + f'    relux -> {evil!r}')}")
    expect(page.locator("#findings li").first).to_be_attached()
    page = visit(f"{served}#{encode(text)}")
    shows(page, "small")
    page.locator("[role=tab][data-view=audit]").click()
    expect(page.locator("#table tfoot")).to_contain_text("1,562")
    page.locator("[role=tab][data-view=source]").click()
    expect(page.locator("#python")).to_contain_text(evil)
    assert page.locator("img:not(.cm-widgetBuffer)").count() == 0


def test_a_slow_answer_is_told_of(served: str, visit: Open) -> None:
    page = visit(f"{served}#{encode(SPEC)}")
    shows(page, "small")
    expect(page.locator("#progress")).to_be_hidden()
    held: list[Route] = []
    page.route("**/answer", lambda route: held.append(route))
    at_the_end_of(page, "linear(10)")
    page.keyboard.type(" -> relu")
    expect(page.locator("#progress")).to_have_text(re.compile(r"working for [1-9]\d* s …"))
    page.route("**/answer", lambda route: route.continue_())
    for route in held:
        route.continue_()
    shows(page, "relu")
    expect(page.locator("#progress")).to_be_hidden()


def test_a_server_that_ends_is_told_of_and_the_spec_can_be_saved(visit: Open) -> None:
    server = Playground()
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    page = visit(f"{server.address}#{encode(SPEC)}", ended=True)
    shows(page, "small")
    page.route("**/answer", lambda route: route.abort("connectionreset"))
    at_the_end_of(page, "linear(10)")
    page.keyboard.type(" -> relu")
    expect(page.locator("#lost")).to_contain_text("archdsl serve has ended: save the spec")
    expect(page.locator("#stale")).to_have_text("as it was before this text")
    page.wait_for_timeout(5_000)
    expect(page.locator("#lost")).to_be_visible()  # as long as it is so
    page.locator("#save").click()
    with page.expect_download() as saved:
        page.locator("[data-save=arch]").click()
    assert Path(saved.value.path()).read_text().endswith("linear(10) -> relu\n")
    page.unroute("**/answer")
    page.keyboard.press("End")
    at_the_end_of(page, "linear(10)")
    page.keyboard.type(" -> relu")
    expect(page.locator("#lost")).to_be_hidden()
    server.shutdown()
    thread.join(10)


def test_a_text_that_is_too_large_says_so(
    served: str, visit: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archdsl.playground.server.MOST", 1000)
    page = visit(f"{served}#{encode(SPEC)}", ended=True)
    shows(page, "small")
    at_the_end_of(page, "linear(10)")
    page.keyboard.insert_text(f"  # {'x' * 1000}")
    expect(page.locator("#note")).to_contain_text("too large for the playground")


def test_the_diagram_is_moved_by_wheel_and_pointer(served: str, visit: Open) -> None:
    page = visit(f"{served}#{encode(SPEC)}")
    shows(page, "small")
    place = page.locator("#diagram").bounding_box()
    assert place is not None
    x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    seen = lambda: page.locator("#sheet").evaluate(  # noqa: E731
        "e => { const m = new DOMMatrix(getComputedStyle(e).transform); return [m.a, m.e, m.f] }"
    )
    before = seen()
    page.mouse.move(x, y)
    page.mouse.wheel(0, -200)
    page.wait_for_timeout(100)
    larger = seen()
    assert larger[0] == pytest.approx(before[0] * math.exp(0.3), rel=1e-4)
    box = page.locator("#sheet g.box", has_text="conv 3x3")
    box.hover()
    page.mouse.down()
    page.mouse.move(x + 50, y + 30, steps=5)
    page.mouse.up()
    assert seen()[0] == larger[0] and seen()[1:] != larger[1:]
    expect(page.locator("#sheet g.box.lit")).to_have_count(0)  # a drag is no click
    page.locator("#fit").click()
    assert seen() == before


def test_a_broken_address_says_so_and_begins_anyway(served: str, visit: Open) -> None:
    page = visit(f"{served}#spec=AAAA")
    expect(page.locator("#note")).to_contain_text("holds no spec")
    shows(page, "resnet18")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_has_one_view_at_a_time_and_nothing_to_the_side(
    served: str, visit: Open, scheme: str
) -> None:
    page = visit(served)
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 390, "height": 780})
    shows(page, "resnet18")
    expect(page.locator("#editor")).not_to_be_visible()
    page.locator("[role=tab][data-view=spec]").click()
    expect(page.locator("#editor")).to_be_visible()
    expect(page.locator("#sheet svg")).not_to_be_visible()
    assert page.locator("html").evaluate("e => e.scrollWidth") <= 390
    dark = page.locator("body").evaluate("e => getComputedStyle(e).backgroundColor")
    assert (dark == "rgb(15, 23, 42)") == (scheme == "dark")


def test_the_site_s_page_compiles_in_the_browser(site: str, visit: Open) -> None:
    page = visit(site)
    shows(page, "resnet18")  # before the compiler has begun
    expect(page.locator("#progress")).to_be_hidden(timeout=120_000)
    at_the_end_of(page, "fc = linear(classes)")
    page.keyboard.type(" -> linear(7)")
    shows(page, "output 7")
    page.keyboard.type(" -> conv(1)")
    expect(page.locator("#findings li.error")).to_be_attached()
    expect(page.locator("body")).to_have_class("stale")


def test_the_compiler_begins_anew_after_a_text_that_ends_it(site: str, visit: Open) -> None:
    page = visit(f"{site}#{encode(SPEC.replace('4, 3', '-' * 5000 + '4, 3'))}", ended=True)
    expect(page.locator("#waiting")).to_be_visible()
    expect(page.locator("#note")).to_contain_text("begins anew", timeout=120_000)
    page.evaluate("fragment => { location.hash = fragment }", encode(SPEC))
    shows(page, "conv 3x3")
