"""The limits of a spec. Each has a name, and its own diagnostic when it is reached.

Within the defaults checking, compiling, auditing and drawing take some seconds and less than a GiB.
"""

from msgspec import Struct


class Limits(Struct, frozen=True):
    """Bounds on compile-time work, chosen far above the deepest published networks."""

    steps: int = 100_000  # steps of the whole network, every instance counted
    scope_steps: int = 10_000  # steps elaborated one by one (equal instances count once)
    nesting: int = 50  # blocks within blocks
    depth: int = 400  # merges, paths and blocks within each other
    evaluations: int = 200_000  # expressions evaluated
    digits: int = 30  # decimal digits of a whole number
    items: int = 100_000  # elements of a tuple with those of its elements, characters of a string
    elements: int = 2**62  # of one tensor: PyTorch counts them in 64 bits
    calls: int = 50  # functions within functions
    tried_steps: int = 100_000  # `sizes`: different steps of the network, times the sizes tried


LIMITS = Limits()
