"""One class per primitive, whole; one file per family; `base` is the contract.

Knows PyTorch's layers by name: arguments, refusals, shapes, weights, work, memory, examples.
Gives for each op what the other rooms ask of it, through hooks.
Must not know places in a text, other steps, or torch itself.
"""
