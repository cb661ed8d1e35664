"""The protocol as pygls speaks it, with what VS Code does otherwise, and without what pygls leaves
behind.

For every notification pygls keeps the future that says how it went, and forgets it only if it was a
request: each character that is typed would cost two kilobytes for good.
"""

from urllib.parse import unquote

from lsprotocol.types import DidChangeTextDocumentNotification
from pygls.protocol import LanguageServerProtocol
from pygls.protocol.json_rpc import RPCMessage


class Protocol(LanguageServerProtocol):
    def handle_message(self, message: RPCMessage) -> None:
        if not self._is_late(message):
            super().handle_message(message)
        done = [key for key, future in self._request_futures.items() if future.done()]
        for key in done:
            del self._request_futures[key]

    def _is_late(self, message: RPCMessage) -> bool:
        """True for a change of a text that is closed: of one that is reverted and closed, VS Code
        tells the change last."""
        if not isinstance(message, DidChangeTextDocumentNotification):
            return False
        known = self._workspace.text_documents if self._workspace is not None else {}
        return unquote(message.params.text_document.uri) not in known
