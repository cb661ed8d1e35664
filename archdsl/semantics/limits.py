"""How much a spec may ask for. Every limit has a name, and its own diagnostic when reached."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on compile-time work, chosen far above the deepest published networks."""

    steps: int = 1_000_000  # steps of the whole network, every instance counted
    scope_steps: int = 100_000  # steps elaborated one by one (equal instances count once)
    nesting: int = 100  # blocks within blocks
    evaluations: int = 5_000_000  # expressions evaluated
    digits: int = 30  # decimal digits of a whole number
    items: int = 100_000  # elements of a tuple, characters of a string
    calls: int = 200  # functions within functions


LIMITS = Limits()
