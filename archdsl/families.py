"""The public face of a file with several networks: `family` a spec and hold its `Family`."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archdsl import driver
from archdsl.base.exceptions import needs_torch
from archdsl.ir.graph import Program
from archdsl.network import Findings, Network, SpecError

if TYPE_CHECKING:
    import torch

    from archdsl.runtime.verification import Verification


def family(spec: str | Path) -> "Family":
    """The networks of `FILE.arch`, or of the catalogue's file that has the network `NAME`.

    Those that can stand alone, for whose parameters there are values, in the order of the file.
    Raises `SpecError` with the diagnostics, or `Misuse` for a file that is unknown or has none.
    """
    networks = driver.family(str(spec))
    if not networks.members:
        raise SpecError(networks.diagnostics)
    return Family(networks)


class Family(Mapping[str, Network]):
    """The networks of a file by their names, which are written as one file of PyTorch."""

    def __init__(self, networks: driver.LoadedFamily) -> None:
        self._networks_read = networks
        self.name = networks.name
        self.notes = Findings(networks.diagnostics)
        self._networks = {
            member.name: Network(member.program, Findings(), member.trials)
            for member in networks.members
            if member.program is not None
        }

    def __getitem__(self, name: str) -> Network:
        return self._networks[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._networks)

    def __len__(self) -> int:
        return len(self._networks)

    def __repr__(self) -> str:
        return f"Family({self.name}: {', '.join(self)})"

    @cached_property
    def makers(self) -> Mapping[str, str]:
        """The names of the functions in the source, by those of the networks; a single one has its
        class alone."""
        from archdsl.backends.python import makers

        return makers(self._networks_read.programs)

    def source(self, *, fixed: bool = False) -> str:
        """The PyTorch source of all networks: the classes that they share once, and a function
        that makes each. With `fixed`, classes have only the parameters in which their uses differ.
        """
        from archdsl.backends.python import emit_family

        kin = () if fixed else self._networks_read.siblings()
        return emit_family(self._networks_read.word, self._networks_read.programs, kin)

    def build(self, name: str, *, device: Any = None, dtype: Any = None) -> "torch.nn.Module":
        """One network, made by its function of `source()`; `device` and `dtype` are those of its
        weights."""
        with needs_torch("building a module"):
            from archdsl.runtime.build import build

        return build(
            self._program(name),
            self._source,
            maker=self.makers.get(name, ""),
            device=device,
            dtype=dtype,
        )

    def verify(self, name: str, against: str, *, seed: int = 0) -> "Verification":
        """Compares what the function of `source()` makes with a reference such as
        `torchvision:resnet50`: both are given the same random weights."""
        with needs_torch("a comparison"):
            from archdsl.runtime.verify import Options, verify

        program, options = self._program(name), Options(seed=seed)
        return verify(program, self._source, against, options, self.makers.get(name, ""))

    def _program(self, name: str) -> Program:
        return self[name].program

    @cached_property
    def _source(self) -> str:
        return self.source()
