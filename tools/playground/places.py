"""Where the parts of the playground lie."""

from hashlib import blake2b
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
PAGE = ROOT / "archdsl" / "playground" / "page"
LANGUAGE = ROOT / "archdsl" / "editors" / "codemirror"
BUILD = ROOT / "build" / "playground"
NPM = BUILD / "npm"
SITE = BUILD / "site"  # what the site takes beside the page's own files
STAMP = BUILD / "stamp"  # the code that the collected compiler is
COMMAND = "python -m tools.playground"


def sources() -> dict[str, Path]:
    """The files of archdsl and its specs by their places in a folder of packages."""
    package = ROOT / "archdsl"
    own = {
        file.relative_to(ROOT).as_posix(): file
        for file in sorted(package.rglob("*"))
        if file.is_file() and "__pycache__" not in file.parts and _is_needed(file)
    }
    specs = {f"archdsl/specs/{file.name}": file for file in sorted((ROOT / "specs").iterdir())}
    return own | specs


def _is_needed(file: Path) -> bool:
    """Not the files of editors and of the page: no compiler reads them."""
    folders = file.relative_to(ROOT).parts
    return not (folders[1] == "editors" and file.suffix != ".py") and PAGE not in file.parents


def stamp() -> str:
    """A digest of the code."""
    found = blake2b(digest_size=16)
    for name, file in sources().items():
        found.update(name.encode() + b"\0" + file.read_bytes() + b"\0")
    return found.hexdigest()
