"""The last guard: an exception that nobody foresaw becomes one sentence and a report in a file.

The report says where archdsl failed and has nothing that the user wrote: no names of files, no
values of options, no messages of exceptions. With `ARCHDSL_REPORT=full` it has these too.
"""

import os
import platform
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path

from archdsl.base.fault import Fault
from archdsl.base.version import __version__
from archdsl.cli.command_table import COMMANDS

STATUS = 70  # EX_SOFTWARE of sysexits.h
CONSENT = "ARCHDSL_REPORT"
_PACKAGE = Path(__file__).parents[1]
_ENDS = 25  # frames at either end of a long trace


def tell(error: Exception, argv: Sequence[str]) -> str:
    """Writes the report; the sentence for the user."""
    what = str(error) if isinstance(error, Fault) else f"{type(error).__name__}{_where(error)}"
    sentence = f"{what}: this is a fault of archdsl, not yours"
    whole = os.environ.get(CONSENT) == "full"
    try:
        place = _written(_report(error, argv, whole))
    except OSError as refused:
        return f"{sentence}; no report could be written ({refused.strerror})"
    has = "your command and texts too" if whole else f"nothing you wrote ({CONSENT}=full adds it)"
    return f"{sentence}; please send us the report {place}, which has {has}"


def _written(text: str) -> str:
    handle, name = tempfile.mkstemp(prefix="archdsl-fault-", suffix=".txt")
    with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as stream:
        stream.write(text)
    return name


def _report(error: Exception, argv: Sequence[str], whole: bool) -> str:
    words = argv if whole else [w.split("=")[0] for w in argv if w in COMMANDS or w[:2] == "--"]
    system = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    lines = [f"archdsl {__version__}, {system}", f"command: {' '.join(words)}"]
    for link in _chain(error):
        lines += ["", type(link).__name__ + (f": {link}" if whole else "")]
        lines += [f"  {frame}" for frame in _frames(link)]
        if whole and isinstance(link, Fault) and link.details:
            lines += ["", link.details]
    return "\n".join(lines) + "\n"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception and those that led to it, the last first."""
    link: BaseException | None = error
    while link is not None:
        yield link
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)


def _frames(error: BaseException) -> list[str]:
    """The places that an error went through, the innermost last; of a long way the two ends."""
    trace = traceback.extract_tb(error.__traceback__)
    frames = [f"{_file(frame.filename)}:{frame.lineno} in {frame.name}" for frame in trace]
    left_out = len(frames) - 2 * _ENDS
    if left_out > 0:
        frames[_ENDS:-_ENDS] = [f"… {left_out:,} more"]
    return frames


def _file(name: str) -> str:
    """A file of archdsl, of a library or of Python itself; any other is the user's."""
    path = Path(name)
    for base, shown in ((_PACKAGE, "archdsl"), (Path(os.__file__).parent, "python")):
        if path.is_relative_to(base):
            return f"{shown}/{path.relative_to(base).as_posix()}"
    _, mark, library = path.as_posix().rpartition("/site-packages/")
    if mark:
        return library
    return name if name.startswith("<frozen ") else "a file of yours"


def _where(error: Exception) -> str:
    """The innermost line of archdsl's own."""
    trace = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in trace if Path(frame.filename).is_relative_to(_PACKAGE)]
    return f" in {_file(own[-1].filename)}:{own[-1].lineno}" if own else ""
