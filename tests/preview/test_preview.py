"""The preview as a browser asks for it: the page, its news, and who is refused."""

import http.client
import json
import threading
import time

import pytest

from archdsl.preview.feed import Typed
from archdsl.preview.server import Preview
from archdsl.preview.state import shown, texts

SMALL = "network small:\n    input 3x8x8\n    conv(4, 3)\n    relu\n"
BROKEN = SMALL.replace("relu", "conv(4, 9)")


@pytest.fixture
def preview(tmp_path):
    file = tmp_path / "small.arch"
    file.write_text(SMALL)
    server = Preview(file)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join(10)


def ask(server, path, host=None):
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)
    connection.request("GET", path, headers={"Host": host} if host else {})
    return connection.getresponse()


def diagram(server, answer):
    return ask(server, f"/{server.secret}/{answer['drawing']}")


def state(server, query=""):
    return json.loads(ask(server, f"/{server.secret}/state{query}").read())


def test_the_page_and_its_script_are_given_under_a_strict_policy(preview):
    for name, kind in (("", "text/html"), ("page.js", "text/javascript")):
        answer = ask(preview, f"/{preview.secret}/{name}")
        assert answer.status == 200 and answer.headers["Content-Type"].startswith(kind)
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/", "/state", "/x/state", "/{}x/state", "/{}/../../etc/passwd"])
def test_nothing_is_given_without_the_secret(preview, path):
    assert ask(preview, path.format(preview.secret)).status == 404


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:1", "localhost", ""])
def test_a_page_that_calls_this_machine_otherwise_is_refused(preview, host):
    assert ask(preview, f"/{preview.secret}/state", host=host or " ").status == 403


def test_the_state_is_what_the_file_says(preview):
    told = state(preview)
    assert told["sound"] and told["network"] == "small" and told["findings"] == []
    written = json.loads(ask(preview, f"/{preview.secret}/texts").read())
    assert "class Small(nn.Module)" in written["source"] and "<table>" in written["table"]
    answer = diagram(preview, told)
    assert answer.headers["Content-Security-Policy"] == "frame-ancestors 'self'"
    page = answer.read().decode()
    assert page.startswith("<!doctype html>") and "default-src 'none'; script-src 'sha256-" in page
    # 3·4·9 + 4 parameters
    assert "112 params" in told["headline"]


def test_a_save_is_news_within_a_moment(preview):
    answer = ask(preview, f"/{preview.secret}/news")
    assert answer.readline() == b"data: 0\n" and answer.readline() == b"\n"
    preview.watched.path.write_text(BROKEN)
    assert answer.readline() == b"data: 1\n"
    told = state(preview)
    assert not told["sound"] and [f["code"] for f in told["findings"]] == ["E0303"]
    page = diagram(preview, told).read().decode()  # as far as it goes
    assert page.startswith("<!doctype html>") and "mistake: E0303" in page


PART = "block part(k):\n    conv(k, 1)\n"
IMPORTING = 'from "part.arch" import part\nnetwork n:\n    input 3x8x8\n    part(4)\n'


@pytest.mark.parametrize("before", [PART, PART.replace("conv", "conw"), "block part(k:\n", None])
def test_an_import_is_watched_too(tmp_path, before):
    part, main = tmp_path / "part.arch", tmp_path / "main.arch"
    if before is not None:
        part.write_text(before)
    main.write_text(IMPORTING)
    server = Preview(main)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        time.sleep(0.1)
        part.write_text(PART.replace("1)", "3)"))
        assert server.watched.after((0, 0)) == (1, 0)
        assert b"4x6x6" in diagram(server, state(server)).read()
    finally:
        server.shutdown()
        thread.join(10)


def test_an_import_is_shown_as_it_is_typed(tmp_path):
    part, main = tmp_path / "part.arch", tmp_path / "main.arch"
    part.write_text(PART)
    feed = Typed(main, IMPORTING, {part: PART.replace("1)", "3)")})
    assert "4x6x6" in shown(main, text=feed.text, read=feed.read).drawing
    feed.put(IMPORTING, {part: PART})
    assert feed.version == 1
    assert "4x8x8" in shown(main, text=feed.text, read=feed.read).drawing
    feed.put(IMPORTING, {part: PART})
    assert feed.version == 1


def test_one_network_of_several_is_chosen(tmp_path):
    file = tmp_path / "two.arch"
    file.write_text(SMALL + "\n" + SMALL.replace("small", "other").replace("4, 3", "8, 3"))
    assert shown(file).network == "small" and shown(file).networks == ("small", "other")
    assert shown(file, "other").network == "other"
    assert shown(file, "gone").network == "small"


def test_what_cannot_be_shown_says_why(tmp_path):
    file = tmp_path / "none.arch"
    assert "no such file" in shown(file).findings[0].text
    file.write_text("block b:\n    relu\n")
    assert "declares no network" in shown(file).findings[0].text
    file.write_text("network (\n")
    assert shown(file).findings[0].severity == "error"


def test_nothing_of_a_file_becomes_markup(tmp_path):
    file = tmp_path / "hostile.arch"
    file.write_text(SMALL.replace("small:\n", 'small:\n    """<img src=x onerror=alert(1)>"""\n'))
    now = shown(file)
    assert now.sound and "<img" not in now.drawing and "<img" not in texts(now).table
