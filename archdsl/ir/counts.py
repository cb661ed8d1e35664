"""The counts of other tools for one use of an op: their conventions, as data of the ops."""

from typing import Literal

from msgspec import Struct

Convention = Literal["torchvision", "fvcore", "thop", "torchinfo"]


class Counts(Struct, frozen=True, gc=False):
    """The multiply-adds of one sample as each tool reports them (torchvision's are `macs`)."""

    fvcore: int = 0
    thop: int = 0
    torchinfo: int = 0

    def by(self, tool: Literal["fvcore", "thop", "torchinfo"]) -> int:
        match tool:
            case "fvcore":
                return self.fvcore
            case "thop":
                return self.thop
            case "torchinfo":
                return self.torchinfo
