"""Names in emitted Python: those that a step may not have, and the names of classes."""

import keyword

# The public attributes of a `torch.nn.Module`: a submodule of the same name would hide them, or
# be hidden by them. A test compares them with the installed PyTorch.
MODULE_ATTRIBUTES = frozenset(
    {
        "T_destination",
        "add_module",
        "apply",
        "bfloat16",
        "buffers",
        "call_super_init",
        "children",
        "compile",
        "cpu",
        "cuda",
        "double",
        "dump_patches",
        "eval",
        "extra_repr",
        "float",
        "forward",
        "get_buffer",
        "get_extra_state",
        "get_parameter",
        "get_submodule",
        "half",
        "ipu",
        "load_state_dict",
        "modules",
        "mtia",
        "named_buffers",
        "named_children",
        "named_modules",
        "named_parameters",
        "parameters",
        "register_backward_hook",
        "register_buffer",
        "register_forward_hook",
        "register_forward_pre_hook",
        "register_full_backward_hook",
        "register_full_backward_pre_hook",
        "register_load_state_dict_post_hook",
        "register_load_state_dict_pre_hook",
        "register_module",
        "register_parameter",
        "register_state_dict_post_hook",
        "register_state_dict_pre_hook",
        "requires_grad_",
        "set_extra_state",
        "set_submodule",
        "share_memory",
        "state_dict",
        "to",
        "to_empty",
        "train",
        "training",
        "type",
        "xpu",
        "zero_grad",
    }
)


def refusal(name: str, *, attribute: bool = True) -> str | None:
    """The reason why a step cannot have this name, as the end of a sentence; None if it can.

    A number is a name: the place in a sequence. A name that becomes no `attribute`, as in a
    sequence, can also hold `-`, since keys of published weights do.
    """
    if not attribute:
        name = name.replace("-", "_")
    if keyword.iskeyword(name):
        return "is a keyword of Python"
    if name in MODULE_ATTRIBUTES:
        return "is an attribute that every `nn.Module` has"
    if name.startswith("_"):
        return "begins with `_`, as the inner attributes of `nn.Module` do"
    if _is_number(name) or (name.isascii() and name.isidentifier()):
        return None
    return "is neither a name nor a number"


def is_variable(name: str) -> bool:
    """True where Python can use the name as it is, within a class too: there it renames what begins
    with two underscores."""
    return name.isidentifier() and not keyword.iskeyword(name) and not name.startswith("__")


def suggestion(name: str) -> str:
    """A legal name near a refused one: `type_` for `type`, `proj` for `_proj`."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c == "_") else "_" for c in name)
    plain = plain.lstrip("_") or "step"
    if plain[0].isdigit() and not _is_number(plain):
        plain = f"n{plain}"
    return plain if refusal(plain) is None else f"{plain}_"


def class_name(name: str) -> str:
    """The class of a block: `BasicBlock` for `basic_block`; the user's own capitals stay."""
    return "".join(piece[:1].upper() + piece[1:] for piece in name.split("_"))


def _is_number(name: str) -> bool:
    return name.isascii() and name.isdigit()
