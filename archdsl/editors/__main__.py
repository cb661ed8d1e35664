"""`python -m archdsl.editors`: writes the grammars and snippets for editors into their folders, and
the set-ups into `docs/editors.md`."""

from pathlib import Path

from archdsl.base.files import write_all
from archdsl.editors.codemirror_words import codemirror_words
from archdsl.editors.setup_page import printed
from archdsl.editors.snippets import snippets
from archdsl.editors.textmate import textmate

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "editors.md"


def documents() -> dict[str, str]:
    """Every written file by its path in this folder."""
    return {
        "codemirror/words.js": codemirror_words(),
        "vscode/syntaxes/arch.tmLanguage.json": textmate(),
        "vscode/snippets/arch.json": snippets(),
    }


if __name__ == "__main__":
    write_all(documents(), HERE)
    write_all({PAGE.name: printed(PAGE.read_text(encoding="utf-8"))}, PAGE.parent)
