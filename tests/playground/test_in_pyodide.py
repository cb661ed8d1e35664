"""The compiler that the site has, run by Node as its worker runs it; what `python -m
tools.playground` collects is collected first."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from archdsl import catalogue, driver
from archdsl.playground.address import decode, encode
from archdsl.playground.page_files import page_files, worker_file
from tools.playground.__main__ import bundle
from tools.playground.places import BUILD, PAGE, ROOT, SITE, STAMP, stamp

pytestmark = pytest.mark.node


@pytest.fixture(scope="session")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The playground as the site has it; it is collected if the code has changed."""
    if not STAMP.exists() or STAMP.read_text() != stamp():
        subprocess.run([sys.executable, "-m", "tools.playground"], cwd=ROOT, check=True)
    folder = tmp_path_factory.mktemp("playground")
    shutil.copytree(SITE, folder, dirs_exist_ok=True)
    for name, content in (page_files("by_worker.js") | {"worker.js": worker_file()}).items():
        (folder / name).write_bytes(content)
    return folder


def ask(folder: Path, messages: list[dict[str, object]]) -> list[dict[str, object]]:
    lines = "\n".join(map(json.dumps, messages))
    (folder / "package.json").write_text('{"type": "module"}')
    done = subprocess.run(
        ["node", ROOT / "tools" / "playground" / "ask.mjs", f"{folder.as_uri()}/"],
        input=lines,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_every_network_of_the_catalogue_has_the_figures_that_it_has_here(collected: Path) -> None:
    networks = [n for shelf in catalogue.shelves() for n in shelf.networks]
    asked = [
        {"ask": "count", "text": driver.source_of(n.name), "network": n.name} for n in networks
    ]
    counted = {n.name: answer for n, answer in zip(networks, ask(collected, asked), strict=True)}
    assert counted == {n.name: {"params": n.params, "macs": n.macs} for n in networks}
    assert len(counted) > 140


def test_every_view_is_answered_there(collected: Path) -> None:
    text = driver.source_of("resnet18")
    kinds = ("read", "check", "draw", "audit", "emit", "format")
    asked: list[dict[str, object]] = [{"ask": kind, "text": text} for kind in kinds]
    asked += [
        {"ask": kind, "text": text, "at": text.index("conv(")} for kind in ("hover", "complete")
    ]
    asked.append({"ask": "draw", "text": text, "format": "html"})
    for question, answer in zip(asked, ask(collected, asked), strict=True):
        assert "refused" not in answer, question["ask"]


def test_the_first_answers_are_those_that_it_gives(collected: Path) -> None:
    first = json.loads((collected / "first.json").read_text())
    questions = [json.loads(question) for question in first]
    assert ask(collected, questions) == list(first.values())


SCRIPT = """
import { decode, encode } from "ADDRESS";
const [fragments, texts] = JSON.parse(process.argv[1]);
const read = await Promise.all(fragments.map(decode));
const written = await Promise.all(texts.map((text) => encode(text, "n")));
console.log(JSON.stringify({ read, written }));
"""


def test_the_page_reads_and_writes_the_same_addresses() -> None:
    texts = ["", "network n:\n    input 3\n", "é𝕊\n" * 500, driver.source_of("resnet50")]
    script = SCRIPT.replace("ADDRESS", (PAGE / "address.js").as_uri())
    known = json.dumps([[encode(text, "n") for text in texts], texts])
    done = subprocess.run(
        ["node", "--input-type=module", "-e", script, known],
        capture_output=True,
        text=True,
        env=os.environ | {"NODE_NO_WARNINGS": "1"},
    )
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)
    assert data["read"] == [{"text": text, "network": "n"} for text in texts]
    assert [decode(fragment) for fragment in data["written"]] == [(text, "n") for text in texts]


def test_the_bundle_is_what_its_sources_become(collected: Path, tmp_path: Path) -> None:
    """`python -m tools.playground --bundle` writes it."""
    assert (BUILD / "npm" / "node_modules").is_dir()
    bundle(tmp_path)
    for name in ("codemirror.js", "licences.txt"):
        assert (tmp_path / name).read_bytes() == (PAGE / name).read_bytes(), name
