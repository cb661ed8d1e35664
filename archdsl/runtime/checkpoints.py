"""The wrappers that training scripts put around a state_dict, and the tensors that fit a module."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from archdsl.runtime.keys import compare_keys

WRAPPERS = ("state_dict", "model_state_dict", "model_ema", "model", "module")
PREFIXES = ("module.", "_orig_mod.", "model.")  # of DataParallel and DDP, torch.compile, Lightning
COUNTER = "num_batches_tracked"  # torch loads a norm without it

State = Mapping[str, Tensor]
Partial = bool | str | Sequence[str]


def unwrapped(loaded: object) -> object:
    """The weights under a name that training scripts give them, if there is one."""
    while isinstance(loaded, Mapping):
        inner = next((loaded[w] for w in WRAPPERS if isinstance(loaded.get(w), Mapping)), None)
        if inner is None:
            return loaded
        loaded = inner
    return loaded


def fitted(own: State, weights: State) -> dict[str, Tensor]:
    """The tensors under the keys of a module: without wrappers' prefixes, counters filled in."""
    state = _unprefixed(own, dict(weights))
    for key, value in own.items():
        of_a_norm = key.removesuffix(COUNTER) + "running_mean" in state
        if key.endswith(COUNTER) and key not in state and of_a_norm:
            state[key] = torch.zeros(value.shape, dtype=value.dtype)
    return state


def _unprefixed(own: State, weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """Takes off what all keys begin with and none of the module's own does."""
    for prefix in PREFIXES * 2:
        if (
            weights
            and all(k.startswith(prefix) for k in weights)
            and not any(k.startswith(prefix) for k in own)
        ):
            weights = {key.removeprefix(prefix): value for key, value in weights.items()}
    return weights


def matching(own: State, weights: State, partial: Partial) -> tuple[dict[str, Tensor], list[str]]:
    """The tensors that fit, under the prefixes that are named if any are, and what does not fit."""
    chosen = _chosen(own, partial)
    loaded = {
        key: value
        for key, value in weights.items()
        if key in chosen and own[key].shape == value.shape
    }
    left = {key: value for key, value in own.items() if key not in loaded}
    rest = {key: value for key, value in weights.items() if key not in loaded}
    return loaded, compare_keys(left, rest).lines("the network", "the checkpoint")


def unknown(own: State, partial: Partial) -> str | None:
    """A named prefix that no key of the module begins with, if there is one."""
    return next((p for p in _prefixes(partial) if not _beginning(own, p)), None)


def _chosen(own: State, partial: Partial) -> set[str]:
    if isinstance(partial, bool):
        return set(own)
    return {key for prefix in _prefixes(partial) for key in _beginning(own, prefix)}


def _prefixes(partial: Partial) -> Sequence[str]:
    """Those that are named; one may stand alone."""
    if isinstance(partial, bool):
        return ()
    return (partial,) if isinstance(partial, str) else partial


def _beginning(own: State, prefix: str) -> list[str]:
    """The keys of the module of this name, and of the modules in it."""
    return [key for key in own if key == prefix or key.startswith(f"{prefix.rstrip('.')}.")]
