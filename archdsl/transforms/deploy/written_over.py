"""Activations written over their input, where nothing else reads that afterwards."""

from archdsl.analyses.overwriting import INFERENCE, overwriting
from archdsl.ops.base import Op
from archdsl.transforms.deploy.draft import Draft
from archdsl.transforms.deploy.everywhere import everywhere
from archdsl.transforms.deploy.form import Form, Saving


def in_place(form: Form) -> Form:
    """The form whose activations overwrite what nobody needs any more."""
    over = overwriting(form.program, INFERENCE)

    def overwrite(draft: Draft) -> None:
        for index, op in over.get(draft.scope, {}).items():
            node = draft.nodes[index]
            assert isinstance(op, Op)
            node.become(op)
            writes = node.step.outputs[0].numel
            draft.note(node, "written over its input", Saving(writes=writes))

    return everywhere(form, "in_place", overwrite)
