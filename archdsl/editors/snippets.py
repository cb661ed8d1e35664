"""The snippets of `archdsl.editing` in VS Code's format, for the editor without a server."""

import json

from archdsl.editing.snippets import DECLARATIONS, MERGES, STATEMENTS


def snippets() -> str:
    """Every snippet as JSON, by its name."""
    return (
        json.dumps(
            {
                one.label: {
                    "prefix": one.label.removesuffix(":"),
                    "body": one.text.split("\n"),
                    "description": one.detail,
                }
                for one in (*DECLARATIONS, *STATEMENTS, *MERGES)
            },
            indent=2,
        )
        + "\n"
    )
