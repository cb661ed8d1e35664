"""Without what only training needs: auxiliary heads, dropout, initialisation, promises."""

from msgspec.structs import replace

from archdsl.ir.liveness import training_only_steps
from archdsl.transforms.deploy.draft import Draft
from archdsl.transforms.deploy.everywhere import everywhere
from archdsl.transforms.deploy.form import Form, Saving


def drop_training(form: Form) -> Form:
    """The network as inference runs it."""
    bare = replace(form.program, heads=(), inits=(), expectations=())
    return everywhere(replace(form, program=bare), "drop_training", _drop)


def _drop(draft: Draft) -> None:
    idle = [draft.nodes[index] for index in sorted(training_only_steps(draft.scope))]
    for node in idle:
        draft.note(node, "only training runs it", Saving())
        draft.remove(node)
    for node in list(draft.nodes):
        if node.op is not None:
            node.become(node.op.apart())  # what may be written over is decided at the end
        if node.op is not None and node.op.passes_at_inference:
            draft.note(node, "returns its input at inference", Saving())
            draft.bypass(node)
