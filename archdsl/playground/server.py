"""`archdsl serve --playground`: the page, and answers by the archdsl of this machine."""

from functools import cached_property
from threading import Lock

from archdsl.playground.answers import answer
from archdsl.playground.page_files import kind_of, page_files
from archdsl.preview.local import LocalAnswer, LocalServer

MOST = 2_000_000  # bytes of a message
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Playground(LocalServer):
    """The server of the page; it reads no file of the user's, and answers one message a time."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(port, Answer)
        self._lock = Lock()

    @cached_property
    def files(self) -> dict[str, bytes]:
        return page_files("by_server.js")

    def answer(self, message: bytes) -> bytes:
        with self._lock:
            return answer(message)


class Answer(LocalAnswer):
    """One request."""

    server: Playground
    policy = POLICY

    def do_GET(self) -> None:
        address = self.asked()
        if address is None:
            return
        name = address.path or "index.html"
        if name not in self.server.files:
            return self.refuse(404)
        self.give(self.server.files[name], kind_of(name))

    def do_POST(self) -> None:
        address = self.asked(MOST)
        if address is None:
            return
        if address.path != "answer":
            return self.refuse(404)
        self.give(self.server.answer(self.rfile.read(self.length)), "application/json")
