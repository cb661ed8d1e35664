"""Program and its emitted source -> a live `nn.Module`, of the very class that the source shows."""

import hashlib
import linecache
import sys
from types import ModuleType
from typing import Any

import torch
from torch import nn

from archdsl.backends.python import network_class, trained_method
from archdsl.ir.graph import Program


def build(
    program: Program,
    source_text: str,
    *,
    maker: str = "",
    device: Any = None,
    dtype: torch.dtype | None = None,
) -> nn.Module:
    """An instance of the network's class, or what the function `maker` of the source makes; its
    weights lie on `device` and are of `dtype`."""
    make = getattr(load_source(program.name, source_text), maker or network_class(program))
    with torch.device(device if device is not None else torch.get_default_device()):
        model: nn.Module = make()
    return model if dtype is None else model.to(dtype)


def build_deployed(
    program: Program,
    source_text: str,
    trained: dict[str, torch.Tensor] | None,
    *,
    device: Any = None,
    dtype: torch.dtype | None = None,
) -> nn.Module:
    """An instance of the deploy form's class, with weights made from trained ones."""
    cls = getattr(load_source(program.name, source_text), network_class(program))
    if trained is None:
        model: nn.Module = cls().eval()
    else:
        model = getattr(cls, trained_method(program))(trained)
    return model.to(device=device, dtype=dtype)


def load_source(name: str, text: str) -> ModuleType:
    """The source as a module of its own, known to tracebacks, `inspect` and `pickle`.

    Equal texts are the same module, so that instances of one network share their classes.
    """
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    module_name = f"archdsl_built_{name}_{digest}"
    file = f"<{module_name}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    if module_name in sys.modules:
        return sys.modules[module_name]
    module = ModuleType(module_name, f"The source that archdsl wrote for {name}.")
    module.__file__ = file
    exec(compile(text, file, "exec"), module.__dict__)
    sys.modules[module_name] = module
    return module
