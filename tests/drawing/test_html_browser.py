"""The HTML page in real browsers: folds, zooms, pans, tells, and leads to the source's line."""

from pathlib import Path

import networks
import pytest
from browsers import run_in

from archdsl.backends.html import to_html

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("browser", ["chromium", "firefox"])]

LOOK = """
const $ = (selector) => document.querySelector(selector);
const all = (selector) => [...document.querySelectorAll(selector)];
const shown = (element) => element.getClientRects().length > 0;
const paths = () => all("#wires > path").map((path) => path.getAttribute("d"));
const titled = (text) => all(".title, .box").find((e) => e.textContent.includes(text));
const press = (selector) => $(selector).click();
"""


def test_folding_hides_insides_and_leads_arrows_to_the_block(browser: str, tmp_path: Path) -> None:
    page = to_html(networks.program(networks.RESIDUAL))
    script = """
    found.folded = all(".frame.folded").length;
    found.boxes = all(".box[id]").filter(shown).length;
    found.arrows = paths().length;
    press("[data-do=unfold]"); await tick();
    found.unfolded = all(".frame.folded").length;
    found.allBoxes = all(".box[id]").filter(shown).length;
    found.allArrows = paths().length;
    found.skips = all("#wires > path.skip").length;
    found.broken = paths().filter((d) => /NaN|undefined|Infinity/.test(d));
    press("[data-do=fold]"); await tick();
    found.open = all(".frame:not(.folded)").length;
    found.stages = all(".frame").filter(shown).map((f) => f.querySelector("span").textContent);
    found.fewArrows = paths().length;
    titled("layer4").querySelector(".fold").click(); await tick();
    found.opened = all(".frame:not(.folded)").length;
    found.state = titled("layer4").querySelector(".fold").getAttribute("aria-expanded");
    """
    found = run_in(browser, page, LOOK + script, tmp_path)
    assert found["folded"] == 7 and found["unfolded"] == 0 and found["broken"] == []
    # input, stem, pool, pooled, linear, output, and in the seven units drawn 3 or 4 boxes
    assert (found["boxes"], found["allBoxes"]) == (6, 6 + 4 * 3 + 3 * 4)
    assert (found["open"], found["opened"], found["state"]) == (0, 1, "true")
    assert [s.partition(":")[0] for s in found["stages"]] == [
        "layer1",
        "layer2",
        "layer3",
        "layer4",
    ]
    assert found["skips"] == 4
    assert found["fewArrows"] == 9  # ten things in a row
    assert found["arrows"] == 9 + 3 * 2  # three stages open, each with its title and two units
    assert found["allArrows"] > found["arrows"]


def test_hovering_tells_and_clicking_leads_to_the_line(browser: str, tmp_path: Path) -> None:
    page = to_html(networks.program(networks.RESIDUAL))
    script = """
    const box = titled("conv 7x7/2 64");
    box.dispatchEvent(new PointerEvent("pointerover", {bubbles: true, clientX: 9, clientY: 9}));
    found.tip = shown($("#tip")) ? $("#tip").innerText : "";
    $("#canvas").dispatchEvent(new PointerEvent("pointerleave"));
    found.after = shown($("#tip"));
    found.sourceBefore = shown($("#source"));
    box.click();
    found.source = shown($("#source"));
    found.marked = all(".marked").map((line) => line.textContent);
    titled("layer2").click();
    found.then = all(".marked").map((line) => line.textContent.trim());
    dispatchEvent(new KeyboardEvent("keydown", {key: "Escape"}));
    found.closed = shown($("#source"));
    """
    found = run_in(browser, page, LOOK + script, tmp_path)
    for word in ("conv(64, 7", "3x224x224", "64x112x112", "9,536", "118,013,952", "7x7"):
        assert word in found["tip"]
    assert found["marked"] == ["    conv1 = conv(64, 7, stride=2, padding=3, bias=false)"]
    assert len(found["then"]) == 1 and found["then"][0].startswith("layer{i + 1} = unit(")
    assert not found["after"] and not found["sourceBefore"] and not found["closed"]
    assert found["source"]


def test_zooming_and_panning(browser: str, tmp_path: Path) -> None:
    page = to_html(networks.program(networks.SKIPS))
    script = """
    const rect = () => { const r = $("#n1").getBoundingClientRect(); return [r.x, r.y, r.width]; };
    press("[data-do=fit]");
    found.start = rect();
    const [x, y] = rect();
    $("#stage").dispatchEvent(new WheelEvent("wheel", {
      deltaY: -400, clientX: x, clientY: y, bubbles: true, cancelable: true }));
    found.near = rect();
    press("[data-do=fit]"); found.fitted = rect();
    const at = (type, dx, dy) => $("#stage").dispatchEvent(new PointerEvent(type, {
      bubbles: true, button: 0, clientX: 200 + dx, clientY: 200 + dy }));
    at("pointerdown", 0, 0); at("pointermove", 50, 30); at("pointerup", 50, 30);
    found.dragged = rect();
    dispatchEvent(new KeyboardEvent("keydown", {key: "0"}));
    found.again = rect();
    const inside = all(".box[id]").map((e) => e.getBoundingClientRect());
    const stage = $("#stage").getBoundingClientRect();
    found.clipped = inside.filter((r) => r.left < stage.left || r.right > stage.right
      || r.top < stage.top || r.bottom > stage.bottom).length;
    """
    found = run_in(browser, page, LOOK + script, tmp_path)
    assert found["near"][2] > 1.5 * found["start"][2]
    assert found["near"][:2] == pytest.approx(found["start"][:2], abs=1)  # the cursor's place stays
    assert found["fitted"] == pytest.approx(found["start"], abs=1)
    moved = [b - a for a, b in zip(found["fitted"], found["dragged"], strict=True)]
    assert moved == pytest.approx([50, 30, 0], abs=1)
    assert found["again"] == pytest.approx(found["start"], abs=1)
    assert found["clipped"] == 0


@pytest.mark.parametrize("direction", ["TB", "LR"])
@pytest.mark.parametrize("name", ["BRANCHES", "SKIPS", "RESIDUAL", "DENSE"])
def test_no_arrow_runs_through_a_box(
    browser: str, name: str, direction: str, tmp_path: Path
) -> None:
    page = to_html(networks.program(getattr(networks, name)), depth=None, direction=direction)
    script = """
    const boxes = all(".box[id], .title").map((e) => e.getBoundingClientRect());
    const { left, top } = $("#canvas").getBoundingClientRect();
    found.crossings = 0;
    for (const path of all("#wires > path")) {
      const length = path.getTotalLength();
      for (let at = 6; at < length - 6; at += 4) {
        const p = path.getPointAtLength(at);
        const [x, y] = [left + p.x * view.scale, top + p.y * view.scale];
        const hit = boxes.some((r) => x > r.left + 2 && x < r.right - 2
          && y > r.top + 2 && y < r.bottom - 2);
        if (hit) { found.crossings += 1; break; }
      }
    }
    found.arrows = paths().length;
    """
    found = run_in(browser, page, LOOK + script, tmp_path)
    assert found["arrows"] >= 8
    assert found["crossings"] == 0
