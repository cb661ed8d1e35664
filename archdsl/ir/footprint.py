"""The memory of one use of an op: its results, and the tensors that the backward pass reads."""

from enum import Enum

from msgspec import Struct


class Home(Enum):
    """The places where results lie."""

    OWN = "own"  # in memory of their own
    INPUT = "input"  # in the first input's: a view, or written over it
    WEIGHT = "weight"  # in the op's own tensor, learned or fixed


class Footprint(Struct, frozen=True, gc=False):
    """`inputs` and `outputs`: whether the backward pass reads them, so that they stay.

    It may read more: `elements` of the network's type and `marks` in bytes (masks, indices) for
    each sample, `statistics` in elements once for the batch. `passes`: the gradient of an input is
    (a part of) that of the result, and takes no memory. `crosswise`: it is a product, of which an
    input is read for the gradients of the others. `room`: elements of each sample that an
    inference holds beside the results while the op runs, where it runs in several steps; `back`:
    what the backward pass holds in its turn, beside the gradients.
    """

    home: Home = Home.OWN
    inputs: bool = False
    outputs: bool = False
    elements: int = 0
    marks: int = 0
    statistics: int = 0
    passes: bool = False
    crosswise: bool = False
    room: int = 0
    back: int = 0


NOTHING = Footprint()
INPUTS = Footprint(inputs=True)
OUTPUTS = Footprint(outputs=True)
PRODUCT = Footprint(inputs=True, crosswise=True)
BOTH = Footprint(inputs=True, outputs=True)
VIEW = Footprint(home=Home.INPUT, passes=True)
PART = Footprint(home=Home.INPUT)  # a view of some elements: their gradient is laid out anew
