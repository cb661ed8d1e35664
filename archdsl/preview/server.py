"""The preview of one file over HTTP: its page, its state, and its news."""

import threading
import time
from importlib.resources import files as resources
from pathlib import Path
from urllib.parse import parse_qs, urlencode

import msgspec

from archdsl.preview.local import LocalAnswer, LocalServer
from archdsl.preview.state import Shown, files, shown
from archdsl.preview.watch import PAUSE, Stamp, stamp

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


class Preview(LocalServer):
    """The server of one file."""

    def __init__(self, path: Path, port: int = 0) -> None:
        super().__init__(port, Answer)
        self.watched = Watched(path)
        self._last: tuple[tuple[int, str], Shown] | None = None
        self._lock = threading.Lock()

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
            super().run()
        finally:
            self.watched.end()


class Answer(LocalAnswer):
    """One request."""

    server: Preview
    policy = POLICY

    def do_GET(self) -> None:
        address = self.asked()
        if address is None:
            return
        name = address.path
        if name in ASSETS:
            file, kind = ASSETS[name]
            text = resources(__package__).joinpath(file).read_bytes()
            return self.give(text, kind)
        network = parse_qs(address.query).get("network", [""])[0]
        if name == "state":
            return self._state(network)
        if name == "diagram":
            version = self.server.watched.version
            text = self.server.shown(version, network).drawing.encode()
            return self.give(text, "text/html", FRAMED)
        if name == "news":
            return self._news()
        return self.refuse(404)

    def _state(self, network: str) -> None:
        version = self.server.watched.version
        found = msgspec.to_builtins(self.server.shown(version, network))
        address = f"diagram?{urlencode({'network': network, 'version': version})}"
        found["drawing"] = found["drawing"] and address
        self.give(msgspec.json.encode({"version": version, **found}), "application/json")

    def _news(self) -> None:
        """A line for every new version, as long as the page listens."""
        self.head(200, "text/event-stream; charset=utf-8", None)
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
