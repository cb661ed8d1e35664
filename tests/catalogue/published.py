"""The figures of published models as the libraries have them: `python tests/catalogue/published.py`.

Writes tests/data/published_mobile.json. Counting runs on the meta device, without memory or work;
what it counts is what torchvision publishes as GMACs: convolutions, linear layers, products.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from archdsl.runtime.references import reference

DATA = Path(__file__).parents[1] / "data" / "published_mobile.json"

TIMM = ("mobilenetv1_100", "ghostnet_100", "repvgg_a0", "repvgg_a1", "repvgg_a2", "repvgg_b0", "repvgg_b1")
SIZES = {
    "efficientnet_b1": 240,
    "efficientnet_b2": 288,
    "efficientnet_b3": 300,
    "efficientnet_b4": 380,
    "efficientnet_b5": 456,
    "efficientnet_b6": 528,
    "efficientnet_b7": 600,
    "efficientnet_v2_s": 384,
    "efficientnet_v2_m": 480,
    "efficientnet_v2_l": 480,
    "fcn_resnet50": 520,
    "fcn_resnet101": 520,
    "deeplabv3_resnet50": 520,
    "deeplabv3_resnet101": 520,
}
CLIPS = {"r3d_18": 112, "mc3_18": 112, "r2plus1d_18": 112, "s3d": 224}
IMAGES = (
    "mobilenet_v2",
    "mobilenet_v3_small",
    "mobilenet_v3_large",
    *(f"efficientnet_b{i}" for i in range(8)),
    *(f"efficientnet_v2_{size}" for size in "sml"),
    *(f"mnasnet{width}" for width in ("0_5", "0_75", "1_0", "1_3")),
    *(f"shufflenet_v2_x{width}" for width in ("0_5", "1_0", "1_5", "2_0")),
    "squeezenet1_0",
    "squeezenet1_1",
    *(f"regnet_y_{c}" for c in ("400mf", "800mf", "1_6gf", "3_2gf", "8gf", "16gf", "32gf", "128gf")),
    *(f"regnet_x_{c}" for c in ("400mf", "800mf", "1_6gf", "3_2gf", "8gf", "16gf", "32gf")),
    *(f"convnext_{size}" for size in ("tiny", "small", "base", "large")),
    *(f"vit_{size}" for size in ("b_16", "b_32", "l_16", "l_32", "h_14")),
    "fcn_resnet50",
    "fcn_resnet101",
    "deeplabv3_resnet50",
    "deeplabv3_resnet101",
)


def digest(keys: Iterable[tuple[str, Iterable[int]]]) -> str:
    """What stands for an ordered list of keys and shapes."""
    listed = [[key, list(shape)] for key, shape in keys]
    return hashlib.sha256(json.dumps(listed).encode()).hexdigest()[:16]


def figures(source: str, name: str, shape: tuple[int, ...]) -> dict[str, Any]:
    """One model's input, learned weights, multiply-adds of one sample, and keys."""
    with torch.device("cpu" if name.startswith("regnet") else "meta"):  # regnet counts in tensors
        module = reference(f"{source}:{name}").module.eval().to("meta")
    state = module.state_dict()
    counter = FlopCounterMode(display=False)
    with counter, sdpa_kernel(SDPBackend.MATH), torch.no_grad():
        torch.backends.mha.set_fastpath_enabled(False)
        module(torch.empty(1, *shape, device="meta"))
    return {
        "source": source,
        "input": list(shape),
        "params": sum(p.numel() for p in module.parameters()),
        "macs": counter.get_total_flops() // 2,
        "keys": len(state),
        "digest": digest((key, tensor.shape) for key, tensor in state.items()),
    }


def main() -> None:
    found = {name: figures("timm", name, (3, 224, 224)) for name in TIMM}
    for name in IMAGES:
        size = SIZES.get(name, 224)
        found[name] = figures("torchvision", name, (3, size, size))
    for name, size in CLIPS.items():
        found[name] = figures("torchvision", name, (3, 16, size, size))
    lines = ",\n".join(f"  {json.dumps(n)}: {json.dumps(f)}" for n, f in found.items())
    DATA.write_text(f"{{\n{lines}\n}}\n")


if __name__ == "__main__":
    main()
