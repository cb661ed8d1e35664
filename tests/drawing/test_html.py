"""The HTML page as a parser reads it: whole, closed in itself, and nothing of the user's runs."""

import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import networks
import pytest
from msgspec.structs import replace

from archdsl import driver
from archdsl.analyses.report import audit
from archdsl.backends.html import to_html, write
from archdsl.base.source import Source, Span
from archdsl.ir.graph import Program
from archdsl.transforms.picture import (
    Arrangement,
    Edge,
    Facts,
    Frame,
    Item,
    Kind,
    Node,
    Picture,
    explorable,
    nodes,
)

VOID = {"meta", "br", "img", "link", "input"}
KNOWN = {
    *("html", "head", "meta", "title", "style", "body", "header", "h1", "h2", "p", "button"),
    *("main", "section", "div", "svg", "span", "dl", "dt", "dd", "aside", "ol", "li", "footer"),
    "script",
}
ALL_NETWORKS = ["RESIDUAL", "BRANCHES", "SKIPS", "DENSE", "SIAMESE", "TOKENS"]
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


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    inside: "list[Element | str]" = field(default_factory=list)

    def all(self, tag: str = "") -> "list[Element]":
        found = [i for i in self.inside if isinstance(i, Element)]
        own = [e for e in found if not tag or e.tag == tag]
        return own + [deep for e in found for deep in e.all(tag)]

    @property
    def text(self) -> str:
        return "".join(i if isinstance(i, str) else i.text for i in self.inside)

    def by_id(self, id_: str) -> "Element":
        (found,) = (e for e in self.all() if e.attributes.get("id") == id_)
        return found

    def classed(self, name: str) -> "list[Element]":
        return [e for e in self.all() if name in (e.attributes.get("class") or "").split()]


class Reader(HTMLParser):
    """Builds the tree and insists that every element is closed in turn."""

    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        assert len(element.attributes) == len(attrs)
        self.open[-1].inside.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")


def read(page: str) -> Element:
    reader = Reader()
    reader.feed(page)
    reader.close()
    (root,) = reader.open
    return root


def ids(items: tuple[Item, ...]) -> list[str]:
    inner = [i for item in items if isinstance(item, Frame) for i in ids(item.items)]
    return [item.id for item in items] + inner


@pytest.mark.parametrize("name", ALL_NETWORKS)
def test_everything_of_the_picture_stands_in_the_page_once(name: str) -> None:
    program = networks.program(getattr(networks, name))
    plan = explorable(program)
    page = read(write(plan))
    found = [e.attributes["id"] for e in page.all() if e.attributes.get("id")]
    assert len(found) == len(set(found))
    *network, _ = plan.items
    assert set(ids(tuple(network))) <= set(found)
    edges = json.loads(page.by_id("edges").text)
    assert {end for tail, head, *_ in edges for end in (tail, head)} <= set(found)
    assert len(edges) == len(plan.edges)


@pytest.mark.parametrize("name", ALL_NETWORKS)
def test_the_page_needs_nothing_from_elsewhere(name: str) -> None:
    text = to_html(networks.program(getattr(networks, name)))
    page = read(text)
    assert {e.tag for e in page.all()} <= KNOWN
    for element in page.all():
        assert not {"src", "href", "action", "srcset", "data"} & set(element.attributes)
        assert not [a for a in element.attributes if a.startswith("on")]
    addresses = set(re.findall(r"\w+://[^\s\"'<>]*", text))
    assert addresses == {"http://www.w3.org/2000/svg"}  # a name of SVG, which nothing fetches
    assert not re.search(r"@import|url\((?!#)|import\(|fetch\(|XMLHttpRequest|eval\(", text)
    (policy,) = (m for m in page.all("meta") if m.attributes.get("http-equiv"))
    assert (policy.attributes["content"] or "").startswith("default-src 'none';")
    assert len(page.all("script")) == 2


def picture_of(text: str) -> Picture:
    """The text wherever a user's text can stand."""
    source = Source(text, f"# {text}\nnetwork N:  # {text}\n    {text}")
    facts = Facts(text, (text,), text, text, 1, 2, 3, text, Span(source, 1, 4), text)
    box = Node("n1", Kind.INPUT, (text,), text, facts=facts)
    frame = Frame("f1", (text,), (Node("n2", Kind.BLOCK, (text,), text),), text, facts=facts)
    legend = Frame("f2", (text,), (Node("n3", Kind.BLOCK, (text,), text),), "legend")
    return Picture(text, (text, text), text, (box, frame, legend), (Edge("n1", "n2"),), "TB")


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_is_shown_and_none_runs(text: str) -> None:
    page = read(write(picture_of(text)))
    harmless = read(write(picture_of("plain")))
    assert [e.tag for e in page.all()] == [e.tag for e in harmless.all()]
    attributes = [sorted(e.attributes) for e in page.all()]
    assert attributes == [sorted(e.attributes) for e in harmless.all()]
    assert [s.text for s in page.all("script")] == [s.text for s in harmless.all("script")]
    assert page.all("title")[0].text == text
    assert page.by_id("n1").all("span")[0].text == text
    assert [dd.text for dd in page.by_id("n1").all("dd")] == [
        *(text, text, text, text, "1", "2", "3", text, text)
    ]
    assert page.by_id("s0l1").text == f"# {text}"
    assert page.by_id("s0l3").text == f"    {text}"


@pytest.mark.parametrize("character", ["\u202e", "\u2066", "\u200f", "\x00", "\x1b", "\u2028"])
def test_what_would_turn_or_hide_text_is_told(character: str) -> None:
    text = write(picture_of(f"a{character}b"))
    assert character not in text
    told = f"a<U+{ord(character):04X}>b"
    assert read(text).by_id("n1").all("span")[0].text == told


def test_a_hostile_spec_from_end_to_end() -> None:
    doc = "</script><script>alert(1)</script> \" ' & \u202e"
    text = networks.DENSE + "\n# </aside></script><script>alert(2)</script>\n"
    program = networks.program(text)
    page = read(to_html(replace(program, doc=doc)))
    assert len(page.all("script")) == 2
    assert "alert(2)" in page.by_id("source").text
    assert not any("alert" in script.text for script in page.all("script"))


def facts_of(box: Element) -> dict[str, str]:
    (facts,) = box.all("dl")
    names = [dt.text for dt in facts.all("dt")]
    return dict(zip(names, [dd.text for dd in facts.all("dd")], strict=True))


def boxes(program: Program) -> dict[str, dict[str, str]]:
    """The facts of boxes and titles by their path."""
    page = read(to_html(program))
    told = [facts_of(e) for e in [*page.classed("box"), *page.classed("title")] if e.all("dl")]
    return {facts["path"]: facts for facts in told}


def test_facts_of_a_convolution() -> None:
    """64·3·7·7 weights and 2·64 of the norm; 9,408·112² MACs; a field of 7."""
    facts = boxes(networks.program(networks.RESIDUAL))["conv1, bn, relu"]
    assert facts == {
        "path": "conv1, bn, relu",
        "as written": "conv(64, 7, stride=2, padding=3, bias=false)\nbn\nrelu",
        "input": "3x224x224",
        "output": "64x112x112",
        "params": "9,536",
        "MACs": "118,013,952",
        "activations": "2,408,448",
        "receptive field": "7x7",
    }


def test_facts_of_a_block() -> None:
    """ResNet-18's receptive fields as published: 43 after layer1, 99, 211 and 435 at the end."""
    told = boxes(networks.program(networks.RESIDUAL))
    fields = [told[path]["receptive field"] for path in ("layer1", "layer2", "layer3", "layer4")]
    assert fields == ["43x43", "99x99", "211x211", "435x435"]
    assert told["layer2"]["output"] == "128x28x28"
    assert told["layer1"]["as written"] == "unit(channels=64, stride=1) × 2"
    assert told["layer2.0"]["as written"] == "unit(channels=128, stride=2)"


@pytest.mark.parametrize("name", ["RESIDUAL", "BRANCHES", "SKIPS", "TOKENS"])
def test_facts_agree_with_the_audit(name: str) -> None:
    program = networks.program(getattr(networks, name))
    rows = {row.path: row for row in audit(program).rows}
    compared = 0
    for path, facts in boxes(program).items():
        row = rows.get(path)  # a box of several steps has no row of its own
        if row is None or row.output is None:
            continue
        field_ = "x".join(map(str, row.receptive_field))
        whole = "the whole input" if row.whole_input else field_
        assert facts.get("receptive field", "") == whole, path
        compared += 1
    assert compared >= 3


def test_a_box_leads_to_its_line() -> None:
    program = networks.program(networks.RESIDUAL)
    page = read(to_html(program))
    lines = {}
    for box in [*page.classed("box"), *page.classed("title")]:
        if box.all("dl"):
            first = page.by_id(f"s{box.attributes['data-file']}l{box.attributes['data-first']}")
            lines[facts_of(box)["path"]] = first.text.strip()
    assert lines["fc"] == "fc = linear(classes)"
    assert lines["layer2"].startswith("layer{i + 1} = unit(")
    assert lines["layer2.0.downsample"].startswith("downsample = conv(channels, 1")


def test_library_blocks_have_their_source_too() -> None:
    text = "network N:\n    input 32x8x8\n    squeeze_excite(reduction=4)\n"
    page = read(to_html(networks.program(text)))
    names = [h.text for h in page.by_id("source").all("h2")]
    assert len(names) == 2 and any("squeeze_excite" in name for name in names)


@pytest.mark.parametrize(("depth", "open_"), [(0, 0), (1, 3), ("auto", 3), (None, 10)])
def test_depth_says_what_is_open_at_first(depth: int | None, open_: int) -> None:
    """Layer1 is its two units, of which one is drawn; three stages have two each, all different."""
    page = read(to_html(networks.program(networks.RESIDUAL), depth=depth))
    frames = page.classed("frame")
    assert len(frames) - len(page.classed("folded")) == open_
    states = [e.attributes["aria-expanded"] for e in page.classed("fold")]
    assert states.count("true") == open_


def test_a_network_with_a_mistake_is_drawn_up_to_it() -> None:
    loaded = driver.loads("network N:\n    input 3x8x8\n    conv(4, 3) -> conv(8, 9)\n    relu\n")
    assert loaded.program is None and loaded.known is not None
    page = read(to_html(loaded.known))
    assert "4x6x6" in page.text


def shape(items: tuple[Item, ...], plan: Picture) -> list[list[int]]:
    """How many items each lane of each row has."""
    rows = Arrangement(plan.items, plan.edges).rows(items)
    return [[len(lane) for lane in row] for row in rows]


def frame(plan: Picture, word: str) -> Frame:
    found = [f for f in _frames(plan.items) if any(word in n.lines[0] for n in nodes((f,)))]
    return found[-1]


def _frames(items: tuple[Item, ...]) -> list[Frame]:
    found = [item for item in items if isinstance(item, Frame)]
    return found + [inner for outer in found for inner in _frames(outer.items)]


def test_branches_are_lanes_and_a_residual_is_none() -> None:
    plan = explorable(networks.program(networks.RESIDUAL))
    identity, projected = frame(plan, "layer1"), frame(plan, "downsample")
    assert shape(identity.items, plan) == [[3]]  # conv, conv, +
    assert shape(projected.items, plan) == [[2, 1], [1]]
    assert shape(plan.items[:-1], plan) == [[10]]


def test_rows_do_not_depend_on_the_order_of_edges() -> None:
    plan = explorable(networks.program(networks.BRANCHES))
    mixed = frame(plan, "mixed1")
    assert shape(mixed.items, plan) == [[1, 2, 2], [1]]
    turned = replace(plan, edges=plan.edges[::-1])
    assert shape(mixed.items, turned) == shape(mixed.items, plan)


def test_what_no_page_holds_is_cut_and_the_title_says_so() -> None:
    plan = explorable(networks.program(networks.FRACTAL))
    assert 1000 < sum(1 for _ in nodes(plan.items)) <= 4000  # headers of frames included
    assert plan.title[-1] == "opened 8 levels deep"
    assert "opened 8 levels deep" in read(write(plan)).by_id("bar").text
