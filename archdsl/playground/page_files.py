"""The files of the page, by the names under which a browser asks for them."""

import re
from functools import cache
from importlib.resources import files
from pathlib import Path

import msgspec

from archdsl import catalogue
from archdsl.backends.html import asset

KINDS = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".txt": "text/plain",
}
OWN = (
    *("index.html", "page.css", "page.js", "address.js", "catalogue.js", "diagram.js", "dom.js"),
    *("editor.js", "markdown.js", "codemirror.js", "licences.txt"),
)
LANGUAGE = ("language.js", "parser.js", "parser.terms.js", "tokens.js", "words.js", "colours.js")
_PACKAGE = re.compile(rb'from "@[\w/]+"')


def page_files(answers: str) -> dict[str, bytes]:
    """Every file of the page; `answers` names the module that its questions go to: `by_server.js`
    or `by_worker.js`."""
    own = {name: _own(name) for name in OWN} | {"gestures.js": _gestures()}
    language = {name: _language(name) for name in LANGUAGE}
    return own | language | {"answers.js": _own(answers), "catalogue.json": _catalogue()}


def worker_file() -> bytes:
    """The worker that `by_worker.js` starts."""
    return _own("worker.js")


def kind_of(name: str) -> str:
    """The media type of a file."""
    return KINDS[Path(name).suffix]


def _own(name: str) -> bytes:
    return files(__package__).joinpath("page", name).read_bytes()


def _gestures() -> bytes:
    """Those of the diagram's page, whose scripts are no modules."""
    return asset("gestures.js").encode() + b"\nexport { movable };\n"


def _language(name: str) -> bytes:
    """A module of the language; the packages that it imports are in the page's CodeMirror."""
    text = files("archdsl.editors").joinpath("codemirror", name).read_bytes()
    return _PACKAGE.sub(b'from "./codemirror.js"', text)


@cache
def _catalogue() -> bytes:
    """The catalogue by families, and the text of each file by its name."""
    shelves = catalogue.shelves()
    names = dict.fromkeys(network.file for shelf in shelves for network in shelf.networks)
    return msgspec.json.encode({"shelves": shelves, "texts": {n: _text(n) for n in names}})


def _text(name: str) -> str:
    return (catalogue.LIST.parent / Path(name).name).read_text(encoding="utf-8")
