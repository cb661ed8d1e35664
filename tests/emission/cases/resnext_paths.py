"""ResNeXtPaths.

Written by archdsl 0.1.0 from ResNeXtPaths.
"""

import torch
from torch import Tensor, nn


class Paths(nn.Module):
    """Xie et al. 2017, the first form: 32 paths of their own, added up."""

    def __init__(self) -> None:
        super().__init__()
        for i in range(32):
            self.add_module(
                f"path{i}",
                nn.Sequential(
                    nn.Conv2d(64, 4, 1, bias=False),
                    nn.BatchNorm2d(4),
                    nn.ReLU(inplace=True),
                    nn.Conv2d(4, 4, 3, padding=1, bias=False),
                    nn.BatchNorm2d(4),
                    nn.ReLU(inplace=True),
                    nn.Conv2d(4, 64, 1, bias=False),
                    nn.BatchNorm2d(64),
                ),
            )
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.relu(sum((getattr(self, f"path{i}")(x) for i in range(32)), x))


class Dilated(nn.ModuleDict):
    def __init__(self) -> None:
        super().__init__()
        for i in range(4):
            self[f"rate{i}"] = nn.Conv2d(64, 8, 3, padding=2**i, dilation=2**i)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([layer(x) for layer in self.values()], dim=1)


class ResNeXtPaths(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 64, 3, padding=1)
        self.bn = nn.BatchNorm2d(64)
        self.relu = nn.ReLU(inplace=True)
        self.paths = Paths()
        self.paths_2 = Paths()
        self.dilated = Dilated()
        self.global_avg_pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.linear = nn.Linear(32, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu(self.bn(self.conv(x)))  # 64x16x16
        x = self.paths(x)
        x = self.paths_2(x)
        x = self.dilated(x)  # 32x16x16
        return self.linear(self.flatten(self.global_avg_pool(x)))
