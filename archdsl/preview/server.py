"""The preview over HTTP: to this machine alone, under an address that nobody can guess.

A request must name this machine as its host, so that no page from elsewhere can reach it by
another name; the address has a secret in it; there is no path to a file.
"""

import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files as resources
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import msgspec

from archdsl.preview.state import Shown, files, shown
from archdsl.preview.watch import PAUSE, Stamp, stamp

LOOPBACK = "127.0.0.1"
ALIVE = 10.0  # seconds after which a quiet stream says that it is still there
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; connect-src 'self'; "
    "frame-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
FRAMED = "frame-ancestors 'self'"  # of the diagram, whose own policy stands in it
ASSETS = {"": ("page.html", "text/html"), "page.js": ("page.js", "text/javascript")}


class Watched:
    """A file and its imports; `version` counts their changes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.version = 0
        self.changed = threading.Condition()
        self.ended = False
        self._files = files(path)
        self._stamp: Stamp = stamp(self._files)

    def follow(self) -> None:
        """Looks for changes until it is ended."""
        while not self.ended:
            time.sleep(PAUSE)
            now = stamp(self._files)
            if now != self._stamp:
                self._files = files(self.path)
                self._stamp = stamp(self._files)
                with self.changed:
                    self.version += 1
                    self.changed.notify_all()

    def end(self) -> None:
        self.ended = True
        with self.changed:
            self.changed.notify_all()

    def after(self, version: int) -> int:
        """The next version, or the same one after a while."""
        with self.changed:
            self.changed.wait_for(lambda: self.version > version or self.ended, ALIVE)
            return self.version


class Preview(ThreadingHTTPServer):
    """The server of one file; `address` is what a browser opens."""

    daemon_threads = True

    def __init__(self, path: Path, port: int = 0) -> None:
        super().__init__((LOOPBACK, port), Answer)
        self.watched = Watched(path)
        self.secret = secrets.token_urlsafe(16)
        self._last: tuple[tuple[int, str], Shown] | None = None
        self._lock = threading.Lock()
        self.hosts = {f"{name}:{self.server_port}" for name in (LOOPBACK, "localhost")}

    @property
    def address(self) -> str:
        return f"http://{LOOPBACK}:{self.server_port}/{self.secret}/"

    def shown(self, version: int, network: str) -> Shown:
        """The state to show; the last is kept, since its diagram is asked for next."""
        with self._lock:
            if self._last is None or self._last[0] != (version, network):
                self._last = (version, network), shown(self.watched.path, network)
            return self._last[1]

    def run(self) -> None:
        """Serves until it is interrupted."""
        threading.Thread(target=self.watched.follow, daemon=True).start()
        try:
            self.serve_forever(poll_interval=0.1)
        finally:
            self.watched.end()
            self.server_close()


class Answer(BaseHTTPRequestHandler):
    """One request."""

    server: Preview
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.headers.get("Host") not in self.server.hosts:
            return self._refuse(403)
        address = urlsplit(self.path)
        secret, _, name = address.path.removeprefix("/").partition("/")
        if not secrets.compare_digest(secret.encode(), self.server.secret.encode()):
            return self._refuse(404)
        if name in ASSETS:
            file, kind = ASSETS[name]
            text = resources(__package__).joinpath(file).read_bytes()
            return self._give(text, kind)
        network = parse_qs(address.query).get("network", [""])[0]
        if name == "state":
            return self._state(network)
        if name == "diagram":
            version = self.server.watched.version
            text = self.server.shown(version, network).drawing.encode()
            return self._give(text, "text/html", FRAMED)
        if name == "news":
            return self._news()
        return self._refuse(404)

    def _state(self, network: str) -> None:
        version = self.server.watched.version
        found = msgspec.to_builtins(self.server.shown(version, network))
        address = f"diagram?{urlencode({'network': network, 'version': version})}"
        found["drawing"] = found["drawing"] and address
        self._give(msgspec.json.encode({"version": version, **found}), "application/json")

    def _news(self) -> None:
        """A line for every new version, as long as the page listens."""
        self._head(200, "text/event-stream", None)
        version = -1
        try:
            while not self.server.watched.ended:
                if version < 0:
                    version = self.server.watched.version
                else:
                    version = self.server.watched.after(version)
                self.wfile.write(f"data: {version}\n\n".encode())
                self.wfile.flush()
        except OSError:  # the page is gone
            return

    def _give(self, content: bytes, kind: str, policy: str = POLICY) -> None:
        self._head(200, f"{kind}; charset=utf-8", len(content), policy)
        self.wfile.write(content)

    def _refuse(self, status: int) -> None:
        self._head(status, "text/plain", 0)

    def _head(self, status: int, kind: str, length: int | None, policy: str = POLICY) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Security-Policy", policy)
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
