"""The open texts, their places and addresses; what the server's start does without."""

import linecache
import os
import subprocess
import sys
from pathlib import Path

import pytest
from lsprotocol import types as lsp

from archdsl.server.features import create
from archdsl.server.open_texts import Documents, path_of
from tests.server.test_server import whole, with_an_editor

PART = "block part(k):\n    conv(k, 1)\n"
MAIN = 'from "parts.arch" import part\nnetwork n:\n    input 3x8x8\n    part(4)\n'


@pytest.mark.parametrize("name", ["a b.arch", "a%20b.arch", "é.arch", "a#b?.arch"])
def test_a_file_s_address_leads_back_to_it(tmp_path, name):
    assert path_of((tmp_path / name).as_uri()) == tmp_path / name
    assert path_of("untitled:Untitled-1") is None


def test_a_file_behind_a_link_is_the_same_file(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "real" / "parts.arch").write_text(PART)
    documents = Documents()
    parts = (tmp_path / "link" / "parts.arch").as_uri()
    documents.put(parts, PART.replace("1)", "3)"))
    main = (tmp_path / "real" / "main.arch").as_uri()
    documents.put(main, MAIN)
    analysis = documents.analysis(main)
    assert [str(t.shape) for t in analysis.trace("n").program.root.outputs] == ["(4, 6, 6)"]
    assert documents.address(tmp_path / "real" / "parts.arch") == parts


def test_only_what_imports_a_changed_text_is_read_anew(tmp_path):
    (tmp_path / "parts.arch").write_text(PART)
    documents = Documents()
    uris = [(tmp_path / name).as_uri() for name in ("main.arch", "other.arch", "parts.arch")]
    for uri, text in zip(uris, (MAIN, MAIN.replace("parts", "others"), PART), strict=True):
        documents.put(uri, text)
    main, other, _ = (documents.analysis(uri) for uri in uris)
    documents.put(uris[2], PART.replace("1)", "3)"))
    assert documents.behind == {uris[0]}
    assert documents.analysis(uris[0]) is not main and documents.analysis(uris[1]) is other
    (tmp_path / "others.arch").write_text(PART)  # which was not there
    documents.reread()
    assert documents.behind == {uris[0], uris[1]}
    assert documents.analysis(uris[1]) is not other


def test_what_is_needed_late_is_imported_late():
    late = ("pydantic", "reportlab", "pygraphviz", "http.server", "archdsl.preview")
    code = f"import archdsl.server.features, sys; print([m for m in {late} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "[]\n"


def test_a_closed_text_leaves_nothing_behind(tmp_path):
    uri = (tmp_path / "main.arch").as_uri()
    documents = Documents()
    documents.put(uri, MAIN)
    documents.analysis(uri)
    documents.drop(uri)
    documents.drop(uri)
    assert documents.analysis(uri) is None and documents.open == () and not documents.behind
    assert documents.address(tmp_path / "main.arch") == uri


def test_a_notification_leaves_nothing_behind():
    server = create()
    given = lsp.SetTraceParams(lsp.TraceValue.Off)
    for _ in range(20):
        server.protocol.handle_message(lsp.SetTraceNotification(given))
    assert len(server.protocol._request_futures) == 0


def test_a_new_server_forgets_the_sources_of_attrs_and_no_others() -> None:
    linecache.cache["<of a notebook>"] = (1, None, ["x"], "<of a notebook>")
    linecache.cache["<attrs generated methods of.mine>"] = (1, None, ["x"], "<attrs>")
    create()
    assert "<of a notebook>" in linecache.cache
    assert not any(file.startswith("<attrs generated") for file in linecache.cache)
    del linecache.cache["<of a notebook>"]


def test_what_is_typed_is_written_to_no_disk(tmp_path, monkeypatch) -> None:
    """Each sound text on the way would be a file of the cache that nobody reads again."""
    kept = tmp_path / "cache"
    monkeypatch.setenv("ARCHDSL_CACHE_DIR", str(kept))
    uri = (tmp_path / "typed.arch").as_uri()
    text = "network N:\n    input 3x8x8\n    conv({}, 1)\n"

    def files() -> list[Path]:
        return sorted(path for path in kept.rglob("*") if path.is_file())

    async def work(editor, _) -> None:
        await editor.open(uri, text.format(4))
        before = files()
        for version in range(2, 8):
            await editor.change(uri, version, whole(text.format(version * 8)))
        assert editor.told[uri] == [] and files() == before

    with_an_editor(work, (sys.executable, "-m", "archdsl.cli", "lsp"))


def test_a_command_keeps_what_it_reads(tmp_path, monkeypatch) -> None:
    """The test above would notice: a command writes the tree of a sound text."""
    kept = tmp_path / "cache"
    environment = {**os.environ, "ARCHDSL_CACHE_DIR": str(kept)}
    spec = tmp_path / "typed.arch"
    seen = []
    for width in (8, 16):
        spec.write_text(f"network N:\n    input 3x8x8\n    conv({width}, 1)\n", encoding="utf-8")
        command = [sys.executable, "-m", "archdsl.cli", "check", str(spec)]
        subprocess.run(command, env=environment, check=True, capture_output=True)
        seen.append(sum(path.is_file() for path in kept.rglob("*")))
    assert seen[1] > seen[0]
