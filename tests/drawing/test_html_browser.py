"""The HTML page as a user meets it in Chromium: reads, opens, asks, searches, copies, saves.

That Firefox draws the same is tested by what the page itself finds there.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import networks
import pytest
from browsers import program, run_in
from PIL import Image
from playwright.sync_api import Browser, Download, Page, sync_playwright
from printed import SVG

from archdsl import load
from archdsl.analyses.figures.report import audit
from archdsl.backends.html import to_html

pytestmark = pytest.mark.browser
Files = dict[str, Path]
DESK = (1280, 800)
SIZES = [DESK, (1920, 1080), (390, 844)]
NETWORKS = ["resnet18", "googlenet", "unet", "swin_t", "densenet121"]

OVERLAPS = """() => {
  const boxes = page.scene.boxes;
  const meet = (a, b) => a.x + a.width > b.x + .5 && b.x + b.width > a.x + .5
    && a.y + a.height > b.y + .5 && b.y + b.height > a.y + .5;
  return boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => meet(a.at, b.at))
    .map((b) => [caption(a.id), caption(b.id)]));
}"""
CROSSINGS = """() => {
  const found = [];
  for (const wire of document.querySelectorAll(".wire")) {
    const { tail, head } = wire.dataset;
    const own = new Set([tail, head, told(tail), told(head)]);
    const path = wire.querySelector("path");
    const others = page.scene.boxes.filter(({ id }) => !own.has(id) && !own.has(told(id)));
    const length = path.getTotalLength();
    for (let at = 3; at < length - 3; at += 3) {
      const p = path.getPointAtLength(at);
      const hit = others.find(({ at: r }) => p.x > r.x + 2 && p.x < r.x + r.width - 2
        && p.y > r.y + 2 && p.y < r.y + r.height - 2);
      if (hit) { found.push([caption(tail), caption(head), caption(hit.id)]); break; }
    }
  }
  return found;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=program("chromium"), args=["--no-sandbox"]
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Pages by the names of their networks, written once."""

    class Written(dict[str, Path]):
        def __missing__(self, name: str) -> Path:
            text = getattr(networks, name, None)
            drawn_program = networks.program(text) if text else load(name).program
            self[name] = tmp_path_factory.mktemp("page") / f"{name}.html"
            self[name].write_text(to_html(drawn_program), encoding="utf-8")
            return self[name]

    return Written()


class Opened:
    """A page in a window, which must log no error."""

    def __init__(
        self,
        browser: Browser,
        file: Path,
        size: tuple[int, int] = DESK,
        link: str = "",
        **more: Any,
    ) -> None:
        viewport = {"width": size[0], "height": size[1]}
        self.context = browser.new_context(viewport=viewport, accept_downloads=True, **more)  # type: ignore[arg-type]
        self.context.grant_permissions(["clipboard-read", "clipboard-write"])
        self.page: Page = self.context.new_page()
        self.wrong: list[str] = []
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", lambda line: self.wrong.append(line.text))
        self.page.on("dialog", lambda dialog: self.wrong.append(dialog.message))
        self.page.goto(file.as_uri() + link)
        self.page.wait_for_selector("body[data-ready]")

    def __enter__(self) -> "Opened":
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()
        assert self.wrong == []

    def box(self, words: str) -> Any:
        return self.page.locator("g.box", has_text=words).first

    def ask(self, script: str) -> Any:
        return self.page.evaluate(script)

    def until(self, script: str) -> None:
        """Waits for a condition; the page's policy lets no text be evaluated within it."""
        for _ in range(100):
            if self.ask(script):
                return
            self.page.wait_for_timeout(30)
        raise AssertionError(f"{script} has not come true in 3 s")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def panel(self) -> str:
        panel = self.page.locator("#panel")
        return panel.inner_text() if panel.is_visible() else ""

    def place(self, words: str) -> tuple[float, float]:
        rectangle = self.box(words).locator("rect").first.bounding_box()
        return rectangle["x"], rectangle["y"]


# --- at first sight ---


@pytest.mark.parametrize("size", SIZES, ids=["laptop", "desk", "phone"])
@pytest.mark.parametrize("name", NETWORKS)
def test_letters_are_readable_and_what_fits_is_whole(
    browser: Browser, files: Files, name: str, size: tuple[int, int]
) -> None:
    with Opened(browser, files[name], size) as opened:
        assert opened.ask("view.scale * LETTERS") >= 9
        stage = opened.page.locator("#stage").bounding_box()
        whole = opened.ask("scaleFor(page.scene.bounds) * LETTERS") >= 9
        inside = [b for b in opened.page.locator("g.box > rect").all() if _within(b, stage)]
        total = opened.page.locator("g.box").count()
        assert len(inside) == total if whole else len(inside) >= 3
        assert opened.ask("document.documentElement.scrollWidth") <= size[0]


def _within(rect: Any, stage: Any) -> bool:
    box = rect.bounding_box()
    return bool(
        box["x"] >= stage["x"] - 1
        and box["x"] + box["width"] <= stage["x"] + stage["width"] + 1
        and box["y"] >= stage["y"] - 1
        and box["y"] + box["height"] <= stage["y"] + stage["height"] + 1
    )


def test_it_is_fitted_again_when_the_window_changes(browser: Browser, files: Files) -> None:
    """A wide window has the wide arrangement, a high one the other."""
    with Opened(browser, files["resnet18"]) as opened:
        assert opened.ask("page.sheet === network.wide")
        before = opened.ask("view.scale")
        opened.page.set_viewport_size({"width": 700, "height": 1100})
        opened.until("page.sheet === network.tall")
        opened.page.set_viewport_size({"width": 1900, "height": 1000})
        opened.until(f"view.scale > {before}")
        assert opened.ask("page.sheet === network.wide")


@pytest.mark.parametrize("name", ["googlenet", "fpn_resnet50"])
def test_what_is_unfolded_begins_with_its_input(browser: Browser, files: Files, name: str) -> None:
    with Opened(browser, files[name], SIZES[-1]) as opened:
        opened.press("u")
        stage = opened.page.locator("#stage").bounding_box()
        assert _within(opened.box("input 3x224x224").locator("rect").first, stage)


def test_the_totals_are_not_cut(browser: Browser, files: Files) -> None:
    with Opened(browser, files["googlenet"]) as opened:
        assert opened.page.locator("#facts").inner_text().endswith("1.50G MACs")
        assert opened.ask(
            "facts.scrollWidth <= facts.clientWidth && facts.scrollHeight <= facts.clientHeight"
        )


@pytest.mark.parametrize("name", ["googlenet", "fpn_resnet50"])
def test_a_click_moves_nothing_that_is_in_sight(browser: Browser, files: Files, name: str) -> None:
    with Opened(browser, files[name]) as opened:
        before = opened.place("input 3x224x224"), opened.ask("view.scale")
        opened.box("input 3x224x224").locator("xpath=following-sibling::*[1]").click()
        assert opened.panel()
        opened.page.wait_for_timeout(100)
        assert (opened.place("input 3x224x224"), opened.ask("view.scale")) == before


@pytest.mark.parametrize(
    ("scheme", "paper"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(15, 23, 42)")]
)
def test_it_is_dark_where_the_system_is(
    browser: Browser, files: Files, scheme: Any, paper: str
) -> None:
    with Opened(browser, files["DENSE"], color_scheme=scheme) as opened:
        shown = "getComputedStyle(document.body).backgroundColor"
        assert opened.ask(shown) == paper
        opened.press("d")
        assert opened.ask(shown) != paper
        opened.press("d")
        assert opened.ask(shown) == paper


# --- asking ---


def test_a_click_tells_the_facts_and_leads_to_the_line(browser: Browser, files: Files) -> None:
    with Opened(browser, files["RESIDUAL"]) as opened:
        assert opened.panel() == ""
        opened.box("conv 7x7/2 64").click()
        for words in ("conv(64, 7", "3x224x224", "64x112x112", "9,536", "118,013,952", "7x7"):
            assert words in opened.panel()
        marked = opened.page.locator(".marked")
        assert marked.inner_text().strip().startswith("conv1 = conv(64, 7, stride=2")
        assert marked.is_visible()
        assert opened.page.url.endswith("#conv1")
        opened.press("Escape")
        assert opened.panel() == "" and "#" not in opened.page.url


def test_the_line_is_scrolled_to(browser: Browser, files: Files) -> None:
    with Opened(browser, files["googlenet"]) as opened:
        opened.box("inception5b").click()
        lines = opened.page.locator(".source").bounding_box()
        marked = opened.page.locator(".marked").bounding_box()
        assert lines["y"] <= marked["y"] < lines["y"] + lines["height"]
        assert opened.ask("document.querySelector('.source').scrollTop") > 0


def test_the_path_is_copied_with_one_key(browser: Browser, files: Files) -> None:
    with Opened(browser, files["resnet18"], link="#layer3.0.conv2") as opened:
        opened.press("c")
        opened.page.wait_for_selector("#note:visible")
        assert opened.ask("navigator.clipboard.readText()") == "layer3.0.conv2"
        opened.press("l")
        opened.until(
            "navigator.clipboard.readText().then((text) => text.endsWith('#layer3.0.conv2'))"
        )


def test_a_link_leads_to_a_box_in_a_closed_block(browser: Browser, files: Files) -> None:
    with Opened(browser, files["resnet18"], link="#layer3.0.conv2") as opened:
        assert "layer3.0.conv2, layer3.0.bn2" in opened.panel()
        assert opened.page.locator("g.box.chosen").is_visible()
        assert _within(
            opened.page.locator("g.box.chosen > rect"), opened.page.locator("#stage").bounding_box()
        )
        opened.ask("location.hash = '#layer4.1'")
        opened.until("things[page.chosen].facts.path === 'layer4.1'")
        opened.ask(
            "location.hash = '#layer1.1.conv2'"
        )  # the second of two equal ones: the one drawn
        opened.until("things[page.chosen].facts.steps[0] === 'layer1.0.conv2'")


@pytest.mark.parametrize("name", ["resnet18", "googlenet", "swin_t"])
def test_every_path_of_the_audit_has_a_box(browser: Browser, files: Files, name: str) -> None:
    paths = [row.path for row in audit(load(name).program).rows]
    with Opened(browser, files[name]) as opened:
        without_box = opened.page.evaluate("(paths) => paths.filter((path) => !named(path))", paths)
        assert without_box == [] and len(paths) > 50


def test_search_finds_what_is_closed(browser: Browser, files: Files) -> None:
    with Opened(browser, files["resnet18"]) as opened:
        opened.press("/")
        opened.page.keyboard.type("layer4.0.down")
        hits = opened.page.locator("#hits li b")
        assert hits.first.inner_text().startswith("layer4.0.downsample")
        opened.press("Enter")
        assert "layer4.0.downsample" in opened.panel()
        opened.press("/")
        opened.page.keyboard.type("max_pool")  # an op
        assert "maxpool" in hits.all_inner_texts()
        assert opened.page.locator("g.box.hit").count() == 1
        opened.press("Escape")
        assert opened.page.locator("#hits").is_hidden()
        opened.press("/")
        opened.page.keyboard.type("nowhere")
        assert opened.page.locator("#hits").inner_text() == "nothing found"


def test_keys_lead_from_box_to_box_and_open_blocks(browser: Browser, files: Files) -> None:
    with Opened(browser, files["resnet18"]) as opened:
        chosen = "page.chosen && things[page.chosen].facts.path"
        opened.press("ArrowDown")
        assert opened.ask(chosen) == "conv1, bn1, relu"
        opened.press("ArrowDown", "ArrowDown")
        assert opened.ask(chosen) == "layer1"
        opened.press("ArrowUp")
        assert opened.ask(chosen) == "maxpool"
        opened.press("ArrowDown")
        boxes = opened.page.locator("g.box").count()
        opened.press("Enter")
        assert opened.page.locator("g.box").count() == boxes + 4  # title, conv, conv, +, end
        opened.press("Enter")
        assert opened.page.locator("g.box").count() == boxes
        opened.press("?")
        assert opened.page.locator("#help").is_visible()
        opened.press("Escape")
        assert not opened.page.locator("#help").is_visible()


# --- opening and closing ---


def test_a_block_opens_where_it_stands(browser: Browser, files: Files) -> None:
    with Opened(browser, files["googlenet"]) as opened:
        others = ["conv1", "inception3a", "inside inception_bn"]
        before = [opened.place(words) for words in others]
        title = opened.place("inception4a")
        scene = opened.ask("JSON.stringify(page.scene)")
        width = opened.box("inception4a").locator("rect").first.bounding_box()["width"]
        opened.box("inception4a").locator(".badge").click()
        now = opened.box("inception4a").locator("rect").first.bounding_box()
        assert now["y"] == pytest.approx(title[1], abs=1)
        middle = now["x"] + now["width"] / 2
        assert middle == pytest.approx(title[0] + width / 2, abs=1)
        after = [opened.place(words) for words in others]
        left = {round(b[0] - a[0], 1) for a, b in zip(before[:1], after[:1], strict=True)}
        assert len(left) == 1 and after[0][1] == pytest.approx(before[0][1], abs=1)
        assert after[1][1] == pytest.approx(before[1][1], abs=1)  # above it, in the same column
        assert opened.ask(OVERLAPS) == [] and opened.ask(CROSSINGS) == []
        opened.box("inception4a").locator(".badge").click()
        assert opened.ask("JSON.stringify(page.scene)") == scene


def test_lines_of_a_title_begin_at_one_edge(browser: Browser, files: Files) -> None:
    with Opened(browser, files["swin_t"], link="#features.5.0.attn.qkv") as opened:
        x = "[...document.querySelectorAll('text.title')].filter(({textContent: t}) =>"
        x += " t === '× 3' || t.startsWith('drop')).map((t) => t.getAttribute('x'))"
        lines = opened.ask(x)
        assert len(lines) == 2 and len(set(lines)) == 1


FARTHEST_FROM_STRAIGHT = """(kind) => {
  const farthest = (path) => {
    const length = path.getTotalLength();
    const [a, b] = [path.getPointAtLength(0), path.getPointAtLength(length)];
    const across = (p) => (b.x - a.x) * (a.y - p.y) - (a.x - p.x) * (b.y - a.y);
    const off = (p) => Math.abs(across(p)) / Math.hypot(b.x - a.x, b.y - a.y);
    const parts = [1, 2, 3, 4, 5, 6, 7].map((k) => k * length / 8);
    return Math.max(...parts.map((at) => off(path.getPointAtLength(at))));
  };
  return Math.max(...[...document.querySelectorAll(kind)].map(farthest));
}"""


def test_an_arrow_stays_straight_where_it_has_room(browser: Browser, files: Files) -> None:
    with Opened(browser, files["googlenet"]) as opened:
        aside = ".wire.training path"  # to the two auxiliary heads
        assert opened.page.locator(aside).count() == 2
        opened.box("inception4a").locator(".badge").click()
        opened.box("inception4d").locator(".badge").click()
        assert opened.page.evaluate(FARTHEST_FROM_STRAIGHT, aside) < 8
        assert opened.ask(CROSSINGS) == []


def test_a_closed_panel_gives_its_room_back(browser: Browser, files: Files) -> None:
    with Opened(browser, files["resnet18"], link="#layer3") as opened:
        opened.until("stage.clientWidth < 1000")
        opened.press("Escape")
        opened.until("Math.abs(view.scale - scaleFor(page.scene.bounds)) < 1e-6")


def test_a_shape_at_the_end_of_a_block_is_not_said_again(browser: Browser, files: Files) -> None:
    with Opened(browser, files["resnet18"]) as opened:
        shown = opened.page.locator("text", has_text="256x14x14")
        assert shown.count() == 1
        opened.box("0: basic_block(256, stride=2)").locator(".badge").click()
        assert shown.count() == 3  # of the first convolution, the shortcut and the block


def test_a_frame_of_the_figure_closes_and_gives_its_room_back(
    browser: Browser, files: Files
) -> None:
    with Opened(browser, files["resnet18"]) as opened:
        scene = opened.ask("JSON.stringify(page.scene)")
        gap = opened.place("layer4")[1] - opened.place("layer3")[1]
        opened.box("layer3").locator(".badge").click()
        assert opened.page.locator("g.box", has_text="basic_block(256)").count() == 1
        assert "basic_block" in opened.box("layer3").text_content()
        assert opened.place("layer4")[1] - opened.place("layer3")[1] < gap / 1.5
        assert opened.ask(OVERLAPS) == [] and opened.ask(CROSSINGS) == []
        opened.box("layer3").dblclick()
        assert opened.ask("JSON.stringify(page.scene)") == scene


@pytest.mark.parametrize("name", [*NETWORKS, "hrnet_w18", "inception_v4", "BRANCHES", "SIAMESE"])
def test_nothing_overlaps_however_much_is_open(browser: Browser, files: Files, name: str) -> None:
    with Opened(browser, files[name]) as opened:
        for _ in range(6):
            opened.press("u")
            assert opened.ask(OVERLAPS) == []
            assert opened.ask(CROSSINGS) == []
        assert opened.ask("page.scene.boxes.every(({id}) => !(id in insides))")
        opened.press("f")
        assert opened.page.locator("g.box").count() == opened.ask(
            "Object.keys(page.sheet.boxes).length"
        )
        opened.press("f")
        assert opened.ask(OVERLAPS) == [] and opened.ask(CROSSINGS) == []


# --- colours, files, memory ---


def test_heat_is_switched_on_the_page(browser: Browser, files: Files) -> None:
    with Opened(browser, files["resnet18"]) as opened:
        fill = "getComputedStyle(document.querySelector('g.convolution, g.box[data-id] rect')).fill"
        opened.page.locator("#heat button", has_text="MACs").click()
        assert "share of the network's 1.81G MACs" in opened.page.locator("#legend").inner_text()
        assert "6.5% of MACs" in opened.box("conv 7x7/2 64").text_content()
        share = 411041792 / 1814073344  # of two basic blocks of He et al. 2016, table 1
        assert f"{100 * share:.0f}% of MACs" in opened.box("layer2").text_content()
        opened.box("layer1").locator(".badge").click()
        assert "25% of MACs" in opened.box("layer1").text_content()
        opened.press("h")
        assert "activations" in opened.page.locator("#legend").inner_text()
        opened.press("h")
        assert "convolution" in opened.page.locator("#legend").inner_text()
        assert "118M MACs" in opened.box("conv 7x7/2 64").text_content()
        assert opened.ask(fill)


def _saved(download: Download, folder: Path) -> Path:
    path = folder / download.suggested_filename
    download.save_as(path)
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_seen_is_saved(browser: Browser, files: Files, tmp_path: Path, scheme: Any) -> None:
    with Opened(browser, files["resnet18"], color_scheme=scheme) as opened:
        opened.box("layer1").dblclick()  # which chooses it, too
        with opened.page.expect_download() as drawn:
            opened.press("s")
        root = ElementTree.parse(_saved(drawn.value, tmp_path)).getroot()
        words = ["".join(e.itertext()) for e in root.iter(f"{SVG}text")]
        seen = opened.ask("[...document.querySelectorAll('#view text')].map((t) => t.textContent)")
        assert words[:2] == ["resnet18", "input 3x224x224 · 11,689,512 params · 1.81G MACs"]
        assert words[2:] == seen and len(seen) > 40
        assert not [e for e in root.iter() if "class" in e.attrib and "badge" in e.attrib["class"]]
        strokes = {e.get("stroke") for e in root.iter()}
        assert strokes.isdisjoint({"rgb(37, 99, 235)", "rgb(124, 176, 255)"})  # of what is chosen
        assert opened.page.locator("g.box.chosen").count() > 0
        fills = {e.get("fill") for e in root.iter(f"{SVG}rect")}
        assert ("rgb(211, 229, 245)" in fills) == (scheme == "light")
        assert not [e for e in root.iter() if "var(" in str(e.attrib)]
        with opened.page.expect_download() as drawn:
            opened.press("p")
        with Image.open(_saved(drawn.value, tmp_path)) as image:
            _, _, width, height = map(float, root.attrib["viewBox"].split())
            assert image.width / image.height == pytest.approx(width / height, rel=0.01)
            assert image.width >= 2 * width and len(image.convert("RGB").getcolors(1 << 24)) > 20  # type: ignore[arg-type]


def test_a_reload_finds_everything_again(browser: Browser, files: Files) -> None:
    with Opened(browser, files["resnet18"]) as opened:
        opened.box("layer1").locator(".badge").click()
        opened.box("layer4").locator(".badge").click()
        opened.press("h")
        opened.box("fc: linear 1000").click()
        place = "[view.x, view.y, view.scale].map(Math.round)"
        state = f"JSON.stringify([page.scene, page.heat, page.chosen, {place}])"
        before = opened.ask(state)
        opened.page.reload()
        opened.page.wait_for_selector("body[data-ready]")
        assert opened.ask(state) == before


# --- phones ---


def test_a_phone_taps_and_pinches(browser: Browser, files: Files) -> None:
    with Opened(browser, files["resnet18"], (390, 844), has_touch=True, is_mobile=True) as opened:
        opened.box("conv 7x7/2 64").tap()
        panel = opened.page.locator("#panel").bounding_box()
        assert panel["width"] == pytest.approx(390, abs=1) and panel["y"] > 300
        assert "118,013,952" in opened.panel()
        opened.page.locator("#panel button", has_text="×").tap()
        scale = opened.ask("view.scale")
        client = opened.context.new_cdp_session(opened.page)
        for kind, apart in [("Start", 40), ("Move", 80), ("Move", 120), ("End", 0)]:
            fingers = [{"x": 195 + side * apart, "y": 400, "id": side + 1} for side in (-1, 1)]
            touch = {"type": f"touch{kind}", "touchPoints": fingers if apart else []}
            client.send("Input.dispatchTouchEvent", touch)
        assert opened.ask("view.scale") == pytest.approx(3 * scale, rel=0.15)


# --- the user's text ---


def test_a_hostile_spec_is_shown_and_nothing_runs(browser: Browser, tmp_path: Path) -> None:
    text = (
        'block b(mode: str):\n    """<img src=x onerror=alert(1)></script><script>alert(2)"""\n'
        "    conv(4, 3) -> conv(4, 3)\n"
        'network N(mode="<svg onload=alert(3)>\\"\' onclick=alert(4)"):\n'
        "    input 3x8x8\n    b(mode)  # </script><script>alert(5)</script>\n"
    )
    file = tmp_path / "hostile.html"
    file.write_text(to_html(networks.program(text)), encoding="utf-8")
    with Opened(browser, file) as opened:
        opened.press("u")
        opened.box("b").click()
        assert "<img src=x onerror=alert(1)>" in opened.panel()
        opened.press("/")
        opened.page.keyboard.type("alert")
        assert opened.page.locator("#hits li").count() >= 1
        known = {"title", "g", "rect", "path", "polygon", "text", "circle"}
        tags = opened.ask("[...document.querySelectorAll('#view *')].map((e) => e.tagName)")
        assert set(tags) <= known
        assert opened.ask("document.querySelectorAll('img, #panel script, #panel svg').length") == 0


@pytest.mark.parametrize("name", ["chromium", "firefox"])
def test_both_browsers_find_the_same(name: str, files: Files, tmp_path: Path) -> None:
    page = files["resnet18"].read_text(encoding="utf-8")
    script = f"""
    for (let k = 0; k < 3; k++) page.unfold();
    found.overlaps = ({OVERLAPS})();
    found.crossings = ({CROSSINGS})();
    page.choose(named("layer3.0.conv2"));
    found.panel = document.getElementById("panel").textContent;
    page.colour("macs");
    found.legend = document.getElementById("legend").textContent;
    found.saved = asSvg().split('<text').length;
    """
    answer = run_in(name, page, script, tmp_path)
    assert answer["overlaps"] == answer["crossings"] == []
    assert "layer3.0.conv2" in answer["panel"] and "1.81G MACs" in answer["legend"]
    assert answer["saved"] > 60
