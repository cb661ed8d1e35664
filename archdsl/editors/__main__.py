"""`python -m archdsl.editors`: writes the grammars for editors into their folders."""

from pathlib import Path

from archdsl.base.files import write_all
from archdsl.editors.codemirror_rules import codemirror_rules
from archdsl.editors.textmate import textmate

HERE = Path(__file__).parent


def documents() -> dict[str, str]:
    """Every written grammar by its file's path in this folder."""
    return {
        "codemirror/rules.js": codemirror_rules(),
        "vscode/syntaxes/arch.tmLanguage.json": textmate(),
    }


if __name__ == "__main__":
    write_all(documents(), HERE)
