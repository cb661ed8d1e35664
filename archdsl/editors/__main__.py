"""`python -m archdsl.editors`: writes the grammars for editors into their folders."""

from pathlib import Path

from archdsl.base.files import write_whole
from archdsl.editors.textmate import textmate

HERE = Path(__file__).parent


def documents() -> dict[str, str]:
    """Every written grammar by its file's path in this folder."""
    return {"vscode/syntaxes/arch.tmLanguage.json": textmate()}


def write(folder: Path = HERE) -> None:
    """Writes the grammars into the folder."""
    for name, text in documents().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        write_whole(folder / name, text.encode())


if __name__ == "__main__":
    write()
