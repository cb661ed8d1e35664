"""torch: modules built, weights loaded, compared, exported, measured; no other room imports it.

Knows emitted source, checkpoints, and PyTorch.
Gives modules, reports of agreement, times and memory.
Must not know how source is written or laid out.
"""
