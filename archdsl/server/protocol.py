"""The protocol as pygls speaks it, without what pygls leaves behind.

For every notification pygls keeps the future that says how it went, and forgets it only if it was a
request: each character that is typed would cost two kilobytes for good.
"""

from pygls.protocol import LanguageServerProtocol
from pygls.protocol.json_rpc import RPCMessage


class Protocol(LanguageServerProtocol):
    def handle_message(self, message: RPCMessage) -> None:
        super().handle_message(message)
        done = [key for key, future in self._request_futures.items() if future.done()]
        for key in done:
            del self._request_futures[key]
