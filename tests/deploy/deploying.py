"""Networks in both forms, with weights that tell apart what fresh ones would not."""

import torch
from torch import Tensor, nn

import archdsl
from archdsl.ir.graph import Scope, walk
from archdsl.network import Network
from archdsl.transforms.deploy import Deployment, deploy

SAMPLES = 2


def network(text: str) -> Network:
    return archdsl.loads(text)


def deployed(text: str) -> Deployment:
    return deploy(network(text).program)


def steps(deployment: Deployment) -> dict[str, str]:
    """The word of the op at every path, blocks left out."""
    return {
        path: step.target.word
        for path, _, step in walk(deployment.program.root)
        if not isinstance(step.target, Scope)
    }


def changes(deployment: Deployment, transform: str) -> dict[str, str]:
    return {c.path: c.what for c in deployment.changes if c.transform == transform}


# With the gain of the others the least change of its input changes half of its result.
GAINS = {"efficientnet_v2_m": 1.0}


def pair(net: Network, dtype: torch.dtype = torch.float64) -> tuple[nn.Module, nn.Module]:
    """The trained network in evaluation mode, and its deploy form."""
    trained = net.build(dtype=dtype).eval()
    disturb(trained, GAINS.get(net.name, 1.5))
    return trained, net.build(form="deploy", weights=trained.state_dict(), dtype=dtype)


def disturb(module: nn.Module, gain: float = 1.5) -> None:
    """Random weights that neither die out nor explode, and statistics far from 0 and 1."""
    draw = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for name, tensor in module.state_dict().items():
            if tensor.dtype.is_floating_point:
                tensor.copy_(_drawn(name, tensor, draw, gain))


def _drawn(name: str, tensor: Tensor, draw: torch.Generator, gain: float) -> Tensor:
    normal = torch.randn(tensor.shape, generator=draw, dtype=torch.float64)
    if name.endswith("running_var"):
        return torch.rand(tensor.shape, generator=draw) + 0.5
    if tensor.ndim < 2:
        return 0.3 * normal + (name.endswith("weight") or name.endswith("scale"))
    return normal * (gain / tensor[0].numel()) ** 0.5


def difference(net: Network) -> float:
    """How far the results of the two forms are apart, relative to how the samples differ."""
    results = both(net, torch.float64)
    return max(apart(a, b) / (b - b.mean(0)).abs().max().item() for a, b in results)


def both(net: Network, dtype: torch.dtype) -> list[tuple[Tensor, Tensor]]:
    """The results of the deploy form beside those of the trained network."""
    trained, ours = pair(net, dtype)
    draw = torch.Generator().manual_seed(2)
    shapes = [type.shape for type in net.program.root.inputs]
    given = [torch.randn(SAMPLES, *shape, generator=draw, dtype=dtype) for shape in shapes]
    with torch.no_grad():
        expected, actual = flat(trained(*given)), flat(ours(*(x.clone() for x in given)))
    return list(zip(actual, expected, strict=True))


def apart(actual: Tensor, expected: Tensor) -> float:
    return (actual - expected).abs().max().item()


def flat(value: object) -> list[Tensor]:
    return [value] if isinstance(value, Tensor) else [t for part in value for t in flat(part)]
