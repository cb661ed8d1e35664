"""The HTML page as a parser reads it: its elements, and what its script is told."""

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

VOID = {"meta", "br", "img", "link", "input"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    inside: "list[Element | str]" = field(default_factory=list)

    def all(self, tag: str = "") -> "list[Element]":
        elements = [i for i in self.inside if isinstance(i, Element)]
        own = [e for e in elements if not tag or e.tag == tag]
        return own + [deep for e in elements for deep in e.all(tag)]

    @property
    def text(self) -> str:
        return "".join(i if isinstance(i, str) else i.text for i in self.inside)

    def by_id(self, id_: str) -> "Element":
        (element,) = (e for e in self.all() if e.attributes.get("id") == id_)
        return element


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


def told(page: str) -> dict[str, Any]:
    """What the script is told."""
    data: dict[str, Any] = json.loads(read(page).by_id("data").text)
    return data
