"""The site of the documentation: built by the command of the pages, without a dead link."""

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from archdsl.codes import pages
from archdsl.driver import listing

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = ["mkdocs", "build", "--strict", "-f", "tools/site/mkdocs.yml", "-d", str(folder)]
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1", "ARCHDSL_SITE_WITHOUT_PLAYGROUND": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return folder


class Links(HTMLParser):
    """What a page of HTML points at, and the places in it that can be pointed at."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.places = {""}
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.places.add(given.get("id") or "")
        self.targets += [given[name] or "" for name in ("href", "src") if name in given]


def test_no_link_is_dead_and_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    read = {path: Links(path) for path in site.rglob("*.html") if path.name != "404.html"}
    assert len(read) > len(pages()) + 60
    dead = []
    for path, links in read.items():
        for target in links.targets:
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            place = (path.parent / parts.path).resolve() if parts.path else path
            if place.is_dir():
                place = place / "index.html"
            exists = place.is_file() and (
                place not in read or not parts.fragment or parts.fragment in read[place].places
            )
            dead += [] if exists else [(path.name, target)]
    assert dead == []
    loaded = re.compile(r'<(?:script|link|img)[^>]+(?:src|href)="https?://', re.IGNORECASE)
    assert [p.name for p in read if loaded.search(p.read_text(encoding="utf-8"))] == []


def test_each_code_has_a_page_and_the_index_leads_there(site: Path) -> None:
    index = Links(site / "errors.html").targets
    for code, page in pages().items():
        assert f"codes/{code}.html" in index
        text = (site / f"codes/{code}.html").read_text(encoding="utf-8")
        assert f"{code}: " in text and page.count("```arch") == text.count('class="highlight"')


def test_specs_are_coloured(site: Path) -> None:
    """A word that opens a line is a keyword, as the lexer has it."""
    text = (site / "codes/E0301.html").read_text(encoding="utf-8")
    assert re.search(r'<span class="k\w*">network</span>', text)
    assert "resnet18.arch</span>" in (site / "index.html").read_text(encoding="utf-8")


def test_the_gallery_is_an_index_of_pictures(site: Path) -> None:
    targets = Links(site / "gallery/index.html").targets
    stems = {Path(entry.file).stem for entry in listing()}
    assert {f"{stem}.svg" for stem in stems} <= set(targets)
    assert all((site / f"gallery/{stem}.svg").is_file() for stem in stems)


def test_words_are_found(site: Path) -> None:
    index = json.loads((site / "search/search_index.json").read_text(encoding="utf-8"))
    places = {entry["location"] for entry in index["docs"] if "receptive field" in entry["text"]}
    assert any(place.startswith("costs.html") for place in places)
    assert any(entry["location"].startswith("codes/E0301.html") for entry in index["docs"])
