"""A transform of one scope applied to all of a network: each different one once, insides first."""

from collections.abc import Callable

from msgspec.structs import replace

from archdsl.ir.graph import Scope
from archdsl.transforms.deploy.draft import Draft, Note
from archdsl.transforms.deploy.form import Change, Form, Origins, instances


def everywhere(form: Form, transform: str, rewrite: Callable[[Draft], None]) -> Form:
    """The form with every scope rewritten; what was noted is told for each instance."""
    origins = dict(form.origins)
    made: dict[Scope, Scope] = {}
    notes: dict[Scope, list[Note]] = {}

    def visit(scope: Scope) -> Scope:
        if scope not in made:
            draft = Draft(scope, origins)
            for node in draft.nodes:
                if node.scope is not None:
                    node.become(visit(node.scope))
            rewrite(draft)
            made[scope] = _done(draft, origins)
            notes[scope] = draft.notes
        return made[scope]

    root = visit(form.program.root)
    changes = tuple(
        Change(transform, f"{prefix}{note.name}", note.what, note.saving)
        for prefix, scope in instances(form.program.root)
        for note in notes[scope]
    )
    return replace(form.rooted(root), origins=origins, changes=form.changes + changes)


def _done(draft: Draft, origins: dict[Scope, Origins]) -> Scope:
    scope, own = draft.done()
    if scope is not draft.scope:
        origins[scope] = own
    return scope
