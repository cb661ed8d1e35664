"""`pools` says before which modules the size is halved, counted from 2.

Written by archdsl 0.1.0 from Pools.
"""

import torch
from torch import Tensor, nn


class Fire(nn.Module):
    def __init__(self, in_channels: int, squeeze: int, expand: int) -> None:
        super().__init__()
        self.squeeze = nn.Sequential(
            nn.Conv2d(in_channels, squeeze, 1), nn.ReLU(inplace=True)
        )
        self.conv = nn.Conv2d(squeeze, expand, 1)
        self.relu = nn.ReLU(inplace=True)
        self.conv_2 = nn.Conv2d(squeeze, expand, 3, padding=1)
        self.relu_2 = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        squeeze = self.squeeze(x)
        x = self.relu(self.conv(squeeze))
        out = self.relu_2(self.conv_2(squeeze))
        return torch.cat([x, out], dim=1)


class Pools(nn.Module):
    """`pools` says before which modules the size is halved, counted from 2."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(inplace=True)]
        in_channels = 8
        for i, squeeze in enumerate((4, 4, 8, 8)):
            if i + 2 in (2, 4):
                layers.append(nn.MaxPool2d(2))
            if i + 2 not in (2, 4):
                layers.append(nn.Dropout(0.1))
            layers.append(Fire(in_channels, squeeze, expand=2 * squeeze))
            in_channels = 4 * squeeze
        self.features = nn.Sequential(*layers)
        self.global_avg_pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.linear = nn.Linear(32, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.features(x)  # 32x8x8
        return self.linear(self.flatten(self.global_avg_pool(x)))
