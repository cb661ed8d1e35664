"""`archdsl serve --playground`: the page's files and answers, to this machine alone."""

import http.client
import json
import threading

import pytest

from archdsl.playground.address import decode
from archdsl.playground.page_files import page_files
from archdsl.playground.server import MOST, Playground


@pytest.fixture(scope="module")
def playground():
    server = Playground()
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join(10)


def ask(server, path, body=None, method="GET", **headers):
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)
    connection.request(method, path, body, headers)
    return connection.getresponse()


def test_every_file_of_the_page_is_given_under_a_strict_policy(playground):
    for name in ("", *page_files("by_server.js")):
        answer = ask(playground, f"/{playground.secret}/{name}")
        assert answer.status == 200 and answer.read()
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_a_message_is_answered(playground):
    message = json.dumps({"ask": "read", "text": "network n:\n    input 3x8x8\n    relu\n"})
    answer = ask(playground, f"/{playground.secret}/answer", message, "POST")
    assert json.loads(answer.read())["sound"]


@pytest.mark.parametrize("path", ["/", "/answer", "/x/answer", "/{}/../../etc/passwd", "/{}/no"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nothing_else_is_given(playground, path, method):
    assert ask(playground, path.format(playground.secret), "{}", method).status == 404


def test_another_host_and_a_huge_message_are_refused(playground):
    path = f"/{playground.secret}/answer"
    assert ask(playground, path, "{}", "POST", Host="evil.example").status == 403
    assert ask(playground, path, b" " * (MOST + 1), "POST").status == 413


def test_a_file_s_text_stands_in_the_address(archdsl, spec, monkeypatch):
    monkeypatch.setattr(Playground, "run", lambda self: self.server_close())
    file = spec("network n:\n    input 3x8x8\n    relu\n")
    done = archdsl("serve", "--playground", file)
    assert done.status == 0
    assert decode(done.out.strip().partition("#")[2]) == (file.read_text(), "")


def test_a_file_is_needed_without_it(archdsl):
    assert "name a file" in archdsl("serve").err
