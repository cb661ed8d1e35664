"""The fragment of an address with a spec in it, compressed, so that a link shares it: `#spec=…`.

A fragment stays in the browser: it is sent to no server. The page does the same in
`page/address.js`; here links are made, and the form is told.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from urllib.parse import parse_qs, urlencode
from zlib import MAX_WBITS, compressobj, decompressobj, error

RAW = -MAX_WBITS  # deflate without a header, which browsers know as `deflate-raw`
LARGEST = 1_000_000  # bytes of a spec in an address


class NoSpec(ValueError):
    """A fragment that holds no spec; the message says why."""


def encode(text: str, network: str = "") -> str:
    """The fragment for a spec; `network` is the one to show of several."""
    deflate = compressobj(level=9, wbits=RAW)
    packed = deflate.compress(text.encode()) + deflate.flush()
    fields = {"spec": urlsafe_b64encode(packed).decode().rstrip("=")}
    return urlencode(fields | ({"network": network} if network else {}))


def decode(fragment: str) -> tuple[str, str]:
    """The spec of a fragment, and the network to show. Raises `NoSpec`."""
    fields = parse_qs(fragment.removeprefix("#"))
    packed = fields.get("spec", [""])[0]
    inflate = decompressobj(wbits=RAW)
    try:
        text = inflate.decompress(urlsafe_b64decode(packed + "=" * (-len(packed) % 4)), LARGEST)
        if not inflate.eof:
            raise NoSpec("the address was cut off, or its spec is too large")
        return text.decode(), fields.get("network", [""])[0]
    except (ValueError, error) as wrong:
        if isinstance(wrong, NoSpec):
            raise
        raise NoSpec("the address holds no spec that can be read") from None
