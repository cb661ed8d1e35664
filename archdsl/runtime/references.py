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

from archdsl.base.suggest import did_you_mean

CLASSES = 1000  # what the collections' models have unless told otherwise
OPERATORS = ("torchvision::nms", "torchvision::qnms")
SCHEMA = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
OPERATORS_NOTE = (
    "torchvision was built for another torch, so its compiled operators are missing; "
    "torchvision::nms and torchvision::qnms were declared so that its models can be imported"
)


class UnknownReference(Exception):
    """A reference that cannot be had; the message says why and what there is."""


class Reference(Struct, frozen=True):
    """A model to compare with, and what to tell about how it was had."""

    name: str
    module: nn.Module
    notes: tuple[str, ...] = ()


def reference(against: str, *, classes: int = CLASSES) -> Reference:
    """The model that `against` names, with random weights."""
    home, colon, name = against.partition(":")
    if not (home and colon and name):
        raise UnknownReference(
            f"`{against}` names no reference: write torchvision:NAME, timm:NAME or "
            "module.path:callable"
        )
    sizes = {} if classes == CLASSES else {"num_classes": classes}
    match home:
        case "torchvision":
            return Reference(against, _torchvision(name, sizes), _notes())
        case "timm":
            return Reference(against, _timm(name, sizes), _notes())
        case _:
            return Reference(against, _own(home, name))


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
    """What the user's own callable returns; the working folder can be imported from."""
    try:
        with _importable(Path.cwd()):
            found: Any = import_module(path)
    except ModuleNotFoundError as error:
        raise UnknownReference(f"cannot import `{path}`: {error}") from error
    for attribute in name.split("."):
        if not hasattr(found, attribute):
            raise UnknownReference(
                f"`{path}` has no `{name}`; {did_you_mean(attribute, dir(found))}".rstrip("; ")
            )
        found = getattr(found, attribute)
    made = found if isinstance(found, nn.Module) else found()
    if not isinstance(made, nn.Module):
        raise UnknownReference(f"`{path}:{name}` gives a {type(made).__name__}, no nn.Module")
    return made


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
