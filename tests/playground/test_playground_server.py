"""`archdsl serve --playground`: the page's files and answers, to this machine alone."""

import http.client
import json
import socket
import threading
from contextlib import suppress

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


@pytest.mark.parametrize(
    "line, status",
    [
        ("POST /x/answer", 404),
        ("POST /{}/no", 404),
        ("POST /{}/answer", 413),
        ("GET /{}/", 200),
        ("GET /{}/no", 404),
    ],
)
def test_the_body_of_a_refused_request_is_not_taken_for_another_one(playground, line, status):
    host = f"Host: 127.0.0.1:{playground.server_port}\r\n"
    hidden = f"GET /{playground.secret}/page.css HTTP/1.1\r\n{host}\r\n".ljust(
        MOST + 1 if status == 413 else 0
    )
    head = f"{line.format(playground.secret)} HTTP/1.1\r\n{host}"
    with socket.create_connection(("127.0.0.1", playground.server_port), 20) as asked:
        asked.sendall(f"{head}Content-Length: {len(hidden)}\r\n\r\n{hidden}".encode())
        told = b""
        with suppress(ConnectionError):
            while piece := asked.recv(65536):
                told += piece
    assert told.startswith(b"HTTP/1.1 %d " % status) and told.count(b"HTTP/1.1") == 1
    assert b"\r\nConnection: close\r\n" in told


@pytest.mark.parametrize("header", ["Transfer-Encoding: chunked", "Content-Length: -1"])
def test_a_body_without_a_length_is_refused(playground, header):
    host = f"Host: 127.0.0.1:{playground.server_port}"
    with socket.create_connection(("127.0.0.1", playground.server_port), 20) as asked:
        head = f"POST /{playground.secret}/answer HTTP/1.1\r\n{host}\r\n{header}\r\n\r\n"
        asked.sendall(head.encode())
        assert asked.recv(65536).startswith(b"HTTP/1.1 411 ")


def test_a_file_s_text_stands_in_the_address(archdsl, spec, monkeypatch):
    monkeypatch.setattr(Playground, "run", lambda self: self.server_close())
    file = spec("network n:\n    input 3x8x8\n    relu\n")
    done = archdsl("serve", "--playground", file)
    assert done.status == 0
    assert decode(done.out.strip().partition("#")[2]) == (file.read_text(), "")


def test_a_file_is_needed_without_it(archdsl):
    assert "name a file" in archdsl("serve").err
