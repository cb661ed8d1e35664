"""Rest for Python's cyclic garbage collector while many values are made that will stay."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def resting_collector() -> Iterator[None]:
    """No collection inside. For work that is short and leaves little garbage in circles: the
    collector would look through all that was made, and all else in the process, again and again.
    """
    awake = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if awake:
            gc.enable()
