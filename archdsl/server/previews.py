"""The pages of texts as they are typed, each served by threads of its own."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archdsl.preview.feed import Texts, Typed
    from archdsl.preview.server import Preview


class Previews:
    """By the addresses of their texts."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Typed, Preview]] = {}

    def show(
        self, uri: str, path: Path, text: str, imports: "Texts", goto: Callable[[int], None]
    ) -> str:
        """The address of a text's page."""
        from archdsl.preview.feed import Typed  # which need all printers and drawings
        from archdsl.preview.server import Preview

        if uri not in self._known:
            feed = Typed(path, text, imports)
            server = Preview(path, feed=feed, goto=goto)
            threading.Thread(target=server.run, daemon=True).start()
            self._known[uri] = feed, server
        return self._known[uri][1].address

    def put(self, uri: str, text: str, imports: "Texts") -> None:
        """Hands on the next version of a text and its imports, if it has a page."""
        if uri in self._known:
            self._known[uri][0].put(text, imports)

    def at(self, uri: str, line: int) -> None:
        """Hands on the line that somebody is at."""
        if uri in self._known:
            self._known[uri][0].at(line)

    def drop(self, uri: str) -> None:
        """Ends the page of a text."""
        known = self._known.pop(uri, None)
        if known is not None:
            threading.Thread(target=known[1].shutdown, daemon=True).start()
