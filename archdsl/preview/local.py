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

    def asked(self) -> SplitResult | None:
        """The address behind the secret; None where the request was refused."""
        if self.headers.get("Host") not in self.server.hosts:
            self.refuse(403)
            return None
        address = urlsplit(self.path)
        secret, _, name = address.path.removeprefix("/").partition("/")
        if not secrets.compare_digest(secret.encode(), self.server.secret.encode()):
            self.refuse(404)
            return None
        return address._replace(path=name)

    def give(self, content: bytes, kind: str, policy: str = "") -> None:
        """Answers with a text in UTF-8, or with bytes of another kind."""
        told = f"{kind}; charset=utf-8" if kind.startswith(("text/", "application/json")) else kind
        self.head(200, told, len(content), policy)
        self.wfile.write(content)

    def refuse(self, status: int) -> None:
        self.head(status, "text/plain", 0)

    def head(self, status: int, kind: str, length: int | None, policy: str = "") -> None:
        """The answer's head; without a length the answer goes on until it is closed."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Security-Policy", policy or self.policy)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        if length is None:
            self.close_connection = True
            self.send_header("Connection", "close")
        else:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the address with its secret would stand in it."""
