"""Recognition of archdsl's own files: a checksum beside its name, in formats with comments.

A mark is put in where a file is written, not where text goes to standard output. What was edited
since has another checksum, and is the user's. Line ends may become those of another system.
"""

import re
from hashlib import sha256

_NAME = re.compile(rb"(?:written|drawn) by archdsl(?: [0-9.]+ from \w+)?", re.IGNORECASE)
_MARK = re.compile(rb" \(checksum ([0-9a-f]{12})\)")
_COMMENTS = {
    "python": b"# %s\n",
    "dot": b"// %s\n",
    "mermaid": b"%%%% %s\n",
    "lua": b"-- %s\n",
    "vim": b'" %s\n',
    "elisp": b";; %s\n",
    **dict.fromkeys(("toml", "nanorc"), b"# %s\n"),
    **dict.fromkeys(("svg", "html", "md"), b"<!-- %s -->\n"),
}


def marked(content: bytes, format: str) -> bytes:
    """The content with its checksum; formats without comments are left as they are."""
    if format not in _COMMENTS:
        return content
    if _NAME.search(content) is None:
        content += _COMMENTS[format] % b"written by archdsl"
    name = _NAME.search(content)
    assert name is not None
    return b"%s (checksum %s)%s" % (
        content[: name.end()],
        _checksum(content),
        content[name.end() :],
    )


def comment(text: str, format: str) -> str:
    """A line with the text as a comment; KeyError for a format without comments."""
    return (_COMMENTS[format] % text.encode()).decode()


def is_marked(content: bytes) -> bool:
    """True where archdsl wrote just this."""
    marks = _MARK.finditer(content)
    return any(_checksum(content[: m.start()] + content[m.end() :]) == m[1] for m in marks)


def was_marked(content: bytes) -> bool:
    """True where archdsl may have written this before it was edited."""
    return _MARK.search(content) is not None


def _checksum(content: bytes) -> bytes:
    return sha256(content.replace(b"\r\n", b"\n")).hexdigest()[:12].encode()
