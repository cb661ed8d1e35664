"""The files that declare a name which a text lacks, and the line that imports it."""

import os
import re
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from os.path import normpath
from pathlib import Path

from archdsl.base.labels import Edit
from archdsl.base.source import Span
from archdsl.driver import Read
from archdsl.editing.analysis import Analysis
from archdsl.editing.rows import row_end, with_comments
from archdsl.syntax import tree

MOST_FILES, MOST_ENTRIES = 500, 5_000
_DECLARED = r"^(?:block|network|fn)\s+{}\b"


def specs_below(folder: Path) -> Iterator[Path]:
    """The specs in a folder and its subfolders, without hidden ones; of a large one the first."""
    seen = islice(_below(folder), MOST_ENTRIES)
    return islice((path for path in seen if path.suffix == ".arch"), MOST_FILES)


def _below(folder: Path) -> Iterator[Path]:
    """The files below a folder, nearest first."""
    waiting = deque([folder])
    while waiting:
        with suppress(OSError), os.scandir(waiting.popleft()) as entries:
            for entry in sorted(entries, key=lambda e: e.name):
                if entry.is_dir(follow_symlinks=False):
                    if not entry.name.startswith(".") and entry.name != "node_modules":
                        waiting.append(Path(entry.path))
                else:
                    yield Path(entry.path)


def declaring(analysis: Analysis, name: str, read: Read) -> Iterator[str]:
    """The files beside and below a text's own that declare a name, as an import writes them."""
    declared = re.compile(_DECLARED.format(re.escape(name)), re.MULTILINE)
    for path in sorted(specs_below(analysis.folder)):
        text = read(path)
        place = path.relative_to(analysis.folder).as_posix()
        own = place == analysis.source.name.replace("\\", "/").rpartition("/")[2]
        if isinstance(text, str) and not own and declared.search(text):
            yield place


def importing(analysis: Analysis, path: str, name: str) -> Edit:
    """The edit that imports a name: into the line for that file where there is one."""
    declared = analysis.file.declarations
    lines = [d for d in declared if isinstance(d, tree.Import)]
    for line in lines:
        if normpath(str(line.path.value)) == normpath(path):
            end = line.names[-1].span.last
            return Edit(Span(analysis.source, end, end), f", {name}")
    return _new_line(analysis, f'from "{path}" import {name}', lines)


def _new_line(analysis: Analysis, line: str, imports: list[tree.Import]) -> Edit:
    """A line below the last import; else above the first declaration and its comments; else at the
    end."""
    text, declared = analysis.source.text, analysis.file.declarations
    if imports:
        at = row_end(text, imports[-1].span.last)
        return Edit(Span(analysis.source, at, at), f"\n{line}")
    if declared:
        at = with_comments(text, declared[0].span.first)
        return Edit(Span(analysis.source, at, at), f"{line}\n\n")
    at = len(text)
    broken = "\n" if text and not text.endswith("\n") else ""
    return Edit(Span(analysis.source, at, at), f"{broken}{line}\n")
