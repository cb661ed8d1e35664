"""archdsl: neural-network architectures written down, checked, counted, drawn, turned into PyTorch.

net = archdsl.load("resnet18.arch", classes=10)
net.params, net.macs, net.audit(), net.source()
model = net.build(device="cuda")
"""

TYPE_CHECKING = False  # of typing, whose import would take long before Ctrl-C is looked after
if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from archdsl.base.diagnostics import Diagnostic
    from archdsl.base.version import __version__
    from archdsl.driver import Misuse
    from archdsl.families import Family, family
    from archdsl.network import Network, SpecError, load, loads
    from archdsl.sweeps import sweep

__all__ = [
    "Diagnostic",
    "Family",
    "Misuse",
    "Network",
    "SpecError",
    "__version__",
    "family",
    "load",
    "loads",
    "sweep",
]

_HOMES = {
    "Diagnostic": "archdsl.base.diagnostics",
    "Family": "archdsl.families",
    "Misuse": "archdsl.driver",
    "Network": "archdsl.network",
    "SpecError": "archdsl.network",
    "__version__": "archdsl.base.version",
    "family": "archdsl.families",
    "load": "archdsl.network",
    "loads": "archdsl.network",
    "sweep": "archdsl.sweeps",
}
_ROOMS = ("parallel",)


def __getattr__(name: str) -> object:
    """Loads the public names when they are asked for: `import archdsl` itself costs nothing."""
    if name not in _HOMES and name not in _ROOMS:
        raise AttributeError(f"module 'archdsl' has no attribute {name!r}")
    from importlib import import_module

    if name in _ROOMS:
        return import_module(f"archdsl.{name}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*__all__, *_ROOMS])


def load_ipython_extension(shell: "InteractiveShell") -> None:
    """`%load_ext archdsl` in a notebook: the cell magic `%%arch`."""
    from importlib import import_module

    import_module("archdsl.notebook").register(shell)
