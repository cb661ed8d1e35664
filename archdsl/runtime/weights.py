"""Weights from a checkpoint into a built module: safely read, strictly loaded."""

import warnings
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import nn

from archdsl.base.exceptions import Explained
from archdsl.runtime.checkpoints import Partial, fitted, matching, unknown, unwrapped
from archdsl.runtime.keys import compare_keys

Weights = str | Path | Mapping[str, torch.Tensor]


class WeightsError(Explained):
    """A checkpoint that cannot be read, or does not fit; the message lists what does not."""


def load_weights(module: nn.Module, weights: Weights, *, into: str = "the network") -> None:
    """Loads a `.pt`, `.pth` or `.safetensors` file, or a state_dict, every key of it."""
    module.load_state_dict(fitting_weights(module, weights, into=into), strict=True)


def named(weights: Weights) -> str:
    """A file's name, or what a state_dict is called."""
    return "the state_dict" if isinstance(weights, Mapping) else str(weights)


def fitting_weights(
    module: nn.Module, weights: Weights, *, into: str = "the network"
) -> dict[str, torch.Tensor]:
    """The tensors of a file or a state_dict, if they are just those that the module has."""
    name, own = named(weights), module.state_dict()
    state = _state(own, weights)
    keys = compare_keys(own, state)
    if not keys.fit:
        lines = "\n  ".join(keys.lines(into, name))
        raise WeightsError(f"{name} does not fit {into}:\n  {lines}")
    _check_values(name, own, state)
    return state


def _state(own: Mapping[str, torch.Tensor], weights: Weights) -> dict[str, torch.Tensor]:
    """The tensors of a file or a state_dict under the module's own keys where they are known."""
    state = weights if isinstance(weights, Mapping) else read_weights(Path(weights))
    return fitted(own, state)


def load_into(module: nn.Module, weights: Weights, partial: Partial = False) -> None:
    """Loads every key, or what fits; a warning lists what did not."""
    if not partial:
        load_weights(module, weights)
        return
    rest = load_matching(module, weights, partial)
    if rest:
        listed = "\n  ".join(rest)
        warnings.warn(f"{named(weights)} was loaded in part:\n  {listed}", stacklevel=3)


def load_matching(module: nn.Module, weights: Weights, partial: Partial = True) -> list[str]:
    """Loads what fits, of the prefixes that are named or of all; tells what did not, in lines.

    Raises `WeightsError` where nothing fits, or no key begins with a prefix.
    """
    name, own = named(weights), module.state_dict()
    stray = unknown(own, partial)
    if stray is not None:
        there = ", ".join(dict.fromkeys(key.partition(".")[0] for key in own))
        raise WeightsError(f"no key of the network begins with `{stray}`; they begin with {there}")
    loaded, rest = matching(own, _state(own, weights), partial)
    if not loaded:
        lines = "\n  ".join(rest)
        raise WeightsError(f"nothing of {name} fits the network:\n  {lines}")
    _check_values(name, own, loaded)
    module.load_state_dict(loaded, strict=False)
    return rest


def _check_values(
    name: str, own: Mapping[str, torch.Tensor], state: Mapping[str, torch.Tensor]
) -> None:
    """Refuses what could be copied into the module only with a loss, or not at all."""
    for key, value in state.items():
        fault = _fault(value, own[key])
        if fault is not None:
            raise WeightsError(f"{name}: {key} {fault}")


def _fault(value: torch.Tensor, own: torch.Tensor) -> str | None:
    if value.is_meta:
        return "is on the device meta, so it has no values"
    if value.is_nested or value.layout is not torch.strided:
        return "is sparse; store value.to_dense()"
    if value.is_quantized:
        return "is quantised; store value.dequantize()"
    if value.is_complex() and not own.is_complex():
        return "is complex, and the network's is real"
    if value.is_floating_point() and not own.is_floating_point() and (value != value.trunc()).any():
        return "has fractions, and the network's are whole numbers"
    return None


def read_weights(path: Path) -> dict[str, torch.Tensor]:
    """The tensors in a file, by key; nothing in the file is run."""
    loaded = unwrapped(loaded_file(path))
    if not isinstance(loaded, Mapping) or not all(
        isinstance(key, str) and isinstance(value, torch.Tensor) for key, value in loaded.items()
    ):
        raise WeightsError(f"{path} holds no state_dict, which maps keys to tensors")
    return dict(loaded)


def loaded_file(path: Path) -> object:
    """Whatever tensors a file holds, alone or in collections; nothing in the file is run."""
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise WeightsError(f"cannot read {path}: it is not a regular file")
    try:
        return _safetensors(path) if _is_safetensors(path) else _torch(path)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise WeightsError(f"cannot read {path}: {reason}") from error


def _is_safetensors(path: Path) -> bool:
    """By content: eight bytes of length, then a JSON header."""
    with path.open("rb") as file:
        return file.read(9)[8:] == b"{"


def _safetensors(path: Path) -> object:
    try:
        from safetensors import SafetensorError
        from safetensors.torch import load_file
    except ImportError as error:
        raise WeightsError(
            f"{path} is in the safetensors format: pip install safetensors to read it"
        ) from error
    try:
        return load_file(path)
    except SafetensorError as error:
        raise WeightsError(f"{path} is damaged: {error}") from error


def _torch(path: Path) -> object:
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except OSError:
        raise
    except Exception as error:  # the unpickler trips over bytes that are no pickle in many ways
        raise WeightsError(
            f"{path} cannot be read safely as a file of weights "
            "(torch.load with weights_only=True refuses it)"
        ) from error
