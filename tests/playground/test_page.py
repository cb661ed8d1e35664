"""The page's files: they find each other, and nothing of another host."""

import json
import re

import pytest

from archdsl import catalogue
from archdsl.playground.page_files import page_files, worker_file

FILES = {name: page_files("by_worker.js")[name].decode() for name in page_files("by_worker.js")}
OWN = [name for name in FILES if name not in ("codemirror.js", "licences.txt", "catalogue.json")]
COLLECTED = {"./graphviz.js", "./pyodide/pyodide.mjs"}


def test_every_file_that_is_named_is_there():
    named = re.findall(r'(?:src|href)="([^"#:]+\.\w+)"', FILES["index.html"])
    assert set(named) <= set(FILES) and {"page.js", "page.css"} <= set(named)
    for name in ("by_server.js", "by_worker.js"):
        for text in page_files(name).values():
            for path in re.findall(
                rb'^\} from "(\./[^"]+)"|^import .* from "(\./[^"]+)"', text, re.M
            ):
                assert b"".join(path).decode().removeprefix("./") in FILES
    imported = re.findall(r'from "(\./[^"]+)"', worker_file().decode())
    assert set(imported) == COLLECTED


@pytest.mark.parametrize("name", OWN)
def test_no_file_names_another_host(name):
    assert not re.search(r"(?<!\])\(?\bhttps?://", FILES[name])


def test_the_elements_that_the_scripts_ask_for_are_on_the_page():
    known = set(re.findall(r'id="([\w-]+)"', FILES["index.html"]))
    for name in OWN:
        asked = set(re.findall(r'\belement\("([\w-]+)"\)', FILES[name]))
        assert asked <= known, name


def test_the_catalogue_has_every_network_with_its_text():
    data = json.loads(FILES["catalogue.json"])
    networks = [n for shelf in data["shelves"] for n in shelf["networks"]]
    assert [n["name"] for n in networks] == [
        n.name for shelf in catalogue.shelves() for n in shelf.networks
    ]
    assert all(f"network {n['name']}" in data["texts"][n["file"]] for n in networks)


def test_the_licences_of_what_is_bundled_lie_beside_it():
    text = FILES["licences.txt"]
    for package in ("@codemirror/view", "@codemirror/state", "@lezer/common", "style-mod"):
        assert re.search(rf"^{package} \d", text, re.M)
    assert text.count("Permission is hereby granted") >= 10
