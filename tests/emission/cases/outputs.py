"""Outs.

Written by archdsl 0.1.0 from Outs.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn


class Backbone(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.relu = nn.ReLU(inplace=True)
        self.c1 = nn.Sequential(
            nn.Conv2d(8, 16, 3, stride=2, padding=1), nn.ReLU(inplace=True)
        )
        self.c2 = nn.Sequential(
            nn.Conv2d(16, 32, 3, stride=2, padding=1), nn.ReLU(inplace=True)
        )

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x = self.relu(self.conv(x))  # 8x32x32
        c1 = self.c1(x)  # 16x16x16
        return c1, self.c2(c1)


class Squash(nn.Module):
    def __init__(self, w: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(w, w, 1)
        self.conv_2 = nn.Conv2d(w, w, 1)
        self.sigmoid = nn.Sigmoid()

    def forward(self, x: Tensor) -> Tensor:
        a, b = torch.chunk(x, 2, dim=1)
        return torch.cat([self.conv(a) * self.sigmoid(self.conv_2(b)), b], dim=1)


class Up(nn.ModuleDict):
    def __init__(self) -> None:
        super().__init__()
        self["0"] = Squash(16)
        self["1"] = nn.Upsample(scale_factor=2)
        self["3"] = nn.Conv2d(48, 16, 3, padding=1)
        self["4"] = nn.ReLU(inplace=True)

    def forward(self, c2: Tensor, c1: Tensor) -> Tensor:
        x = torch.cat([self["1"](self["0"](c2)), c1], dim=1)  # 48x16x16
        return self["4"](self["3"](x))


class OutsOutput(NamedTuple):
    masks: Tensor
    features: Tensor


class Outs(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.backbone = Backbone()
        self.up = Up()
        self.l = Squash(8)
        self.head = nn.Conv2d(16, 4, 1)

    def forward(self, x: Tensor) -> OutsOutput:
        c1, c2 = self.backbone(x)
        x = self.up(c2, c1)  # 16x16x16
        x = self.l(x)
        return OutsOutput(self.head(x), x)
