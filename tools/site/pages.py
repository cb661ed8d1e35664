"""What the site needs beside `docs/`, and its pages as MkDocs reads them.

In the repository the README stands above `docs/` and the pages of codes in `archdsl/codes`; links
to files that are no page, such as tests, are plain words here.
"""

import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[2]
CODES = "archdsl/codes"
STYLE = "site.css"
AS_THEY_ARE = ("LICENSE", "CITATION.cff")
PLACES = {"README.md": "index.md", CODES: "codes", "docs": ""}  # in the repository: on the site

_LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\]]*\])*)\]\((?!https?:|#)([^)#\s]+)(#[^)\s]*)?\)")
_PICTURE = re.compile(r'(<img src=")([^"]+)"')
_FENCE = re.compile(r"^```(\w+)[^\S\n]+(\S[^\n]*)$", re.MULTILINE)
_FILE = re.compile(r"\S+\.arch$")
_LIST = re.compile(r"^(?![-*|>#\s]|\d+\.)([^\n]+)\n(?=- )", re.MULTILINE)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the README as the first page, a page for each code, and files that are linked."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    files.append(File.generated(config, "index.md", content=readme))
    for page in sorted((ROOT / CODES).glob("*.md")):
        text = page.read_text(encoding="utf-8")
        files.append(File.generated(config, f"codes/{page.name}", content=text))
    style = (Path(__file__).parent / STYLE).read_text(encoding="utf-8")
    files.append(File.generated(config, STYLE, content=style))
    for name in AS_THEY_ARE:
        files.append(File.generated(config, name, content=(ROOT / name).read_text("utf-8")))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Links as the site has them, fences and lists as its Markdown knows them."""
    source = page.file.src_uri
    known = {file.src_uri for file in files}

    def linked(found: re.Match[str]) -> str:
        words, target, anchor = found.groups()
        place = _place(source, target)
        if place not in known and (ROOT / _named(source, target)).exists():
            return words
        return f"[{words}]({_from(source, place)}{anchor or ''})"

    def pictured(found: re.Match[str]) -> str:
        return f'{found[1]}{_from(source, _place(source, found[2]))}"'

    parts = re.split(r"(^```.*?^```$)", markdown, flags=re.MULTILINE | re.DOTALL)
    for k, part in enumerate(parts):
        if part.startswith("```"):
            parts[k] = _FENCE.sub(_fence, part, count=1)
        else:
            parts[k] = _LIST.sub(r"\1\n\n", _PICTURE.sub(pictured, _LINK.sub(linked, part)))
    return "".join(parts)


def _fence(found: re.Match[str]) -> str:
    """The language, and the file's name as a title; what tests are told is no word of the page."""
    names = [word for word in found[2].split() if _FILE.match(word)]
    return f'```{found[1]} title="{names[0]}"' if names else f"```{found[1]}"


def _place(source: str, target: str) -> str:
    """Where on the site a file lies that a page of the repository names."""
    place = _named(source, target)
    for folder, moved in PLACES.items():
        if place == folder:
            return moved
        if place.startswith(f"{folder}/"):
            return posixpath.join(moved, place.removeprefix(f"{folder}/"))
    return place


def _named(source: str, target: str) -> str:
    """The file of the repository that a page names."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(_origin(source)), target))


def _origin(source: str) -> str:
    """Where a page of the site lies in the repository."""
    if source == "index.md":
        return "README.md"
    return f"archdsl/{source}" if source.startswith("codes/") else f"docs/{source}"


def _from(source: str, place: str) -> str:
    return posixpath.relpath(place, posixpath.dirname(source) or ".")
