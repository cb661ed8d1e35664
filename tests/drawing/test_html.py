"""The HTML page: the figure of the SVG and the insides of its blocks, closed in itself, and nothing
of the user's runs."""

import base64
import hashlib
import re
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any

import msgspec
import networks
import pytest
from msgspec.structs import replace
from reader import Element, read, told

from archdsl import driver, load
from archdsl.analyses.figures.report import audit
from archdsl.backends.figure import Figure, figure_of, style
from archdsl.backends.html import to_html, write
from archdsl.backends.html.data import Network
from archdsl.backends.html.page import told as network_told
from archdsl.ir.graph import Program
from archdsl.transforms.picture import Depth, exploration, picture
from archdsl.transforms.picture.drawing_parts import Direction, nodes

KNOWN = {
    *("html", "head", "meta", "title", "style", "body", "header", "h1", "p", "div", "input", "ol"),
    *("button", "main", "section", "svg", "g", "aside", "footer", "dialog", "noscript", "script"),
}
SMALL = ["RESIDUAL", "BRANCHES", "SKIPS", "DENSE", "SIAMESE", "TOKENS"]
HOSTILE = [
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\" onmouseover='alert(1)' x=\"",
    "'><svg onload=alert(1)>",
    "&lt;b&gt; &amp;amp; &#60;i&#62;",
    "<!-- --> ]]> <![CDATA[ --!>",
    "</style></title></template>",
    "${alert(1)} {{7*7}} `x`",
]


def program(name: str) -> Program:
    if name in SMALL:
        return networks.program(getattr(networks, name))
    return load(name).program


@cache
def page_of(name: str) -> str:
    return to_html(program(name))


# --- the page shows the figure of the SVG ---------------------------------------------------------


def check_places(sheet: dict[str, Any], figure: Figure, things: dict[str, Any]) -> None:
    """All but the legend and the title, which the page shows in its own place."""
    legend = {shape.id for shape in figure.shapes if shape.tooltip == "legend"}
    shapes = {shape.id: shape for shape in figure.shapes if shape.id not in legend}
    assert set(sheet["boxes"]) == set(shapes)
    for id_, shape in shapes.items():
        box = shape.outline
        assert sheet["boxes"][id_] == [box.x, box.y, box.width, box.height]
        assert [line[0] for line in things[id_]["lines"]] == [text.words for text in shape.texts]
        middle = box.x + box.width / 2
        for (_, x, y, width), text in zip(things[id_]["lines"], shape.texts, strict=True):
            assert (middle + x, box.y + y) == pytest.approx((text.x, text.y), abs=0.16)
            assert width == text.width
    borders = [border for border in figure.borders if border.tooltip != "legend"]
    assert set(sheet["frames"]) == {border.id for border in borders}
    for border in borders:
        pieces = [[p.x, p.y, p.width, p.height] for p in border.pieces]
        assert sheet["frames"][border.id] == pieces
    drawn = [(w["tail"], w["head"], w["kind"], w["curve"], w["tip"]) for w in sheet["wires"]]
    assert drawn == [
        (a.tail, a.head, a.wire, [v for point in a.curve for v in point], list(a.tip[1]))
        for a in figure.arrows
    ]
    words = [wire["words"][0] for wire in sheet["wires"] if "words" in wire]
    assert words == [text.words for arrow in figure.arrows for text in arrow.texts]


@pytest.mark.one_in(3)
@pytest.mark.parametrize("direction", ["TB", "LR"])
@pytest.mark.parametrize("name", [*SMALL, "resnet18", "unet", "googlenet"])
def test_the_page_shows_the_figure_of_the_svg(name: str, direction: Direction) -> None:
    made = program(name)
    shown = told(page_of(name) if direction == "TB" else to_html(made, direction=direction))
    plan = picture(made, direction=direction)
    check_places(shown["tall"], figure_of(plan), shown["things"])
    check_places(shown["wide"], figure_of(plan, style(page="slide")), shown["things"])


@pytest.mark.parametrize("depth", [0, 1, 2, None])
def test_depth_says_what_is_open_at_first(depth: Depth) -> None:
    shown = told(to_html(program("RESIDUAL"), depth=depth))
    check_places(shown["tall"], figure_of(picture(program("RESIDUAL"), depth)), shown["things"])


def test_what_is_moved_as_one_are_the_columns_and_insets() -> None:
    """GoogLeNet has three columns on an upright sheet, and two insides beside it."""
    shown = told(page_of("googlenet"))
    sheet = shown["tall"]
    assert len(sheet["parts"]) == 5
    assert sorted(id_ for part in sheet["parts"] for id_ in part) == sorted(sheet["boxes"])
    spans = [
        (min(sheet["boxes"][id_][0] for id_ in part), max(_right(sheet, id_) for id_ in part))
        for part in sheet["parts"][:3]
    ]
    assert spans == sorted(spans) and all(a[1] < b[0] for a, b in pairwise(spans))


def _right(sheet: dict[str, Any], id_: str) -> float:
    x, _, width, _ = sheet["boxes"][id_]
    return float(x + width)


# --- what can be opened ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*SMALL, "resnet18", "swin_t"])
def test_every_closed_block_can_be_opened_once(name: str) -> None:
    shown = told(page_of(name))
    things, insides = shown["things"], shown["insides"]
    places = [shown["tall"], *insides.values()]
    drawn = [id_ for sheet in places for id_ in (*sheet["boxes"], *sheet["frames"])]
    assert len(drawn) == len(set(drawn)) and set(drawn) == set(things)
    blocks = {id_ for id_, thing in things.items() if thing["kind"] == "block" and "facts" in thing}
    closed = {id_ for id_ in blocks if things[id_]["role"] == "box"}
    assert closed == set(insides)
    assert closed or name == "TOKENS"
    for box, sheet in insides.items():
        (frame,) = (id_ for id_ in sheet["frames"] if things[id_]["role"] == "inset")
        x, y, width, height = sheet["frames"][frame][0]
        for left, top, wide, high in sheet["boxes"].values():
            assert x <= left and left + wide <= x + width and y <= top and top + high <= y + height
        title = next(id_ for id_ in things[frame]["holds"] if things[id_]["role"] == "header")
        assert things[title]["lines"][0][0] == things[box]["lines"][0][0]


@pytest.mark.one_in(3)
@pytest.mark.parametrize("name", [*SMALL, "resnet18", "googlenet", "densenet121"])
def test_every_module_has_a_box(name: str) -> None:
    """Each path of the audit is that of a box, or of a part of a box, or of a copy of a block of
    which one is drawn; params are as many."""
    made = program(name)
    all_facts = facts_of(page_of(name))[::-1]  # of shared weights, where they are used first
    steps = {step: facts for facts in all_facts for step in facts["steps"]}
    exact = 0
    for row in audit(made).rows:
        box = box_of(row.path, steps)
        assert box is not None, row.path
        if box["steps"] == [row.path] and not row.shared:
            assert box.get("params", 0) == row.params
            exact += 1
    assert exact >= 3


def box_of(path: str, steps: dict[str, Any]) -> dict[str, Any] | None:
    """The facts of the box for a path, with the names of the copies that are drawn."""
    if path in steps:
        facts: dict[str, Any] = steps[path]
        return facts
    parts = path.split(".")
    prefixes = [".".join(parts[:n]) for n in range(len(parts) - 1, 0, -1)]
    block: dict[str, Any] | None = next((steps[p] for p in prefixes if p in steps), None)
    if block is None or "inside" not in block:
        return block
    inside = block["inside"].split(".")
    drawn = ".".join([*inside, *parts[len(inside) :]])
    return block if drawn in (path, block["inside"]) else box_of(drawn, steps)


def test_what_is_drawn_upward_is_so_within() -> None:
    """The right side of a U-Net rises: so do the boxes in its blocks, under the title."""
    shown = told(page_of("SKIPS"))
    things = shown["things"]
    box = next(id_ for id_ in shown["insides"] if id_ in picture(program("SKIPS")).rising)
    sheet = shown["insides"][box]
    ((tail, head),) = (
        (w["tail"], w["head"])
        for w in sheet["wires"]
        if "facts" in things[w["tail"]] and "facts" in things[w["head"]]
    )
    assert sheet["boxes"][head][1] < sheet["boxes"][tail][1]
    title = next(id_ for id_ in sheet["boxes"] if things[id_]["role"] == "header")
    assert sheet["boxes"][title][1] == min(box[1] for box in sheet["boxes"].values())


def test_what_no_page_holds_is_left_closed_and_the_title_says_so() -> None:
    explored = exploration(networks.program(networks.FRACTAL))
    assert re.fullmatch(r"blocks can be opened \d+ levels deep", explored.picture.title[-1])
    boxes = sum(1 for inside in explored.insides for _ in nodes(inside.frame.items))
    assert 1000 < boxes < 6000


# --- facts ----------------------------------------------------------------------------------------


def facts_of(page: str) -> list[dict[str, Any]]:
    return [t["facts"] for t in told(page)["things"].values() if "facts" in t]


def by_path(name: str) -> dict[str, dict[str, Any]]:
    return {facts["path"]: facts for facts in facts_of(page_of(name))}


def test_facts_of_a_convolution() -> None:
    """64·3·7·7 weights and 2·64 of the norm; 9,408·112² MACs; a field of 7; of 11,689,512 params
    and of 1,814,073,344 MACs."""
    facts = by_path("RESIDUAL")["conv1, bn, relu"]
    assert facts.pop("source")[1:] == [15, 15]
    assert facts == {
        "path": "conv1, bn, relu",
        "steps": ["conv1", "bn", "relu"],
        "written": ["conv(64, 7, stride=2, padding=3, bias=false)", "bn", "relu"],
        "inputs": "3x224x224",
        "outputs": "64x112x112",
        "params": 9_536,
        "macs": 118_013_952,
        "memory": 2_408_448,
        "field": "7x7",
        "shares": [[1, "0.1%"], [3, "6.5%"], [4, "29%"]],
    }


def test_facts_of_a_block() -> None:
    """ResNet-18's receptive fields as published: 43 after layer1, 99, 211 and 435 at the end."""
    facts = by_path("RESIDUAL")
    fields = [facts[path]["field"] for path in ("layer1", "layer2", "layer3", "layer4")]
    assert fields == ["43x43", "99x99", "211x211", "435x435"]
    assert facts["layer2"]["outputs"] == "128x28x28"
    assert facts["layer1"]["written"] == ["unit(channels=64, stride=1) × 2"]
    assert facts["layer1"]["inside"] == "layer1.0"
    assert facts["layer2.0"]["written"] == ["unit(channels=128, stride=2)"]


@pytest.mark.parametrize("name", ["RESIDUAL", "BRANCHES", "SKIPS", "TOKENS", "swin_t"])
def test_facts_agree_with_the_audit(name: str) -> None:
    rows = {row.path: row for row in audit(program(name)).rows}
    compared = 0
    for path, facts in by_path(name).items():
        row = rows.get(path)  # a box of several steps has no row of its own
        if row is None or row.output is None:
            continue
        field = "x".join(map(str, row.receptive_field))
        whole = "the whole input" if row.whole_input else field
        assert facts.get("field", "") == whole, path
        compared += 1
    assert compared >= 3


@pytest.mark.parametrize("name", ["resnet18", "googlenet", "mobilenet_v2"])
def test_shares_add_up_to_the_network(name: str) -> None:
    """The boxes of the network itself, without its insets: all params and MACs there are."""
    page = told(to_html(program(name), depth=0))
    things = page["things"]
    own = [id_ for part in page["tall"]["parts"][: columns(page)] for id_ in part]
    for heat in (0, 1):  # params, MACs
        shares = [things[i]["facts"]["shares"][heat][1] for i in own if "facts" in things[i]]
        percents = [0.05 if s == "<0.1%" else float(s.removesuffix("%")) for s in shares]
        assert sum(percents) == pytest.approx(100, abs=0.6 * len(percents))


def columns(page: dict[str, Any]) -> int:
    """How many parts are columns: the others are within an inset."""
    held = {i for t in page["things"].values() if t["role"] == "inset" for i in t.get("holds", ())}
    return sum(not held.intersection(part) for part in page["tall"]["parts"])


def test_a_box_leads_to_its_line() -> None:
    page = told(page_of("RESIDUAL"))
    lines = {}
    for thing in page["things"].values():
        if "facts" in thing:
            file, first, _ = thing["facts"]["source"]
            lines[thing["facts"]["path"]] = page["files"][file]["lines"][first - 1].strip()
    assert lines["fc"] == "fc = linear(classes)"
    assert lines["layer2"].startswith("layer{i + 1} = unit(")
    assert lines["layer2.0.downsample"].startswith("downsample = conv(channels, 1")


def test_library_blocks_have_their_source_too() -> None:
    text = "network N:\n    input 32x8x8\n    squeeze_excite(reduction=4)\n"
    names = [file["name"] for file in told(to_html(networks.program(text)))["files"]]
    assert len(names) == 2 and any("squeeze_excite" in name for name in names)


def test_a_mistake_leads_to_its_line() -> None:
    loaded = driver.loads("network N:\n    input 3x8x8\n    conv(4, 3) -> conv(8, 9)\n    relu\n")
    assert loaded.program is None and loaded.known is not None
    page = told(to_html(loaded.known, mistakes=tuple(loaded.diagnostics)))
    (mistake,) = (t for t in page["things"].values() if t["kind"] == "mistake")
    assert mistake["facts"]["source"][1] == 3
    assert any("4x6x6" in wire["words"][0] for wire in page["tall"]["wires"] if "words" in wire)


# --- closed in itself -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", SMALL)
def test_the_page_needs_nothing_from_elsewhere(name: str) -> None:
    text = page_of(name)
    page = read(text)
    assert {e.tag for e in page.all()} <= KNOWN
    for element in page.all():
        assert not {"src", "href", "action", "srcset", "style"} & set(element.attributes)
        assert not [a for a in element.attributes if a.startswith("on")]
    addresses = set(re.findall(r"\w+://[^\s\"'<>]*", text))
    assert addresses == {"http://www.w3.org/2000/svg"}  # a name of SVG, which nothing fetches
    script = page.all("script")[-1].text
    assert not re.search(r"import\(|fetch\(|XMLHttpRequest|eval\(|Function\(|innerHTML", script)
    assert not re.search(r"insertAdjacentHTML|document\.write|setTimeout\(\"|outerHTML", script)


def test_the_policy_lets_its_own_script_and_style_run_and_nothing_else() -> None:
    page = read(page_of("DENSE"))
    (policy,) = (m for m in page.all("meta") if m.attributes.get("http-equiv"))
    rules = dict(
        rule.strip().split(" ", 1) for rule in (policy.attributes["content"] or "").split(";")
    )
    (styles,) = page.all("style")
    data, script = page.all("script")
    assert data.attributes["type"] == "application/json"
    assert rules == {
        "default-src": "'none'",
        "script-src": f"'{digest(script)}'",
        "style-src": f"'{digest(styles)}'",
        "img-src": "blob: data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def digest(element: Element) -> str:
    sha = hashlib.sha256(element.text.encode()).digest()
    return f"sha256-{base64.b64encode(sha).decode()}"


def test_the_same_network_gives_the_same_bytes() -> None:
    again = driver.load("googlenet").program
    assert again is not None and to_html(again) == page_of("googlenet")


# --- the user's text ------------------------------------------------------------------------------


@cache
def small_network() -> Network:
    return network_told(program("DENSE"), exploration(program("DENSE")))


def shown_as(text: Callable[[str], str]) -> Network:
    """A network with every text in it changed."""
    shown = small_network()
    plain = msgspec.to_builtins(shown)
    kept = {"kind", "role", "tail", "head"}

    def changed(value: Any, name: str = "") -> Any:
        match value:
            case str():
                return value if name in kept else text(value)
            case dict():
                return {key: changed(inner, key) for key, inner in value.items()}
            case list() | tuple():
                return [changed(inner, name) for inner in value]
        return value

    return msgspec.convert(changed(plain), Network, strict=False)


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_is_data_and_none_runs(text: str) -> None:
    page = read(write(shown_as(lambda _: text)))
    harmless = read(write(shown_as(lambda _: "plain")))
    assert [e.tag for e in page.all()] == [e.tag for e in harmless.all()]
    assert [sorted(e.attributes) for e in page.all()] == [
        sorted(e.attributes) for e in harmless.all()
    ]
    assert page.all("script")[-1].text == harmless.all("script")[-1].text
    assert page.all("title")[0].text == text
    assert not set("<>&") & set(page.by_id("data").text)
    shown = told(write(shown_as(lambda _: text)))
    assert shown["name"] == text and shown["files"][0]["lines"][0] == text


@pytest.mark.parametrize("character", ["\u202e", "\u2066", "\u200f", "\x1b", "\u2028", "\ufeff"])
def test_what_would_turn_or_hide_text_is_told(character: str) -> None:
    spelt = "\\u" + f"{ord(character):04x}"
    text = (
        f'block b(mode: str):\n    """Doc {character}."""\n    conv(4, 3) -> conv(4, 3)\n'
        f'network N(mode="a{spelt}b"):\n    input 3x8x8\n    b(mode)  # {character}\n'
    )
    page = to_html(networks.program(text))
    assert character not in page
    assert f"a<U+{ord(character):04X}>b" in str(told(page)["things"])


def test_a_hostile_spec_from_end_to_end() -> None:
    doc = "</script><script>alert(1)</script> \" ' & \u202e"
    text = networks.DENSE + "\n# </aside></script><script>alert(2)</script>\n"
    page = to_html(replace(networks.program(text), doc=doc))
    assert len(read(page).all("script")) == 2
    assert any("alert(2)" in line for line in told(page)["files"][0]["lines"])
    assert "alert" not in read(page).all("script")[-1].text
