"""Models to compare with: `torchvision:NAME`, `timm:NAME` or `module.path:callable`, untrained."""

import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from msgspec import Struct
from torch import nn

from archdsl.base.exceptions import Explained
from archdsl.base.suggest import did_you_mean

CLASSES = 1000  # what the collections' models have unless told otherwise
OPERATORS = ("torchvision::nms", "torchvision::qnms")
SCHEMA = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
OPERATORS_NOTE = (
    "torchvision was built for another torch, so its compiled operators are missing; "
    "torchvision::nms and torchvision::qnms were declared so that its models can be imported"
)


class UnknownReference(Explained):
    """A reference that cannot be had; the message says why and what there is."""


class Reference(Struct, frozen=True):
    """A model to compare with, and what to tell about how it was had."""

    name: str
    module: nn.Module
    notes: tuple[str, ...] = ()


def reference(against: str, *, classes: int = CLASSES) -> Reference:
    """The model that `against` names, with random weights, on the CPU and in float32."""
    return _comparable(against, model(against, classes=classes))


def model(against: str, *, classes: int = CLASSES) -> nn.Module:
    """The same as its package builds it, on whichever device is asked of torch."""
    home, colon, name = against.partition(":")
    if not (home and colon and name):
        raise UnknownReference(
            f"`{against}` names no reference: write torchvision:NAME, timm:NAME or "
            "module.path:callable"
        )
    sizes = {} if classes == CLASSES else {"num_classes": classes}
    match home:
        case "torchvision":
            return _torchvision(name, sizes)
        case "timm":
            return _timm(name, sizes)
        case _:
            return _own(home, name)


def _comparable(name: str, module: nn.Module) -> Reference:
    """On the CPU and in float32, where the comparison is made; the note says if it was not."""
    notes = _notes() if name.startswith(("torchvision:", "timm:")) else ()
    tensors = (*module.parameters(), *module.buffers())
    if any(tensor.is_meta for tensor in tensors):
        raise UnknownReference(f"`{name}` lies on the meta device: it has no weights to compare")
    apart = sorted(
        {str(t.device) for t in tensors if t.device.type != "cpu"}
        | {str(t.dtype) for t in tensors if t.is_floating_point() and t.dtype != torch.float32}
    )
    if apart:
        module = module.to("cpu").float()
        told = f"the reference ({', '.join(apart)}) was compared on the CPU in float32"
        notes = (*notes, told)
    return Reference(name, module, notes)


def _notes() -> tuple[str, ...]:
    return (OPERATORS_NOTE,) if _declared else ()


def _torchvision(name: str, sizes: dict[str, Any]) -> nn.Module:
    models = _package("torchvision").models
    if name not in models.list_models():
        raise _unknown("torchvision", name, models.list_models())
    builder = models.get_model_builder(name)
    options = {"weights": None, **sizes}
    if "weights_backbone" in inspect.signature(builder).parameters:
        options["weights_backbone"] = None
    return _quickly(builder, options)


def _quickly(builder: Callable[..., nn.Module], options: dict[str, Any]) -> nn.Module:
    """Without the slow initialisation of the weights where the model lets us choose."""
    try:
        return builder(**options, init_weights=False)
    except (TypeError, ValueError):
        return builder(**options)


def _timm(name: str, sizes: dict[str, Any]) -> nn.Module:
    _package("torchvision")  # timm imports it
    timm = _package("timm")
    if not timm.is_model(name):
        raise _unknown("timm", name, timm.list_models())
    module: nn.Module = timm.create_model(name, pretrained=False, **sizes)
    return module


def _unknown(home: str, name: str, known: list[str]) -> UnknownReference:
    hint = did_you_mean(name, known) or f"it has {len(known)}, such as {', '.join(known[:3])}"
    return UnknownReference(f"{home} has no model `{name}`; {hint}")


def _own(path: str, name: str) -> nn.Module:
    """The result of the user's own callable; the working folder can be imported from."""
    member: Any = _imported(path)
    for attribute in name.split("."):
        if not hasattr(member, attribute):
            raise UnknownReference(
                f"`{path}` has no `{name}`; {did_you_mean(attribute, dir(member))}".rstrip("; ")
            )
        member = getattr(member, attribute)
    made = member if isinstance(member, nn.Module) else _called(f"{path}:{name}", member)
    if not isinstance(made, nn.Module):
        raise UnknownReference(f"`{path}:{name}` gives a {type(made).__name__}, no nn.Module")
    return made


def _imported(path: str) -> ModuleType:
    """The module; whatever its import raises, `sys.exit` included, is told in one line."""
    try:
        with _importable(Path.cwd()):
            return import_module(path)
    except (Exception, SystemExit) as error:
        told = str(error) if type(error) is ModuleNotFoundError else said(error)
        raise UnknownReference(f"cannot import `{path}`: {told}") from error


def _called(name: str, factory: object) -> object:
    """The result of a factory without arguments; whatever it raises is told in one line."""
    if not callable(factory):
        raise UnknownReference(f"`{name}` is a {type(factory).__name__}: it cannot be called")
    needed = _needed(factory)
    if needed:
        raise UnknownReference(
            f"`{name}` needs {', '.join(needed)}: name a function without arguments that calls it"
        )
    try:
        return factory()
    except SystemExit as error:
        raise UnknownReference(f"`{name}` ends the program (exit {error.code})") from error
    except Exception as error:
        raise UnknownReference(f"`{name}` fails: {said(error)}") from error


def _needed(factory: Callable[..., object]) -> list[str]:
    """The arguments that have no default, as far as Python knows the signature."""
    try:
        parameters = inspect.signature(factory).parameters.values()
    except (TypeError, ValueError):
        return []
    named = (
        inspect.Parameter.POSITIONAL_ONLY,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
        inspect.Parameter.KEYWORD_ONLY,
    )
    return [p.name for p in parameters if p.default is p.empty and p.kind in named]


def said(error: BaseException) -> str:
    """An exception in one line: its class and the first line of what it says."""
    first, *_ = str(error).strip().splitlines() or [""]
    return f"{type(error).__name__}: {first}" if first else type(error).__name__


@contextmanager
def _importable(folder: Path) -> Iterator[None]:
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))


@cache
def _package(name: str) -> ModuleType:
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise UnknownReference(
            f"{name} is not installed: pip install {name} to compare with its models"
        ) from error
    except RuntimeError as error:
        if name != "torchvision" or "torchvision::nms does not exist" not in str(error):
            raise
    _declare_operators()
    return import_module(name)


_declared: list[str] = []  # as long as this process lives


def _declare_operators() -> None:
    """Declares the operators that torchvision's Python part wants to describe, and starts anew."""
    for name in OPERATORS:
        torch.library.define(name, SCHEMA)
    _declared.extend(OPERATORS)
    for loaded in [m for m in sys.modules if m.partition(".")[0] == "torchvision"]:
        del sys.modules[loaded]
