"""The preview of one file over HTTP: its page, its state, and its news."""

import threading
from collections.abc import Callable
from importlib.resources import files as resources
from pathlib import Path
from urllib.parse import parse_qs, urlencode

import msgspec
from msgspec.structs import replace

from archdsl.preview.feed import Feed, Watched
from archdsl.preview.local import LocalAnswer, LocalServer
from archdsl.preview.state import Against, Shown, shown, texts

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; connect-src 'self'; "
    "frame-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
FRAMED = "frame-ancestors 'self'"  # of the diagram, whose own policy stands in it
ASSETS = {"": ("page.html", "text/html"), "page.js": ("page.js", "text/javascript")}


class Preview(LocalServer):
    """The server of one file. `feed` says how it changes, else it is followed as it is saved;
    `against` is what it is compared with; `goto` leads an editor to a line."""

    def __init__(
        self,
        path: Path,
        port: int = 0,
        feed: Feed | None = None,
        against: Against | None = None,
        goto: Callable[[int], None] | None = None,
    ) -> None:
        super().__init__(port, Answer)
        self.watched = feed or Watched(path)
        self.goto = goto
        self._against = against
        self._last: tuple[tuple[int, str], Shown] | None = None
        self._lock = threading.Lock()

    def shown(self, version: int, network: str) -> Shown:
        """The state to show; the last is kept, since its diagram is asked for next."""
        with self._lock:
            if self._last is None or self._last[0] != (version, network):
                feed = self.watched
                state = shown(feed.path, network, feed.text, self._against, feed.read)
                self._last = (version, network), state
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
        if name in ("diagram", "before"):
            version = self.server.watched.version
            state = self.server.shown(version, network)
            page = state.before if name == "before" else state.drawing
            return self.give(page.encode(), "text/html", FRAMED)
        if name == "texts":
            state = self.server.shown(self.server.watched.version, network)
            return self.give(msgspec.json.encode(texts(state)), "application/json")
        if name == "news":
            return self._news()
        return self.refuse(404)

    def do_POST(self) -> None:
        """`goto?line=12`: the click on a box."""
        address = self.asked()
        if address is None:
            return
        line = parse_qs(address.query).get("line", [""])[0]
        goto = self.server.goto
        if address.path != "goto" or goto is None or not (line.isascii() and line.isdigit()):
            return self.refuse(404)
        goto(int(line))
        self.give(b"", "text/plain")

    def _state(self, network: str) -> None:
        version = self.server.watched.version
        state = msgspec.to_builtins(
            replace(self.server.shown(version, network), sound_network=None)
        )
        asked = urlencode({"network": network, "version": version})
        for field, name in (("drawing", "diagram"), ("before", "before")):
            state[field] = state[field] and f"{name}?{asked}"
        state |= {"line": self.server.watched.line, "leads": self.server.goto is not None}
        self.give(msgspec.json.encode({"version": version, **state}), "application/json")

    def _news(self) -> None:
        """A line for every new version, and for every other line of the text that somebody is
        at, as long as the page listens."""
        self.head(200, "text/event-stream; charset=utf-8", None)
        feed = self.server.watched
        known = (-1, feed.line)
        try:
            while not feed.ended:
                now = feed.news if known[0] < 0 else feed.after(known)
                if now[1] != known[1]:
                    self.wfile.write(f"event: line\ndata: {now[1]}\n\n".encode())
                if now[0] != known[0] or now == known:
                    self.wfile.write(f"data: {now[0]}\n\n".encode())
                self.wfile.flush()
                known = now
        except OSError:  # the page is gone
            return
