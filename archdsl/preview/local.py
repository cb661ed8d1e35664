"""HTTP to this machine alone, under an address that nobody can guess.

A request must name this machine as its host, so that no page from elsewhere can reach it by
another name; the address has a secret in it; there is no path to a file.
"""

import secrets
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import SplitResult, urlsplit

LOOPBACK = "127.0.0.1"
HEARD, PIECE = 16_000_000, 65_536  # bytes that are read of what is refused: who still sends them
# would not hear the answer


class LocalServer(ThreadingHTTPServer):
    """A server of this machine; `address` is what a browser opens."""

    daemon_threads = True

    def __init__(self, port: int, answer: "type[LocalAnswer]") -> None:
        super().__init__((LOOPBACK, port), answer)
        self.secret = secrets.token_urlsafe(16)
        self.hosts = {f"{name}:{self.server_port}" for name in (LOOPBACK, "localhost")}

    @property
    def address(self) -> str:
        return f"http://{LOOPBACK}:{self.server_port}/{self.secret}/"

    def run(self) -> None:
        """Serves until it is interrupted."""
        try:
            self.serve_forever(poll_interval=0.1)
        finally:
            self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing where a page was closed before it had its answer."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class LocalAnswer(BaseHTTPRequestHandler):
    """One request; `policy` says what a page given here may load."""

    server: LocalServer
    policy = "default-src 'none'"
    protocol_version = "HTTP/1.1"
    timeout = 60  # seconds for the next piece of a request, and for a page to take one of an answer
    length = 0  # bytes of the request's body

    def asked(self, most: int = 0) -> SplitResult | None:
        """The address behind the secret; None where the request was refused. Its body has at most
        `most` bytes; if that is 0, nobody reads a body, and the connection is closed."""
        length = self.headers.get("Content-Length", "0")
        known = length.isascii() and length.isdigit() and "Transfer-Encoding" not in self.headers
        self.length = int(length) if known else 0
        address = urlsplit(self.path)
        secret, _, name = address.path.removeprefix("/").partition("/")
        if self.headers.get("Host") not in self.server.hosts:
            status = 403
        elif not secrets.compare_digest(secret.encode(), self.server.secret.encode()):
            status = 404
        elif not known:
            status = 411
        else:
            status = 413 if most and self.length > most else 200
        if status != 200:
            self.refuse(status)
            return None
        self.close_connection |= self.length > most
        return address._replace(path=name)

    def give(self, content: bytes, kind: str, policy: str = "") -> None:
        """Answers with a text in UTF-8, or with bytes of another kind."""
        told = f"{kind}; charset=utf-8" if kind.startswith(("text/", "application/json")) else kind
        self.head(200, told, len(content), policy)
        self.wfile.write(content)

    def refuse(self, status: int) -> None:
        """Says no. Whatever follows on the connection is not taken for a request."""
        self.close_connection = True
        self.head(status, "text/plain", 0)
        left = min(self.length, HEARD)
        while left > 0 and (read := self.rfile.read(min(left, PIECE))):
            left -= len(read)

    def head(self, status: int, kind: str, length: int | None, policy: str = "") -> None:
        """The answer's head; without a length the answer goes on until it is closed."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Security-Policy", policy or self.policy)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        if length is None or self.close_connection:
            self.send_header("Connection", "close")  # which closes it
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the address with its secret would stand in it."""
